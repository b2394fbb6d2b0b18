import { expect, test } from 'vitest';
import { exponentialRetries } from './retry-policy.js';

const error = new Error('bank closed');

test('a task is tried again three times, each time after twice as long, then it is an incident', () => {
  const policy = exponentialRetries();
  expect(policy(null, error)).toEqual({ retries: 3, retryTimeoutMs: 5_000 });
  expect(policy(3, error)).toEqual({ retries: 2, retryTimeoutMs: 10_000 });
  expect(policy(2, error)).toEqual({ retries: 1, retryTimeoutMs: 20_000 });
  expect(policy(1, error)).toEqual({ retries: 0, retryTimeoutMs: 0 });
});

test('retries that an operator has set count down', () => {
  const policy = exponentialRetries({ retries: 3, initialMs: 1_000, factor: 3, maxMs: 2_000 });
  expect(policy(11, error)).toEqual({ retries: 10, retryTimeoutMs: 1_000 });
  expect(policy(2, error)).toEqual({ retries: 1, retryTimeoutMs: 2_000 });
  expect(policy(0, error)).toEqual({ retries: 0, retryTimeoutMs: 0 });
});

test('without retries the first failure is an incident', () => {
  expect(exponentialRetries({ retries: 0 })(null, error)).toEqual({ retries: 0, retryTimeoutMs: 0 });
});

test.each([{ retries: -1 }, { initialMs: 0.5 }, { factor: 0.5 }, { maxMs: Number.NaN }])('%o is refused', (options) => {
  expect(() => exponentialRetries(options)).toThrow(RangeError);
});
