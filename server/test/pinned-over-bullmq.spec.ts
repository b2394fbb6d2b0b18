import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bridgeKeys, pinnedQueue, topicQueue } from '../src/worker-bridge/names.js';
import { type BullmqFixture, startBullmqFixture } from './support/bullmq-fixture.js';
import { until } from './support/until.js';

const redisUrl = process.env['REDIS_URL'];

test('no two pairs of topic and version share a queue, nor does a topic', () => {
  expect(pinnedQueue('a', '2.0.0@3')).not.toBe(pinnedQueue('a@2.0.0', '3'));
  expect(pinnedQueue('a:b', '1')).not.toBe(pinnedQueue('a%3Ab', '1'));
  expect(pinnedQueue('a', '1:0')).not.toBe(pinnedQueue('a', '1%3A0'));
  expect(pinnedQueue('a', '1')).not.toBe(topicQueue('a@1'));
});

describe.skipIf(!redisUrl)('tasks that are pinned to versions of workers, over BullMQ', () => {
  let fixture: BullmqFixture;
  let topic = '';
  let counter = 0;
  /** By the worker's version, the instances whose tasks it did. */
  let done: Map<string, string[]>;

  beforeAll(async () => {
    fixture = await startBullmqFixture(redisUrl ?? '');
  });
  afterAll(() => fixture?.close());
  beforeEach(() => {
    topic = `pinned-${++counter}`;
    done = new Map();
  });

  const api = async (path: string, method = 'GET', body?: unknown) => {
    const answer = await fetch(`${fixture.server.url}/api${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    return text === '' ? null : JSON.parse(text);
  };
  const ended = (id: string) => until(`instance ${id} to end`, () => fixture.isEnded(id));
  const startMany = async (n: number) => {
    const ids: string[] = [];
    for (let i = 0; i < n; i++) ids.push(await fixture.start(topic));
    return ids;
  };
  const workerOf = (version: string | undefined, name = topic, options = {}) =>
    fixture.startWorker(
      name,
      (task) => {
        const label = version ?? 'silent';
        done.set(label, [...(done.get(label) ?? []), task.processInstanceId]);
      },
      options,
      { version, workerId: `${version ?? 'silent'}-${name}` },
    );
  /** A worker that takes tasks and never ends them. */
  const stuckOf = (version: string, options = {}) => {
    const taken: string[] = [];
    const worker = fixture.startWorker(
      topic,
      (task) => {
        taken.push(task.processInstanceId);
        return new Promise(() => undefined);
      },
      { maxTasks: 1, ...options },
      { version, workerId: `${version}-${topic}` },
    );
    return { worker, taken };
  };
  const known = (version: string | undefined, name = topic) =>
    until(`the worker of version ${version}`, async () =>
      (await api('/workers')).some(({ id }: { id: string }) => id === `${version ?? 'silent'}-${name}`),
    );
  const waiting = (version: string) => fixture.queue(pinnedQueue(topic, version)).getWaitingCount();
  const taskOf = async (instanceId: string) =>
    (await fixture.get(`/external-task?processInstanceId=${instanceId}`)).body[0];
  const fetchByRest = async (version: string) => {
    const answer = await fetch(`${fixture.server.rest}/external-task/fetchAndLock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-worker-version': version },
      body: JSON.stringify({ workerId: 'rest', maxTasks: 9, topics: [{ topicName: topic, lockDuration: 60_000 }] }),
    });
    return (await answer.json()) as { processInstanceId: string }[];
  };

  test('a pinned task goes to a worker of a fitting version and to no other; the rest goes to anybody', async () => {
    await fixture.deployPinned(topic, '>=2 <3');
    for (const version of ['1.9.0', '3.0.0', 'nightly', undefined]) {
      workerOf(version);
      await known(version);
    }
    workerOf('2.4.1');
    const ids = await startMany(12);
    for (const id of ids) await ended(id);
    expect([...done.keys()]).toEqual(['2.4.1']);
    expect(done.get('2.4.1')?.sort()).toEqual([...ids].sort());

    done.clear();
    await fixture.deploy(topic, '<bpmn:userTask id="next" />');
    const free = await startMany(40);
    await until('all to be done', () => [...done.values()].flat().length === 40);
    expect([...done.values()].flat().sort()).toEqual([...free].sort());
    expect(done.size).toBeGreaterThan(1);
  }, 60_000);

  test('each release keeps its own workers, also of versions that several fit', async () => {
    await fixture.deployPinned(topic, '^1');
    const first = await startMany(6);
    await fixture.deployPinned(topic, '>=2');
    const second = await startMany(6);
    for (const version of ['1.0.0', '2.0.0', '2.5.0-rc.1']) workerOf(version, topic, { maxTasks: 1 });
    for (const id of [...first, ...second]) await ended(id);
    expect(done.get('1.0.0')?.sort()).toEqual([...first].sort());
    expect([...(done.get('2.0.0') ?? []), ...(done.get('2.5.0-rc.1') ?? [])].sort()).toEqual([...second].sort());
  });

  test('it waits unlocked until a fitting worker connects, be it over REST', async () => {
    await fixture.deployPinned(topic, '2');
    workerOf('1.0.0');
    await known('1.0.0');
    const [id] = await startMany(1);
    // The other worker gets what comes later and isn't pinned: the server has looked for tasks of the topic.
    await fixture.deploy(topic);
    await ended(await fixture.start(topic));
    expect(await taskOf(id ?? '')).toMatchObject({ workerId: null });
    expect(await fetchByRest('2.0.0')).toMatchObject([{ processInstanceId: id }]);
    await fixture.post(`/external-task/${(await taskOf(id ?? '')).id}/unlock`, {});
    workerOf('2.1.0');
    await ended(id ?? '');
    expect(done.get('2.1.0')).toEqual([id]);
  });

  test('a fitting worker that leaves: what waits for it is free at once, what it had begun when its lock ends', async () => {
    await fixture.deployPinned(topic, '2');
    const first = stuckOf('2.0.0', { lockDurationMs: 3_600_000 });
    const ids = await startMany(2);
    await until('one to run and one to wait', async () => first.taken.length === 1 && (await waiting('2.0.0')) === 1);
    void first.worker.stop({ deadlineMs: 100 });
    workerOf('2.1.0');
    const left = ids.find((id) => id !== first.taken[0]) ?? '';
    await ended(left);
    expect(done.get('2.1.0')).toEqual([left]);

    const { id: taskId } = await taskOf(first.taken[0] ?? '');
    expect((await taskOf(first.taken[0] ?? '')).workerId).toMatch(/^bullmq-/);
    // As if its hour were over.
    await fixture.post(`/external-task/${taskId}/unlock`, {});
    await ended(first.taken[0] ?? '');
    expect(done.get('2.1.0')).toContain(first.taken[0]);
  });

  test('a task that was lost with Redis comes again when its lock has ended', async () => {
    await fixture.deployPinned(topic, '2');
    const { worker } = stuckOf('2.0.0', { lockDurationMs: 1_500 });
    const ids = await startMany(2);
    const lost = fixture.queue(pinnedQueue(topic, '2.0.0'));
    await until('one to wait', async () => (await lost.getWaitingCount()) === 1);
    const [job] = await lost.getWaiting();
    await lost.remove(job?.id ?? '');
    void worker.stop({ deadlineMs: 0 });
    workerOf('2.0.1');
    for (const id of ids) await ended(id);
    expect(done.get('2.0.1')?.sort()).toEqual([...ids].sort());
  });

  test('pins that change count for what nobody was given yet', async () => {
    const deploymentId = await fixture.deployPinned(topic, '1');
    workerOf('2.0.0');
    await known('2.0.0');
    const [id] = await startMany(1);
    await api(`/deployment/${deploymentId}/worker-versions`, 'PUT', { [topic]: '>=2' });
    await ended(id ?? '');
    expect(done.get('2.0.0')).toEqual([id]);
  });

  test('topics and versions may have any characters', async () => {
    topic = 'crédit:check@1 {v1} 100%';
    await fixture.deployPinned(topic, '>=2');
    workerOf('2.0.0+build.7');
    workerOf('1.0.0');
    const ids = await startMany(2);
    for (const id of ids) await ended(id);
    expect([...done.keys()]).toEqual(['2.0.0+build.7']);
  });

  test('an older client, which listens only to the queue of the topic, gets none and counts for none', async () => {
    await fixture.deployPinned(topic, '2');
    const redis = new Redis(redisUrl ?? '');
    const seenAt = new Date().toISOString();
    const topics = [{ name: topic, concurrency: 5 }];
    const id = `older-${topic}`;
    const announcement = {
      workerId: id,
      version: '2.0.0',
      build: null,
      transport: 'bullmq',
      topics,
      startedAt: seenAt,
    };
    await redis.sadd(bridgeKeys.workers(fixture.prefix), id);
    await redis.set(bridgeKeys.worker(fixture.prefix, id), JSON.stringify({ ...announcement, seenAt }));
    const [instance = ''] = await startMany(1);
    await fixture.deploy(topic);
    const free = await fixture.start(topic);
    await until('what is not pinned to be handed out', async () => (await taskOf(free)).workerId !== null);
    expect(await taskOf(instance)).toMatchObject({ workerId: null });
    const plan = async () => {
      const { body } = await fixture.get(`/process-definition/${(await taskOf(instance)).processDefinitionId}/xml`);
      const form = new FormData();
      form.set('worker-versions', JSON.stringify({ [topic]: '2' }));
      form.set('work.bpmn', new Blob([body.bpmn20Xml]), 'work.bpmn');
      const answer = await fetch(`${fixture.server.url}/api/deployment/plan`, { method: 'POST', body: form });
      return JSON.stringify(await answer.json());
    };
    const missing = `No worker for the topic '${topic}' is connected whose version is in '2'`;
    expect(await plan()).toContain(missing);
    stuckOf('2.0.0');
    await known('2.0.0');
    expect(await plan()).not.toContain(missing);
    redis.disconnect();
  });

  test('a version that does pinned work over BullMQ is needed until another one can do it', async () => {
    await fixture.deployPinned(topic, '>=5');
    await startMany(3);
    const version = `5.0.${counter}`;
    stuckOf(version, { maxTasks: 5 });
    await known(version);
    const retirement = () => api(`/worker-versions/${version}/retirement`);
    expect(await retirement()).toMatchObject({
      safeToStop: false,
      sentence: expect.stringContaining(`3 instances of process-${topic} v1 will still call ${topic}`),
    });
    workerOf(`4.0.${counter}`);
    await known(`4.0.${counter}`);
    expect((await retirement()).safeToStop).toBe(false);
    stuckOf(`5.1.${counter}`);
    await known(`5.1.${counter}`);
    expect((await retirement()).safeToStop).toBe(true);
  });

  test('several servers hand out each pinned task once, to its version', async (context) => {
    if (fixture.server.config.databaseUrl === null) return context.skip();
    const second = await fixture.startSecond();
    await fixture.deployPinned(topic, '2');
    for (const version of ['1.0.0', '2.0.0', '2.0.1']) workerOf(version, topic, { maxTasks: 2 });
    const ids = await startMany(40);
    for (const id of ids) await ended(id);
    expect([...done.values()].flat().sort()).toEqual([...ids].sort());
    expect([...done.keys()].sort()).toEqual(['2.0.0', '2.0.1']);
    await second.close();
  }, 60_000);

  test('the page of the queues shows those of pinned tasks', async () => {
    await fixture.deployPinned(topic, '2');
    workerOf('2.0.0');
    await ended(await fixture.start(topic));
    const answer = await fetch(`${fixture.server.url}/admin/queues/api/queues`);
    expect(await answer.text()).toContain(pinnedQueue(topic, '2.0.0'));
  });
});
