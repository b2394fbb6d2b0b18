import { expect, test } from 'vitest';
import { backoffOptions, pauseAfter } from './backoff.js';
import { ConnectionError, EngineRestError } from './errors.js';

const options = backoffOptions();
const status = (code: number, retryAfterMs?: number) =>
  new EngineRestError('POST /x', code, undefined, 'm', retryAfterMs);

test('pauses double while the server is away, up to a limit', () => {
  const away = new ConnectionError('POST /x', 'refused');
  const pauses = [1, 2, 3, 4, 5, 6, 7, 1000].map((failures) => pauseAfter(away, failures, options));
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  expect(pauseAfter(status(503), 2, options)).toBe(500);
});

test('the server may say how long to wait, within reason', () => {
  expect(pauseAfter(status(503, 7_000), 1, options)).toBe(7_000);
  expect(pauseAfter(status(429, 90_000_000), 1, options)).toBe(300_000);
});

test('what only a person can put right is tried again slowly', () => {
  expect([401, 403, 404, 400].map((code) => pauseAfter(status(code), 1, options))).toEqual([
    30_000, 30_000, 30_000, 30_000,
  ]);
});
