import { once } from 'node:events';
import { connect } from 'node:net';
import fastifyFactory from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Admission } from '../src/http/admission.js';
import { LoadGauge } from '../src/http/load-gauge.js';
import { isOutage } from '../src/persistence/outage.js';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';
import { until } from './support/until.js';

describe('a server with limits', () => {
  let server: RestServer;

  beforeAll(async () => {
    server = await startRestServer({ MAX_BODY_MB: '3', MAX_VARIABLE_MB: '1', MAX_LONG_POLLS: '1' });
    await server.deploy(['p.bpmn', bpmn('p', sequence(START, USER_TASK, END))]);
  });

  afterAll(() => server?.close());

  test('refuses a body that is too large', async () => {
    const { status, body } = await server.post('/process-definition/key/p/start', {
      businessKey: 'x'.repeat(4_000_000),
    });
    expect(status).toBe(413);
    expect(body).toMatchObject({ type: 'InvalidRequestException', message: expect.stringContaining('MAX_BODY_MB') });
  });

  test('refuses a variable that is too large, and keeps nothing of the command', async () => {
    const variables = { note: { value: 'ä'.repeat(600_000), type: 'String' } };
    const { status, body } = await server.post('/process-definition/key/p/start', { variables, businessKey: 'big' });
    expect(status).toBe(400);
    expect(body.message).toContain("variable 'note' to have at most 1048576 bytes, but it has 1200000");
    expect((await server.get('/process-instance/count?businessKey=big')).body).toEqual({ count: 0 });
  });

  test('lets only so many workers wait, and tells the others when to come back', async () => {
    const gone = new AbortController();
    const ask = (asyncResponseTimeout: number, signal?: AbortSignal) =>
      fetch(`${server.url}/external-task/fetchAndLock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          workerId: 'w',
          maxTasks: 1,
          asyncResponseTimeout,
          topics: [{ topicName: 't', lockDuration: 1000 }],
        }),
        signal: signal ?? null,
      });
    const waiting = ask(60_000, gone.signal).catch(() => null);
    const refused = await until('the second to be refused', async () => {
      const answer = await ask(0);
      return answer.status === 503 ? answer : null;
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ type: 'ServiceUnavailableException', code: null });
    gone.abort();
    await waiting;
    await until('the place to be free again', async () => (await ask(0)).status === 200);
  });
});

test('a request that does not arrive in time is answered with 408, and takes no place any more', async () => {
  const server = await startRestServer({ REQUEST_TIMEOUT_MS: '1000', MAX_REQUESTS: '1' });
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    'POST /engine-rest/message HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
  );
  await until('the place to be taken', async () => (await server.get('/process-instance/count')).status === 503);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
  await until('the place to be free', async () => (await server.get('/process-instance/count')).status === 200);
  socket.destroy();
  await server.close();
});

describe('admission', () => {
  async function open(load = new LoadGauge(100)) {
    const fastify = fastifyFactory();
    const held: (() => void)[] = [];
    const commits = { waiting: 0 };
    const limits = {
      maxRequests: 10,
      maxLongPolls: 1,
      maxBodiesBytes: 1_000,
      maxBodyBytes: 600,
      maxWaitingCommits: 5,
    };
    new Admission(limits, load, commits).guard(fastify);
    const wait = () => new Promise<object>((resolve) => held.push(() => resolve({})));
    fastify.post('/engine-rest/message', wait);
    fastify.post('/engine-rest/external-task/:id/complete', wait);
    fastify.get('/health', async () => ({}));
    fastify.get('/engine-rest/task', async () => ({}));
    const url = await fastify.listen({ host: '127.0.0.1', port: 0 });
    const post = (path: string, body = '{}') =>
      fetch(url + path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const hold = async (count: number, path = '/engine-rest/message', body?: string) => {
      const goal = held.length + count;
      const answers = Array.from({ length: count }, () => post(path, body));
      await until('the requests to be worked on', () => held.length === goal);
      return answers;
    };
    const release = () => {
      for (const end of held.splice(0)) end();
    };
    return { url, commits, post, hold, release, close: () => fastify.close() };
  }

  test('refuses new work when there is enough, and still takes what ends work, and health checks', async () => {
    const { url, post, hold, release, close } = await open();
    const answers = await hold(10);
    expect((await post('/engine-rest/message')).status).toBe(503);
    answers.push(...(await hold(1, '/engine-rest/external-task/1/complete')));
    expect((await fetch(`${url}/health`)).status).toBe(200);
    release();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(11).fill(200));
    const [after] = await hold(1);
    release();
    expect((await after!).status).toBe(200);
    await close();
  });

  test('holds no more data than it has room for', async () => {
    const { post, hold, release, close } = await open();
    const body = JSON.stringify('x'.repeat(550));
    const answers = await hold(1, '/engine-rest/message', body);
    expect((await post('/engine-rest/message', body)).status).toBe(503);
    release();
    await Promise.all(answers);
    answers.push(...(await hold(1, '/engine-rest/message', body)));
    release();
    await Promise.all(answers);
    await close();
  });

  test('begins nothing new while commits pile up, but takes what ends work and answers reads', async () => {
    const { url, commits, post, hold, release, close } = await open();
    commits.waiting = 5;
    expect((await post('/engine-rest/message')).status).toBe(503);
    expect((await fetch(`${url}/engine-rest/task`)).status).toBe(200);
    const answers = await hold(1, '/engine-rest/external-task/1/complete');
    commits.waiting = 4;
    answers.push(...(await hold(1)));
    release();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    await close();
  });

  test('begins nothing new while the process is late or out of memory, but always some', async () => {
    const load = new LoadGauge(100);
    const heap = (used_heap_size: number) => ({ used_heap_size, heap_size_limit: 100 });
    const { post, hold, release, close } = await open(load);
    for (let n = 0; n < 10; n++) load.sample(500, heap(10));
    const answers = await hold(8);
    expect((await post('/engine-rest/message')).status).toBe(503);
    for (let n = 0; n < 20; n++) load.sample(0, heap(10));
    answers.push(...(await hold(1)));
    load.sample(0, heap(95));
    expect((await post('/engine-rest/message')).status).toBe(503);
    release();
    await Promise.all(answers);
    await close();
  });
});

test.each([
  ['57P01', true],
  ['08006', true],
  ['53300', true],
  ['57014', true],
  ['ECONNREFUSED', true],
  ['23505', false],
  ['22001', false],
])('an error %s means that the database is away: %s', (code, away) => {
  expect(isOutage(Object.assign(new Error('no'), { code }))).toBe(away);
});
