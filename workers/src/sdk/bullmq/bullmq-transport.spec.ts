import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  BpmnError,
  type BullmqWorkerOptions,
  createWorker,
  FailedTask,
  type Handler,
  LockLostError,
  type Logger,
  type SubscriptionOptions,
  type Worker,
} from '../index.js';
import { installationsKey, pinnedQueue, RESULTS_QUEUE, repliesChannel, topicQueue, workerKey } from './names.js';

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const redisUrl = process.env.REDIS_URL ?? '';

describe('a worker for BullMQ', () => {
  test('says what is wrong with its settings, and keeps a password to itself', () => {
    const create = () => createWorker({ transport: 'bullmq', redisUrl: 'http://user:secret@host' });
    expect(create).toThrow(/redis:\/\//);
    expect(create).not.toThrow(/secret/);
  });

  test('refuses filters, which the queue of a topic cannot have', () => {
    const worker = createWorker({ transport: 'bullmq', redisUrl: 'redis://127.0.0.1:1', autoStart: false });
    expect(() => worker.subscribe('a', () => undefined, { processDefinitionKey: 'p' })).toThrow(/processDefinitionKey/);
    worker.subscribe('b', () => undefined, { variables: ['x'], maxTasks: 2, includeExtensionProperties: true });
  });

  test('stops at once when it never found a Redis', async () => {
    const log: string[] = [];
    const logger = { ...SILENT, warn: (message: string) => void log.push(message) };
    const events: string[] = [];
    const worker = createWorker({
      transport: 'bullmq',
      redisUrl: 'redis://127.0.0.1:1',
      logger,
      onEvent: ({ type }) => void events.push(type),
    });
    worker.subscribe('a', () => undefined);
    await vi.waitUntil(() => events.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await worker.stop();
    expect(log).toEqual(['Redis is away, trying again']);
    expect(events).toEqual(['disconnected']);
  });
});

describe.skipIf(redisUrl === '')('a worker for BullMQ on a Redis', () => {
  const configured = `mr-sdk-${randomUUID()}`;
  const prefix = `${configured}:{one}`;
  let redis: Redis;
  let worker: Worker | undefined;
  let topic = '';
  let counter = 0;

  beforeAll(() => {
    redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  });
  beforeEach(() => {
    topic = `topic-${++counter}`;
  });
  afterEach(async () => {
    await worker?.stop({ deadlineMs: 0 });
    worker = undefined;
    await queue(RESULTS_QUEUE).obliterate({ force: true });
  });
  afterAll(async () => {
    for await (const keys of redis.scanStream({ match: `${configured}:*` })) if (keys.length > 0) await redis.del(keys);
    redis.disconnect();
  });

  const queue = (name: string) => new Queue(name, { connection: redis, prefix });

  function start(handler: Handler, options: SubscriptionOptions = {}, more: Partial<BullmqWorkerOptions> = {}) {
    worker = createWorker({
      transport: 'bullmq',
      redisUrl,
      prefix,
      workerId: 'tester',
      version: '1.0.0',
      logger: SILENT,
      ...more,
    });
    worker.subscribe(topic, handler, options);
  }

  /** What the server would push. */
  async function push(more: Record<string, unknown> = {}, name = topicQueue(topic)): Promise<void> {
    const task = {
      id: `task-${counter}`,
      topicName: topic,
      workerId: 'bullmq-delivery',
      processInstanceId: 'instance',
      retries: null,
      lockExpirationTime: new Date(Date.now() + 30_000).toISOString().replace('Z', '+0000'),
      variables: { amount: { type: 'Integer', value: 5 }, other: { type: 'String', value: 'x' } },
      ...more,
    };
    await queue(name).add('work', { task }, { removeOnComplete: true, removeOnFail: true });
  }

  const nextResult = async () => {
    const [job] = await vi.waitUntil(async () => {
      const jobs = await queue(RESULTS_QUEUE).getWaiting();
      return jobs.length > 0 ? jobs : undefined;
    }, 10_000);
    return { kind: job?.name, ...job?.data };
  };

  test('answers with what the handler returns, in the name of the lock', async () => {
    start((task) => ({ doubled: 2 * (task.variables.amount as number), seen: Object.keys(task.variables).length }), {
      variables: ['amount'],
    });
    await push();
    expect(await nextResult()).toMatchObject({
      kind: 'complete',
      externalTaskId: `task-${counter}`,
      topicName: topic,
      body: {
        workerId: 'bullmq-delivery',
        variables: { doubled: { type: 'Integer', value: 10 }, seen: { value: 1 } },
        localVariables: {},
      },
      from: { workerId: 'tester', version: '1.0.0' },
      ifRefused: { retries: 3, retryTimeoutMs: 5_000 },
    });
  });

  test('tells BPMN errors and failures', async () => {
    start((task) => {
      if (task.variables.amount === 1) throw new BpmnError('E1', 'no', { why: 'so' });
      throw new FailedTask('later', { retries: 7, retryTimeoutMs: 9 });
    });
    await push({ variables: { amount: { type: 'Integer', value: 1 } } });
    expect(await nextResult()).toMatchObject({
      kind: 'bpmnError',
      body: { errorCode: 'E1', errorMessage: 'no', variables: { why: { value: 'so' } } },
    });
    await queue(RESULTS_QUEUE).obliterate({ force: true });
    await push();
    expect(await nextResult()).toMatchObject({
      kind: 'failure',
      body: { workerId: 'bullmq-delivery', errorMessage: 'later', retries: 7, retryTimeout: 9 },
    });
  });

  test('asks before it starts on a task that has waited for long, and leaves it when the lock is lost', async () => {
    let calls = 0;
    start(() => {
      calls++;
    });
    await push({ lockExpirationTime: new Date(Date.now() - 1_000).toISOString() });
    const { kind, body, requestId, from } = await nextResult();
    expect({ kind, body }).toEqual({ kind: 'extendLock', body: { workerId: 'bullmq-delivery', newDuration: 30_000 } });
    const error = { status: 400, type: 'RestException', message: 'too late' };
    await redis.publish(repliesChannel(prefix, from.workerId), JSON.stringify({ requestId, error }));
    await vi.waitUntil(async () => (await queue(topicQueue(topic)).getActiveCount()) === 0, 10_000);
    expect(calls).toBe(0);
  });

  test('aborts the handler when an extension is refused', async () => {
    let reason: unknown;
    start(
      (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            resolve(undefined);
          });
        }),
      { lockDurationMs: 400 },
    );
    await push({ lockExpirationTime: new Date(Date.now() + 400).toISOString() });
    const { requestId, from } = await nextResult();
    const error = { status: 400, type: 'RestException', message: 'locked by another' };
    await redis.publish(repliesChannel(prefix, from.workerId), JSON.stringify({ requestId, error }));
    await vi.waitUntil(() => reason !== undefined, 10_000);
    expect(reason).toBeInstanceOf(LockLostError);
  });

  test('never runs more handlers than it may, over all topics', async () => {
    const inside: string[] = [];
    const hold = (name: string) => () => {
      inside.push(name);
      return new Promise<void>(() => undefined);
    };
    start(hold('first'), {}, { maxTasks: 1 });
    worker?.subscribe(`${topic}-more`, hold('second'));
    await push();
    await vi.waitUntil(() => inside.length === 1, 10_000);
    const more = queue(topicQueue(`${topic}-more`));
    await more.add('work', {
      task: { id: 'm', topicName: `${topic}-more`, lockExpirationTime: '2999-01-01T00:00:00Z' },
    });
    await vi.waitUntil(async () => (await more.getActiveCount()) === 1, 10_000);
    expect(inside).toEqual(['first']);
  });

  test('takes what is pinned to its version, and never runs more handlers than the topic may, over both queues', async () => {
    const inside: string[] = [];
    const ends: (() => void)[] = [];
    start(
      (task) => {
        inside.push(task.id);
        return new Promise<void>((resolve) => ends.push(resolve));
      },
      { maxTasks: 1 },
      { maxTasks: 5 },
    );
    const pinned = pinnedQueue(topic, '1.0.0');
    await push({ id: 'pinned' }, pinned);
    await vi.waitUntil(() => inside.length === 1, 10_000);
    await push({ id: 'of another version' }, pinnedQueue(topic, '1.0.1'));
    await push({ id: 'anybody' });
    await vi.waitUntil(async () => (await queue(topicQueue(topic)).getActiveCount()) === 1, 10_000);
    expect(inside).toEqual(['pinned']);
    ends[0]?.();
    await vi.waitUntil(() => inside.length === 2, 10_000);
    expect(inside).toEqual(['pinned', 'anybody']);
    expect(await queue(pinnedQueue(topic, '1.0.1')).getWaitingCount()).toBe(1);
  });

  test('what it has not begun with when it stops is in the queue again', async () => {
    const begun: string[] = [];
    let end: () => void = () => undefined;
    start(
      (task) => {
        begun.push(task.id);
        return new Promise<void>((resolve) => {
          end = resolve;
        });
      },
      { maxTasks: 1 },
    );
    await push({ id: 'first' });
    await vi.waitUntil(() => begun.length === 1, 10_000);
    const pinned = queue(pinnedQueue(topic, '1.0.0'));
    await push({ id: 'second' }, pinned.name);
    await vi.waitUntil(async () => (await pinned.getActiveCount()) === 1, 10_000);
    const stopped = worker?.stop();
    end();
    await stopped;
    expect(begun).toEqual(['first']);
    expect((await pinned.getWaiting()).map(({ data }) => data.task.id)).toEqual(['second']);
    expect(await nextResult()).toMatchObject({ kind: 'complete', externalTaskId: 'first' });
  });

  test('announces itself until it stops', async () => {
    start(() => undefined, { maxTasks: 4, lockDurationMs: 9_000 });
    const text = await vi.waitUntil(() => redis.get(workerKey(prefix, 'tester')), 10_000);
    expect(JSON.parse(text ?? '')).toMatchObject({
      workerId: 'tester',
      version: '1.0.0',
      build: null,
      transport: 'bullmq',
      takesPinned: true,
      topics: [{ name: topic, concurrency: 4, lockDurationMs: 9_000 }],
    });
    await worker?.stop();
    expect(await redis.get(workerKey(prefix, 'tester'))).toBeNull();
  });

  test('finds the one installation that runs, and takes sides with none of two', async () => {
    const log: string[] = [];
    const logger = { ...SILENT, error: (message: string) => void log.push(message) };
    let calls = 0;
    const announce = async (id: string, at: number) => {
      await redis.zadd(installationsKey(configured), at, id);
    };
    await announce('one', Date.now());
    await announce('two', Date.now());
    await announce('long gone', Date.now() - 3_600_000);
    start(
      () => {
        calls++;
      },
      {},
      { prefix: configured, logger },
    );
    await push();
    await vi.waitUntil(() => log.length > 0, 10_000);
    expect(log).toEqual([`several installations run under the prefix '${configured}': name one of them as prefix`]);
    expect(calls).toBe(0);
    await redis.zrem(installationsKey(configured), 'two');
    await announce('one', Date.now());
    await vi.waitUntil(() => calls === 1, 10_000);
  });
});
