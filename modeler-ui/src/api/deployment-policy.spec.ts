import { expect, test } from 'vitest';
import { isPossible, MANUAL, policyFields } from './deployment-policy.js';

test('a deployment says its policy only where it is not what the server does anyway', () => {
  expect(policyFields(MANUAL)).toEqual({});
  expect(policyFields({ policy: 'drain', canaryPercent: 10 })).toEqual({ 'deployment-policy': 'drain' });
  expect(policyFields({ policy: 'canary', canaryPercent: 5 })).toEqual({
    'deployment-policy': 'canary',
    'canary-percent': '5',
  });
});

test('a canary gets from 1 to 99 percent', () => {
  const possible = [0, 1, 99, 100, 2.5, Number.NaN].map((canaryPercent) =>
    isPossible({ policy: 'canary', canaryPercent }),
  );
  expect(possible).toEqual([false, true, true, false, false, false]);
  expect(isPossible({ policy: 'drain', canaryPercent: 0 })).toBe(true);
});
