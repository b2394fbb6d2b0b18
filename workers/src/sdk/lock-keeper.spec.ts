import { expect, test } from 'vitest';
import { advanceUntil, fakeTime, gate, startFixture } from '../testing/worker-fixture.js';

test('the lock is extended at half of its time as long as the handler runs', async () => {
  const { engine, worker, eventsOf } = await startFixture();
  fakeTime();
  const held = gate();
  const task = engine.addTask('valuation');
  worker.subscribe('valuation', () => held.opened, { lockDurationMs: 10_000 });
  await advanceUntil(() => engine.requestsOf('extendLock').length === 3);
  expect(engine.requestsOf('extendLock').map(({ body }) => body)).toEqual(
    Array(3).fill({ workerId: 'tester', newDuration: 10_000 }),
  );
  held.open();
  await advanceUntil(() => eventsOf('completed').length === 1);
  expect(task.state).toBe('completed');
  expect(eventsOf('started')).toHaveLength(1);
});

test('a handler can ask for more time, which is kept from then on', async () => {
  const { engine, worker, eventsOf } = await startFixture();
  fakeTime();
  const held = gate();
  engine.addTask('valuation');
  worker.subscribe('valuation', async (_, context) => {
    await context.extendLock(60_000);
    await held.opened;
  });
  await advanceUntil(() => engine.requestsOf('extendLock').length === 3);
  expect(engine.requestsOf('extendLock').map(({ body }) => body.newDuration)).toEqual([60_000, 60_000, 60_000]);
  held.open();
  await advanceUntil(() => eventsOf('completed').length === 1);
});

test('when the lock is lost the handler is told and its result is not sent', async () => {
  const { engine, worker, eventsOf } = await startFixture();
  fakeTime();
  const task = engine.addTask('valuation');
  let reason: unknown;
  worker.subscribe(
    'valuation',
    (_, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          resolve({ value: 1 });
        });
      }),
    { lockDurationMs: 10_000 },
  );
  await advanceUntil(() => eventsOf('started').length === 1);
  task.workerId = 'other';
  task.lockedUntil = Date.now() + 3_600_000;
  await advanceUntil(() => eventsOf('lockLost').length === 1);
  expect(reason).toMatchObject({ name: 'LockLostError', message: expect.stringContaining('locked by other') });
  expect(engine.requestsOf('complete')).toHaveLength(0);
  expect(engine.requestsOf('failure')).toHaveLength(0);
});

test('a server that is away for a while does not cost the lock', async () => {
  const { engine, worker, eventsOf } = await startFixture();
  fakeTime();
  const held = gate();
  const task = engine.addTask('valuation');
  engine.failNext('extendLock', 'drop', { status: 503 }, { status: 401 });
  worker.subscribe('valuation', () => held.opened, { lockDurationMs: 10_000 });
  await advanceUntil(() => engine.requestsOf('extendLock').length === 4);
  held.open();
  await advanceUntil(() => eventsOf('completed').length === 1);
  expect(task.state).toBe('completed');
  expect(eventsOf('started')).toHaveLength(1);
});
