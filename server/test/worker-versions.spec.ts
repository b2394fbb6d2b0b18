import { createWorker } from '@millrace/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer, type RunningServer } from '../src/create-server.js';
import { bpmn, END, START, sequence } from './support/models.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { until } from './support/until.js';

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
type Body = any;
interface Answer {
  readonly status: number;
  readonly body: Body;
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('worker versions', () => {
  let server: TestServer;
  /** Another server on the same database; the same one on the embedded database, which has one process. */
  let second: RunningServer;
  let counter = 0;

  beforeAll(async () => {
    server = await startTestServer({ JOB_EXECUTOR: 'off' });
    second = server.config.databaseUrl === null ? server.running : await createServer(server.config);
  });
  afterAll(async () => {
    if (second !== server.running) await second.close();
    await server.stop();
  });

  const send = async (method: string, url: string, body?: unknown, headers = {}): Promise<Answer> => {
    const json = body !== undefined && !(body instanceof FormData);
    const answer = await fetch(url, {
      method,
      headers: { ...headers, ...(json && { 'content-type': 'application/json' }) },
      body: json ? JSON.stringify(body) : ((body as FormData | undefined) ?? null),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
  const get = (path: string, at = server.url) => send('GET', at + path);
  const post = (path: string, body: unknown, headers = {}, at = server.url) => send('POST', at + path, body, headers);
  const put = (path: string, body: unknown) => send('PUT', server.url + path, body);
  const workers = async (at = server.url): Promise<Body[]> => (await get('/api/workers', at)).body;
  const workerOf = async (id: string, at = server.url) => (await workers(at)).find((worker) => worker.id === id);
  const announce = (workerId: string, version: string | null, ...topics: string[]) =>
    post('/api/workers/heartbeat', {
      workerId,
      version,
      topics: topics.map((name) => ({ name, concurrency: 2 })),
      startedAt: '2026-11-25T10:00:00.000+0000',
    });
  const fetchTasks = async (
    workerId: string,
    topic: string,
    version: string | null = null,
    more = {},
    at = server.url,
  ) => {
    const body = { workerId, maxTasks: 10, ...more, topics: [{ topicName: topic, lockDuration: 60_000 }] };
    const headers = version === null ? {} : { 'X-Worker-Version': version };
    return (await post('/engine-rest/external-task/fetchAndLock', body, headers, at)).body as Body[];
  };
  const names = () => {
    const n = ++counter;
    return { key: `loan-${n}`, child: `credit-${n}`, topic: `check-${n}`, other: `pay-${n}` };
  };
  const deploy = async (files: Record<string, string>, fields: Record<string, string> = {}): Promise<Answer> => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    for (const [name, xml] of Object.entries(files)) form.set(name, new Blob([xml]), `${name}.bpmn`);
    return send('POST', `${server.rest}/deployment/create`, form);
  };
  const external = (id: string, topic: string) =>
    `<bpmn:serviceTask id="${id}" camunda:type="external" camunda:topic="${topic}" />`;
  const start = async (key: string): Promise<string> =>
    (await post(`/engine-rest/process-definition/key/${key}/start`, {})).body.id;
  const retirement = async (version: string) => (await get(`/api/worker-versions/${version}/retirement`)).body;

  describe('who works', () => {
    test('a worker of the SDK shows with version, build and topics on every server, and is gone when it stops', async () => {
      const { topic } = names();
      const worker = createWorker({
        url: `${server.rest}`,
        workerId: `sdk-${topic}`,
        version: '2.1.0',
        build: 'a1b2c3',
        logger: SILENT,
        maxTasks: 3,
      });
      worker.subscribe(topic, () => ({}));
      const seen = await until('the worker', () => workerOf(`sdk-${topic}`, second.url));
      expect(seen).toMatchObject({
        version: '2.1.0',
        build: 'a1b2c3',
        transport: 'rest',
        state: 'live',
        isAnnounced: true,
        topics: [{ name: topic, concurrency: 3, lockDurationMs: 30_000 }],
        tasksHeld: 0,
      });
      await worker.stop();
      expect(await workerOf(`sdk-${topic}`, second.url)).toMatchObject({ state: 'gone', version: '2.1.0' });
    });

    test('an old client that announces nothing is known by its fetches, with all its topics, and by the tasks that it holds', async () => {
      const { key, topic, other } = names();
      await deploy({ [key]: bpmn(key, sequence(START, external('work', topic), END)) });
      await start(key);
      expect(await fetchTasks(`old-${topic}`, topic)).toHaveLength(1);
      await fetchTasks(`old-${topic}`, other, null, {}, second.url);
      const seen = await until('both topics', async () => {
        const found = await workerOf(`old-${topic}`);
        return found?.topics.length === 2 ? found : null;
      });
      expect(seen).toMatchObject({ version: null, isAnnounced: false, state: 'live', tasksHeld: 1 });
      expect(seen.topics.map(({ name }: Body) => name).sort()).toEqual([topic, other].sort());
    });

    test('fetching again and again writes no more than the first time', async () => {
      const { topic } = names();
      await fetchTasks(`busy-${topic}`, topic);
      const first = await until('the worker', () => workerOf(`busy-${topic}`));
      for (let i = 0; i < 5; i++) await fetchTasks(`busy-${topic}`, topic);
      await fetchTasks(`after-${topic}`, topic);
      await until('the next one', () => workerOf(`after-${topic}`));
      expect(await workerOf(`busy-${topic}`)).toEqual(first);
    });

    test.each([
      ['no worker id', { topics: [], startedAt: '2026-11-25T10:00:00.000+0000' }, 'workerId'],
      [
        'a topic without a name',
        { workerId: 'x', topics: [{ concurrency: 1 }], startedAt: '2026-11-25T10:00:00.000+0000' },
        'topics.0',
      ],
      ['a start that is no date', { workerId: 'x', topics: [], startedAt: 'yesterday' }, 'startedAt'],
      [
        'another transport',
        { workerId: 'x', topics: [], transport: 'bullmq', startedAt: '2026-11-25T10:00:00.000+0000' },
        'transport',
      ],
    ])('a heartbeat with %s is refused', async (_, body, place) => {
      const answer = await post('/api/workers/heartbeat', body);
      expect(answer).toMatchObject({ status: 400, body: { type: 'InvalidRequestException' } });
      expect(answer.body.message).toContain(place);
    });

    test('nobody can say goodbye for a worker that never was', async () => {
      expect((await send('DELETE', `${server.url}/api/workers/nobody`)).status).toBe(404);
    });
  });

  describe('version pins', () => {
    const pinned = async (range: string) => {
      const { key, topic } = names();
      const { body } = await deploy(
        { [key]: bpmn(key, sequence(START, external('work', topic), END)) },
        { 'worker-versions': JSON.stringify({ [topic]: range }) },
      );
      const [task] = [await start(key)];
      return { key, topic, deploymentId: body.id as string, instance: task };
    };

    test('a task goes only to a worker of the versions that its release asks for, on every server', async () => {
      const { topic } = await pinned('>=2 <3');
      for (const at of [server.url, second.url]) {
        expect(await fetchTasks('v1', topic, '1.9.0', {}, at)).toEqual([]);
        expect(await fetchTasks('v3', topic, '3.0.0', {}, at)).toEqual([]);
        expect(await fetchTasks('silent', topic, null, {}, at)).toEqual([]);
        expect(await fetchTasks('strange', topic, 'nightly', {}, at)).toEqual([]);
      }
      const got = await until('the task', async () => {
        const tasks = await fetchTasks('v2', topic, '2.4.1', {}, second.url);
        return tasks.length > 0 ? tasks : null;
      });
      expect(got).toMatchObject([{ workerId: 'v2', topicName: topic }]);
    });

    test('what a worker announced counts where its requests say nothing', async () => {
      const { topic } = await pinned('2');
      await announce(`py-${topic}`, '2.5.0', topic);
      // At once, on the server that has deployed it; the other one hears of new pins a second later.
      expect(await fetchTasks(`py-${topic}`, topic)).toHaveLength(1);
    });

    test('old clients that send nothing get everything that is not pinned', async () => {
      const { topic, key } = await pinned('>=2');
      const free = names();
      await deploy({ [free.key]: bpmn(free.key, sequence(START, external('work', topic), END)) });
      const instance = await start(free.key);
      const tasks = await fetchTasks('silent', topic);
      expect(tasks.map(({ processInstanceId }) => processInstanceId)).toEqual([instance]);
      expect(tasks[0].processDefinitionKey).not.toBe(key);
    });

    test('who waits for tasks gets one of its version, though an older worker waits longer', async () => {
      const { key, topic } = names();
      await deploy(
        { [key]: bpmn(key, sequence(START, external('work', topic), END)) },
        { 'worker-versions': JSON.stringify({ [topic]: '^2' }) },
      );
      const old = fetchTasks('waiting-old', topic, '1.0.0', { asyncResponseTimeout: 8000 });
      const recent = fetchTasks('waiting-new', topic, '2.0.0', { asyncResponseTimeout: 8000 });
      await start(key);
      expect(await recent).toHaveLength(1);
      expect(await old).toEqual([]);
    }, 20_000);

    test('pins can be changed; a worker that waits for the tasks then gets them', async () => {
      const { topic, deploymentId } = await pinned('1');
      const waiting = fetchTasks('v2', topic, '2.0.0', { asyncResponseTimeout: 15_000 });
      expect((await get(`/api/deployment/${deploymentId}/worker-versions`)).body).toEqual({ [topic]: '1' });
      expect((await put(`/api/deployment/${deploymentId}/worker-versions`, { [topic]: '>=2' })).status).toBe(204);
      expect(await waiting).toHaveLength(1);
      expect((await get(`/api/deployment/${deploymentId}/worker-versions`)).body).toEqual({ [topic]: '>=2' });
    }, 20_000);

    test('a task that is for others cannot be locked by its id', async () => {
      const { topic, instance } = await pinned('2');
      const [task] = (await get(`/engine-rest/external-task?processInstanceId=${instance}`)).body;
      const lock = (version: string) =>
        post(
          `/engine-rest/external-task/${task.id}/lock`,
          { workerId: 'w', lockDuration: 1000 },
          { 'X-Worker-Version': version },
        );
      expect(await lock('1.0.0')).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('other versions') },
      });
      expect((await lock('2.0.0')).status).toBe(204);
      expect(topic).toBeTruthy();
    });

    test.each([
      ['a range that is none', '{"a":"two"}', "topic 'a'"],
      ['something else than JSON', '>=2', 'not JSON'],
      ['something else than an object of texts', '{"a":2}', 'version ranges by topic'],
    ])('a deployment with %s is refused, and deploys nothing', async (_, text, reason) => {
      const { key, topic } = names();
      const answer = await deploy(
        { [key]: bpmn(key, sequence(START, external('work', topic), END)) },
        { 'worker-versions': text },
      );
      expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(reason) } });
      expect((await get(`/engine-rest/process-definition/count?key=${key}`)).body.count).toBe(0);
    });

    test('pins of a deployment that is not there, or that cannot be read, are refused', async () => {
      expect((await put('/api/deployment/nowhere/worker-versions', { a: '1' })).status).toBe(404);
      const { deploymentId, topic } = await pinned('2');
      expect((await put(`/api/deployment/${deploymentId}/worker-versions`, { [topic]: '' })).status).toBe(400);
      expect((await get(`/api/deployment/${deploymentId}/worker-versions`)).body).toEqual({ [topic]: '2' });
    });

    test('a deployment with pins can be deleted', async () => {
      const { deploymentId } = await pinned('2');
      expect((await send('DELETE', `${server.rest}/deployment/${deploymentId}?cascade=true`)).status).toBe(204);
      expect((await get(`/api/deployment/${deploymentId}/worker-versions`)).status).toBe(404);
    });
  });

  describe('retirement', () => {
    /** Version 1 asks a bureau through a called process; version 2 doesn't any more. */
    const loan = async () => {
      const name = names();
      const { key, child, topic, other } = name;
      const call = `<bpmn:callActivity id="call" calledElement="${child}"><bpmn:extensionElements><camunda:in businessKey="#{execution.processBusinessKey}" /></bpmn:extensionElements></bpmn:callActivity>`;
      const first = sequence(START, '<bpmn:userTask id="look" />', call, external('pay', other), END);
      const { body } = await deploy(
        { [key]: bpmn(key, first), [child]: bpmn(child, sequence(START, external('ask', topic), END)) },
        { 'worker-versions': JSON.stringify({ [topic]: '1', [other]: '*' }) },
      );
      const version = `1.0.${counter}`;
      await announce(`v1-${topic}`, version, topic, other);
      await announce(`v2-${topic}`, `2.0.${counter}`, topic, other);
      const second = async () => {
        await deploy(
          {
            [key]: bpmn(key, sequence(START, '<bpmn:userTask id="look" />', external('pay', other), END)),
            [child]: bpmn(child, sequence(START, external('ask', topic), END)),
          },
          { 'worker-versions': JSON.stringify({ [topic]: '2', [other]: '2' }) },
        );
      };
      const take = async (instance: string) => {
        const [task] = (await get(`/engine-rest/task?processInstanceId=${instance}`)).body;
        await post(`/engine-rest/task/${task.id}/complete`, {});
      };
      const doIt = async (work: string) => {
        // The server may learn of the new ranges a moment later; who waits gets the tasks then.
        const tasks = await fetchTasks(`v1-${topic}`, work, version, { asyncResponseTimeout: 15_000 });
        for (const { id } of tasks)
          await post(`/engine-rest/external-task/${id}/complete`, { workerId: `v1-${topic}` });
        return tasks.length;
      };
      return {
        ...name,
        version,
        definitionId: Object.keys(body.deployedProcessDefinitions).find((id) => id.startsWith(key)),
        second,
        take,
        doIt,
      };
    };

    test('old workers stay until no instance can come to what only they do, the called process included', async () => {
      const { key, child, topic, other, version, second, take, doIt, definitionId } = await loan();
      const ids = [await start(key), await start(key), await start(key)];
      expect(await retirement(version)).toMatchObject({ state: 'active', safeToStop: false });
      await second();
      expect(await retirement(version)).toMatchObject({
        version,
        state: 'draining',
        safeToStop: false,
        sentence: `safe to stop: no, 3 instances of ${key} v1 may still call ${topic}`,
        liveWorkers: [`v1-${topic}`],
        stillNeeded: [
          {
            processDefinitionId: definitionId,
            processDefinitionVersion: 1,
            activityId: 'ask',
            topicName: topic,
            instances: 3,
            waiting: 0,
            newInstances: false,
          },
        ],
      });

      for (const id of ids) await take(id);
      const during = await retirement(version);
      expect(during.sentence).toContain(`3 instances of ${child} v1 will still call ${topic}`);
      expect(during.sentence).toContain(`3 instances of ${key} v1 may still call ${topic}`);
      expect(await doIt(topic)).toBe(3);
      // They all may still come to 'pay', which the newer workers do as well.
      expect(await retirement(version)).toMatchObject({ state: 'draining', safeToStop: true, stillNeeded: [] });
      expect(await doIt(other)).toBe(3);
      expect(await retirement(version)).toMatchObject({
        state: 'drained',
        safeToStop: true,
        sentence: 'safe to stop: yes, no instance can come to a task that only this version would do',
      });
    });

    test('a version that nobody else can stand in for is needed by new instances', async () => {
      const { key, topic, version } = await loan();
      const found = await retirement(version);
      expect(found).toMatchObject({ state: 'active', safeToStop: false });
      expect(found.sentence).toContain(`new instances of ${key} v1 will call ${topic}`);
    });

    test('by topic: one may be given up while the other is needed', async () => {
      const { topic, other, version } = await loan();
      expect((await get(`/api/worker-versions/${version}/topics/${other}/retirement`)).body.safeToStop).toBe(true);
      expect((await get(`/api/worker-versions/${version}/topics/${topic}/retirement`)).body.safeToStop).toBe(false);
      expect((await get(`/api/worker-versions/${version}/topics/nothing/retirement`)).status).toBe(404);
      expect((await get('/api/worker-versions/99.9.9/retirement')).status).toBe(404);
    });

    test('every version is listed with its state', async () => {
      const { version, topic, other } = await loan();
      const { body } = await get('/api/worker-versions');
      expect(body).toContainEqual({
        version,
        state: 'active',
        liveWorkers: 1,
        topics: [topic, other].sort(),
        safeToStop: false,
      });
    });

    test('a topic that an expression gives may be any', async () => {
      const { key, topic } = names();
      await deploy({
        [key]: bpmn(key, sequence(START, '<bpmn:userTask id="look" />', external('work', '${topic}'), END)),
      });
      await start(key);
      const version = `7.0.${counter}`;
      await announce(`only-${topic}`, version, topic);
      const { safeToStop, stillNeeded, sentence } = await retirement(version);
      expect(safeToStop).toBe(false);
      expect(stillNeeded).toContainEqual(
        expect.objectContaining({ activityId: 'work', topicName: null, instances: 1 }),
      );
      expect(sentence).toContain('a topic that an expression gives');
      const deployments = (await get(`/engine-rest/process-definition?key=${key}`)).body;
      for (const { deploymentId } of deployments)
        await send('DELETE', `${server.rest}/deployment/${deploymentId}?cascade=true`);
    });
  });
});
