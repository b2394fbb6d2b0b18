import { expect, test } from 'vitest';
import { isForCanary } from './canary.js';

const seeds = Array.from({ length: 10_000 }, (_, i) => `order-${i}`);
const share = (id: string, percent: number) =>
  seeds.filter((seed) => isForCanary({ id, percent, suspended: false }, seed));

test('a canary gets its share, evenly', () => {
  // Fixed ids and seeds: the figures are exact, and change only with the way in which the share is chosen.
  expect([1, 10, 50, 99].map((percent) => share('order:2:a', percent).length)).toEqual([111, 996, 4954, 9900]);
  const runs = Array.from({ length: 20 }, (_, i) => seeds.slice(i * 500, (i + 1) * 500));
  const inRuns = runs.map(
    (run) => run.filter((seed) => isForCanary({ id: 'order:2:a', percent: 20, suspended: false }, seed)).length,
  );
  for (const n of inRuns) expect(n).toBeGreaterThan(70);
  for (const n of inRuns) expect(n).toBeLessThan(130);
});

test('a larger share keeps the starts of a smaller one', () => {
  const small = share('order:2:a', 10);
  const large = new Set(share('order:2:a', 30));
  expect(small.every((seed) => large.has(seed))).toBe(true);
});

test('the next canary takes other starts', () => {
  const first = new Set(share('order:2:a', 10));
  const both = share('order:3:b', 10).filter((seed) => first.has(seed));
  expect(both.length).toBeLessThan(200);
});

test('a suspended canary gets none', () => {
  expect(isForCanary({ id: 'order:2:a', percent: 99, suspended: true }, 'order-1')).toBe(false);
});
