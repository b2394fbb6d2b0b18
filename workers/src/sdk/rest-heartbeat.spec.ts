import { expect, test } from 'vitest';
import { advanceUntil, fakeTime, startFixture } from '../testing/worker-fixture.js';

const topicsOf = (request: { body: { topics: { name: string }[] } } | undefined) =>
  request?.body.topics.map(({ name }) => name);

test('a worker announces its version and topics, again and again, and says when it stops', async () => {
  fakeTime();
  const { engine, worker } = await startFixture({ version: '2.0.0', build: 'a1b2', maxTasks: 4 });
  engine.takesHeartbeats = true;
  worker.subscribe('credit-check', () => undefined, { lockDurationMs: 5000 });
  worker.subscribe('valuation', () => undefined, { maxTasks: 1 });
  await advanceUntil(() => engine.requestsOf('heartbeat').length === 2, 500);
  expect(engine.requestsOf('heartbeat')[0]?.body).toEqual({
    workerId: 'tester',
    version: '2.0.0',
    build: 'a1b2',
    transport: 'rest',
    topics: [
      { name: 'credit-check', concurrency: 4, lockDurationMs: 5000 },
      { name: 'valuation', concurrency: 1, lockDurationMs: 30_000 },
    ],
    startedAt: expect.stringMatching(/^\d{4}-/),
  });
  const stopped = worker.stop();
  await advanceUntil(() => engine.requests.some(({ path }) => path === '/api/workers/tester'));
  await stopped;
});

test('a topic that comes or goes is told at once', async () => {
  const { engine, worker } = await startFixture();
  engine.takesHeartbeats = true;
  worker.subscribe('credit-check', () => undefined);
  await engine.until(() => engine.requestsOf('heartbeat').length === 1);
  const subscription = worker.subscribe('valuation', () => undefined);
  await engine.until(() => engine.requestsOf('heartbeat').length === 2);
  expect(topicsOf(engine.requestsOf('heartbeat')[1])).toEqual(['credit-check', 'valuation']);
  await subscription.unsubscribe();
  await engine.until(() => engine.requestsOf('heartbeat').length === 3);
  expect(topicsOf(engine.requestsOf('heartbeat')[2])).toEqual(['credit-check']);
});

test('a server that knows no workers is left alone, and its tasks are done all the same', async () => {
  fakeTime();
  const { engine, worker, eventsOf } = await startFixture();
  worker.subscribe('credit-check', () => undefined);
  await advanceUntil(() => engine.requestsOf('fetchAndLock').length === 4, 1000);
  engine.addTask('credit-check');
  await advanceUntil(() => eventsOf('completed').length === 1);
  expect(engine.requestsOf('heartbeat')).toHaveLength(1);
  const stopped = worker.stop();
  await advanceUntil(() => engine.openPolls === 0);
  await stopped;
  expect(engine.requests.filter(({ path }) => path.startsWith('/api/workers/')).length).toBe(1);
});
