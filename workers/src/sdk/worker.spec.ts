import { describe, expect, test } from 'vitest';
import { gate, startFixture } from '../testing/worker-fixture.js';
import { createWorker, type FileVariable } from './index.js';

describe('a task', () => {
  test('is worked on as soon as it exists, and its result comes back with types', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    worker.subscribe<{ amount: number }, { score: number; report: object }>('credit-check', ({ variables }) => ({
      score: variables.amount / 2,
      report: { amount: variables.amount },
    }));
    await engine.until(() => engine.openPolls === 1);
    const task = engine.addTask('credit-check', { variables: { amount: { type: 'Integer', value: 1000 } } });
    await engine.until(() => eventsOf('completed').length === 1);
    expect(task.report).toMatchObject({
      workerId: 'tester',
      variables: { score: { type: 'Integer', value: 500 }, report: { type: 'Json', value: '{"amount":1000}' } },
    });
    expect(engine.requestsOf('fetchAndLock')[0]?.body).toEqual({
      workerId: 'tester',
      maxTasks: 10,
      usePriority: true,
      asyncResponseTimeout: 30_000,
      topics: [{ topicName: 'credit-check', lockDuration: 30_000 }],
    });
  });

  test('is fetched with the filters of its subscription', async () => {
    const { engine, worker } = await startFixture();
    worker.subscribe('credit-check', () => undefined, {
      lockDurationMs: 5_000,
      variables: ['amount'],
      localVariables: true,
      processDefinitionKeyIn: ['loan'],
    });
    await engine.until(() => engine.openPolls === 1);
    expect(engine.requestsOf('fetchAndLock')[0]?.body.topics).toEqual([
      {
        topicName: 'credit-check',
        lockDuration: 5_000,
        variables: ['amount'],
        localVariables: true,
        processDefinitionKeyIn: ['loan'],
      },
    ]);
  });

  test('can bring a file, which is loaded when the handler asks for it', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    engine.files.set('/execution/instance-1/localVariables/pay slip/data', Buffer.from([1, 2, 3]));
    worker.subscribe<{ 'pay slip': FileVariable }>('check-documents', async ({ variables }) => ({
      bytes: (await variables['pay slip'].read()).length,
    }));
    const file = { type: 'File', value: null, valueInfo: { filename: 'slip.pdf' } };
    const task = engine.addTask('check-documents', { variables: { 'pay slip': file } });
    await engine.until(() => eventsOf('completed').length === 1);
    expect(task.report).toMatchObject({ variables: { bytes: { value: 3 } } });
  });
});

describe('at the same time', () => {
  test('run no more tasks than the worker may', async () => {
    const { engine, worker, eventsOf } = await startFixture({ maxTasks: 2 });
    const gates = Array.from({ length: 5 }, () => gate());
    const started: string[] = [];
    for (let index = 0; index < 5; index++) engine.addTask('credit-check');
    worker.subscribe('credit-check', async ({ id }) => {
      started.push(id);
      engine.changed();
      await gates[started.length - 1]?.opened;
    });
    await engine.until(() => started.length === 2);
    expect(engine.requestsOf('fetchAndLock')).toHaveLength(1);
    for (const { open } of gates) open();
    await engine.until(() => eventsOf('completed').length === 5);
    expect(engine.mostLocked).toBe(2);
    expect(new Set(started).size).toBe(5);
  });

  test('run no more tasks of a topic than its subscription may, while other topics go on', async () => {
    const { engine, worker, eventsOf } = await startFixture({ maxTasks: 4 });
    const first = gate();
    for (let index = 0; index < 3; index++) engine.addTask('disbursement');
    for (let index = 0; index < 6; index++) engine.addTask('notify');
    worker.subscribe('disbursement', () => first.opened, { maxTasks: 1 });
    worker.subscribe('notify', () => undefined);
    await engine.until(() => eventsOf('completed').length === 6);
    first.open();
    await engine.until(() => eventsOf('completed').length === 9);
    expect(engine.mostLockedByTopic.get('disbursement')).toBe(1);
  });

  test('several topics share one poll', async () => {
    const { engine, worker } = await startFixture();
    worker.subscribe('a', () => undefined);
    worker.subscribe('b', () => undefined);
    await engine.until(() => engine.openPolls === 1);
    expect(engine.requestsOf('fetchAndLock').map(({ body }) => body.topics.length)).toEqual([2]);
  });

  test('a topic that is added later is served although an open poll has reserved all slots', async () => {
    const { engine, worker, eventsOf } = await startFixture({ maxTasks: 1 });
    worker.subscribe('a', () => undefined);
    await engine.until(() => engine.openPolls === 1);
    worker.subscribe('b', () => undefined);
    engine.addTask('b');
    await engine.until(() => eventsOf('completed').length === 1);
    expect(engine.mostLocked).toBe(1);
  });
});

describe('stop', () => {
  test('lets running handlers end and report, and fetches nothing afterwards', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const held = gate();
    const task = engine.addTask('credit-check');
    worker.subscribe('credit-check', () => held.opened);
    await engine.until(() => eventsOf('started').length === 1 && engine.openPolls === 1);
    const stopped = worker.stop();
    await engine.until(() => engine.openPolls === 0);
    const polls = engine.requestsOf('fetchAndLock').length;
    const late = engine.addTask('credit-check');
    held.open();
    await stopped;
    expect(task.state).toBe('completed');
    expect(late.workerId).toBeNull();
    expect(engine.requestsOf('fetchAndLock')).toHaveLength(polls);
    expect(() => worker.subscribe('other', () => undefined)).toThrow(/was stopped/);
  });

  test('does not wait beyond its deadline: handlers are told, and their results are not sent', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const held = gate();
    const task = engine.addTask('credit-check');
    let signal: AbortSignal | undefined;
    worker.subscribe('credit-check', async (_, context) => {
      signal = context.signal;
      await held.opened;
      held.open();
    });
    await engine.until(() => eventsOf('started').length === 1);
    await worker.stop({ deadlineMs: 1 });
    expect(signal?.reason).toMatchObject({ name: 'WorkerStoppedError' });
    held.open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(task.state).toBe('open');
    expect(engine.requestsOf('complete')).toHaveLength(0);
  });

  test('works although the server is away', async () => {
    const { engine, worker, eventsOf } = await startFixture({ backoff: { initialMs: 60_000 } });
    await engine.goAway();
    worker.subscribe('credit-check', () => undefined);
    await engine.until(() => eventsOf('disconnected').length === 1);
    await worker.stop();
    expect(eventsOf('disconnected')).toHaveLength(1);
  });

  test('gives back a task that was answered in the same moment', async () => {
    const answer = gate();
    const unlocked: string[] = [];
    const worker = createWorker({
      url: 'http://engine.test/engine-rest',
      fetch: async (input) => {
        if (String(input).endsWith('/unlock')) unlocked.push(String(input));
        else await answer.opened;
        return new Response(JSON.stringify([{ id: 'late', topicName: 'credit-check' }]));
      },
    });
    worker.subscribe('credit-check', () => expect.unreachable('a stopped worker must not begin anything'));
    await Promise.resolve(); // the poll is open now
    const stopped = worker.stop();
    answer.open();
    await stopped;
    expect(unlocked).toEqual(['http://engine.test/engine-rest/external-task/late/unlock']);
  });

  test('unsubscribing ends one topic and leaves the others', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const subscription = worker.subscribe('a', () => undefined);
    worker.subscribe('b', () => undefined);
    await engine.until(() => engine.openPolls === 1);
    await subscription.unsubscribe();
    await engine.until(() => engine.polledTopics.join() === 'b');
    const left = engine.addTask('a');
    engine.addTask('b');
    await engine.until(() => eventsOf('completed').length === 1);
    expect(left.workerId).toBeNull();
    worker.subscribe('a', () => undefined);
    await engine.until(() => left.state === 'completed');
  });
});

describe('settings', () => {
  test('identity, version and login go with every request', async () => {
    const { engine, worker, eventsOf } = await startFixture({
      version: '1.4.0',
      build: 'a1b2c3',
      auth: { username: 'bureau', password: 'pässword' },
    });
    engine.addTask('credit-check');
    worker.subscribe('credit-check', () => undefined);
    await engine.until(() => eventsOf('completed').length === 1);
    for (const { headers } of engine.requests) {
      expect(headers).toMatchObject({
        'x-worker-version': '1.4.0',
        'x-worker-build': 'a1b2c3',
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from('bureau:pässword').toString('base64')}`,
      });
    }
  });

  test('a key is sent as a bearer token', async () => {
    const { engine, worker } = await startFixture({ auth: { apiKey: 'k-1' } });
    worker.subscribe('credit-check', () => undefined);
    await engine.until(() => engine.requests.length === 1);
    expect(engine.requests[0]?.headers.authorization).toBe('Bearer k-1');
  });

  test.each([
    ['an address without a host', { url: 'localhost' }, /Expected 'url'/],
    ['an address with a password in it', { url: 'http://a:b@localhost/engine-rest' }, /without credentials/],
    ['a version that would break a header', { version: '1\r\nX: y' }, /X-Worker-Version/],
    ['no slots', { maxTasks: 0 }, /'maxTasks' to be a whole number of 1 or more, but it is 0/],
    ['a poll longer than fetch waits', { asyncResponseTimeoutMs: 300_000 }, /'asyncResponseTimeoutMs'.* 280000/],
    ['an empty worker id', { workerId: '' }, /workerId/],
  ])('%s is refused at once', (_, options, message) => {
    expect(() => createWorker({ url: 'http://127.0.0.1:1/engine-rest', ...options })).toThrow(message);
  });

  test('a topic can be subscribed to once', async () => {
    const { worker } = await startFixture({ autoStart: false });
    worker.subscribe('credit-check', () => undefined);
    expect(() => worker.subscribe('credit-check', () => undefined)).toThrow(
      /subscribed to topic 'credit-check' already/,
    );
  });

  test('without autoStart nothing is fetched before start', async () => {
    const { engine, worker, eventsOf } = await startFixture({ autoStart: false });
    engine.addTask('credit-check');
    worker.subscribe('credit-check', () => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(engine.requests).toHaveLength(0);
    worker.start();
    await engine.until(() => eventsOf('completed').length === 1);
  });
});
