import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BullmqFixture, startBullmqFixture } from './support/bullmq-fixture.js';
import { type OwnRedis, startOwnRedis } from './support/own-redis.js';
import { until } from './support/until.js';

// With a Redis of its own, because these tests empty and kill it; REDIS_URL only says that tests with Redis are wanted.
describe.skipIf(!process.env['REDIS_URL'])('while Redis fails', () => {
  let redis: OwnRedis;
  let fixture: BullmqFixture;
  let topic = '';
  let counter = 0;

  beforeAll(async () => {
    redis = await startOwnRedis();
    fixture = await startBullmqFixture(redis.url);
  });
  afterAll(async () => {
    await fixture?.close();
    await redis?.kill();
  });
  beforeEach(() => {
    topic = `outage-${++counter}`;
  });

  const ended = (id: string) => until(`instance ${id} to end`, () => fixture.isEnded(id));
  const fetchOverRest = async () => {
    const topics = [{ topicName: topic, lockDuration: 60_000 }];
    const { body } = await fixture.post('/external-task/fetchAndLock', { workerId: 'rest', maxTasks: 1, topics });
    return body as { id: string }[];
  };

  test('tasks that an emptied Redis has lost come again, and none is done twice', async () => {
    await fixture.deploy(topic);
    const calls: string[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const worker = fixture.startWorker(
      topic,
      async (task) => {
        calls.push(task.processInstanceId);
        await held;
      },
      { maxTasks: 2, lockDurationMs: 2_000 },
    );
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push(await fixture.start(topic));
    await until('two to run and two to wait', async () => {
      return calls.length === 2 && (await fixture.queue(`topic.${topic}`).getWaitingCount()) === 2;
    });
    await redis.flush();
    release();
    for (const id of ids) await ended(id);
    expect([...calls].sort()).toEqual([...ids].sort());
    await worker.stop();
  });

  test.each([
    ['is gone', () => redis.kill(), () => redis.start()],
    ['does not answer', async () => redis.freeze(), async () => redis.thaw()],
  ])('the server answers as ever when Redis %s, and workers go on when it is back', async (_, leave, comeBack) => {
    await fixture.deploy(topic);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let calls = 0;
    const worker = fixture.startWorker(
      topic,
      async () => {
        calls++;
        await held;
        return { calls };
      },
      { maxTasks: 1, lockDurationMs: 60_000 },
    );
    const first = await fixture.start(topic);
    await until('the task to be taken', () => calls === 1);
    await leave();
    release();
    const second = await fixture.start(topic);
    const [task] = await until('the task over REST', async () => {
      const tasks = await fetchOverRest();
      return tasks.length > 0 ? tasks : null;
    });
    await fixture.post(`/external-task/${task?.id}/complete`, { workerId: 'rest' });
    await ended(second);
    // Long enough for a command that was sent to be given up.
    await sleep(200);
    expect(await fixture.isEnded(first)).toBe(false);
    await comeBack();
    await ended(first);
    await ended(await fixture.start(topic));
    expect(calls).toBe(2);
    await worker.stop();
  });

  test('a server stops without Redis, and starts without it', async () => {
    await redis.kill();
    await fixture.server.restart();
    await fixture.deploy(topic);
    const id = await fixture.start(topic);
    const [task] = await fetchOverRest();
    await fixture.post(`/external-task/${task?.id}/complete`, { workerId: 'rest' });
    await ended(id);
    await redis.start();
    const worker = fixture.startWorker(topic, () => ({}));
    await ended(await fixture.start(topic));
    await worker.stop();
  });
});
