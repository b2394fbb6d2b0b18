import { describe, expect, test, vi } from 'vitest';
import { fakeTime, startFixture } from '../testing/worker-fixture.js';
import { createWorker } from './index.js';

describe('while the server is away', () => {
  test('the worker waits, and goes on when it is back', async () => {
    const { engine, worker, log, eventsOf } = await startFixture();
    worker.subscribe('credit-check', () => undefined);
    await engine.until(() => engine.openPolls === 1);
    await engine.goAway();
    await engine.until(() => eventsOf('disconnected').length >= 3);
    const task = engine.addTask('credit-check');
    await engine.listen();
    await engine.until(() => eventsOf('completed').length === 1);
    expect(task.state).toBe('completed');
    expect(eventsOf('reconnected')).toHaveLength(1);
    expect(log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      'the server is away, trying again',
    ]);
  });

  test('a result waits for it', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const task = engine.addTask('credit-check');
    worker.subscribe('credit-check', async () => {
      await engine.goAway();
      return { score: 1 };
    });
    await engine.until(() => eventsOf('disconnected').length >= 2);
    await engine.listen();
    await engine.until(() => eventsOf('completed').length === 1);
    expect(task.report).toMatchObject({ variables: { score: { value: 1 } } });
    expect(eventsOf('started')).toHaveLength(1);
  });
});

describe('the time between polls', () => {
  /** When polls came in, in ms from the start, with a server that answers each as given (the last one for ever). */
  async function pollTimes(answers: readonly (() => Response)[], untilMs: number): Promise<number[]> {
    fakeTime();
    const start = Date.now();
    const times: number[] = [];
    const worker = createWorker({
      url: 'http://engine.test/engine-rest',
      logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      fetch: async (input) => {
        if (!String(input).endsWith('/fetchAndLock')) return new Response('{}', { status: 404 });
        times.push(Date.now() - start);
        return (answers[Math.min(times.length, answers.length) - 1] as () => Response)();
      },
    });
    worker.subscribe('credit-check', () => undefined);
    await vi.advanceTimersByTimeAsync(untilMs);
    await worker.stop();
    return times;
  }
  const refuse = (): never => {
    throw new TypeError('fetch failed');
  };
  const status = (code: number, headers = {}) => new Response('{}', { status: code, headers });

  test('doubles while nobody answers', async () => {
    expect(await pollTimes([refuse], 8_000)).toEqual([0, 250, 750, 1_750, 3_750, 7_750]);
  });

  test('begins anew after the server was there', async () => {
    const empty = () => new Response('[]');
    expect(await pollTimes([refuse, refuse, empty, refuse], 2_000)).toEqual([0, 250, 750, 1_250, 1_500, 2_000]);
  });

  test.each([
    ['in seconds', () => status(503, { 'Retry-After': '7' })],
    [
      'as a date',
      () => status(503, { 'Retry-After': new Date(Math.floor(Date.now() / 1000) * 1000 + 8000).toUTCString() }),
    ],
  ])('is what the server asks for (%s)', async (_, answer) => {
    const times = await pollTimes([answer], 10_000);
    expect(times).toHaveLength(2);
    expect(times[1]).toBeGreaterThanOrEqual(7_000);
  });

  test('is long when the login is wrong', async () => {
    expect(await pollTimes([() => status(401)], 70_000)).toEqual([0, 30_000, 60_000]);
  });

  test('is half a second when the server does not poll long', async () => {
    expect(await pollTimes([() => new Response('[]')], 1_600)).toEqual([0, 500, 1_000, 1_500]);
  });

  test('is not shortened by an answer that no engine would give', async () => {
    expect(await pollTimes([() => new Response('<html>'), () => new Response('{}')], 1_000)).toEqual([0, 250, 750]);
  });
});

test('a wrong login is reported as an error, once the server says so', async () => {
  const { engine, worker, log, eventsOf } = await startFixture();
  engine.failNext('fetchAndLock', { status: 401 });
  worker.subscribe('credit-check', () => undefined);
  await engine.until(() => eventsOf('reconnected').length === 1 || engine.openPolls === 1);
  expect(log.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
    expect.stringContaining('check address, login and topics'),
  ]);
});
