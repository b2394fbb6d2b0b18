import { expect, test } from 'vitest';
import { summarize } from './machine.mjs';
import { plannedRuns } from './runs.mjs';
import { toMarkdown } from './table.mjs';

const MACHINE = { cores: 2, processor: 'x', memoryGiB: 8, node: 'v20.19.0', postgres: '15', synchronousCommit: 'on' };

function measured(server, perSecond, p50Ms, serverMs, round = 1) {
  return {
    name: 'start',
    server,
    round,
    n: 10,
    concurrency: 32,
    perSecond,
    p50Ms,
    p99Ms: p50Ms,
    cpuMsEach: { server: serverMs, postgres: 1, driver: 1 },
    coresOfOthers: 0.5,
    statementsEach: 5,
    rowsEach: 6,
    walBytesEach: 7_000,
    residentMiB: 100,
  };
}

function tableOf(runs) {
  const results = { machine: MACHINE, begunAt: '2026-01-01T00:00:00Z', seconds: 60, startUp: {}, runs, left: [] };
  return toMarkdown(results, summarize(runs));
}

test('a ratio above 1 is in favour of Millrace, for rates as for times', () => {
  const text = tableOf([measured('millrace', 200, 10, 3), measured('operaton', 100, 40, 7)]);
  expect(text).toContain(
    '| start | 32 | 200.0 / 100.0 | **2.00** | 10.0 / 40.0 | **4.00** | 4.00 / 8.00 | **2.00** | 0.5 |',
  );
  expect(text).toContain('| start | 5.0 / 5.0 | 6.0 / 6.0 | 7,000 / 7,000 |');
});

test('the figure of several rounds is their median', () => {
  const text = tableOf([10, 300, 20].map((rate, i) => measured('millrace', rate, 1, 1, i + 1)));
  expect(text).toContain('| start | 32 | 20.0 |');
});

test('the embedded database stands beside the peer on PostgreSQL', () => {
  const text = tableOf([
    { ...measured('embedded', 300, 5, 2), cpuMsEach: { server: 2 } },
    measured('operaton', 100, 40, 7),
  ]);
  expect(text).toContain('| start | 32 | 300.0 / 100.0 | **3.00** | 5.0 / 40.0 | 2.00 / 8.00 |');
});

test('what was not done in full has its reason and no figure', () => {
  const text = tableOf([{ name: 'start', server: 'millrace', round: 1, n: 10, concurrency: 32, failure: 'no answer' }]);
  expect(text).toContain('- start, millrace: no answer');
  expect(text).toContain('| start | 32 | – |');
});

test('scenarios are picked by name or group, and small ones need little', () => {
  const names = (only) => plannedRuns({ only, quick: false, rounds: 2 }).map(({ name }) => name);
  expect(names(['start', 'loan'])).toEqual(['start', 'loan']);
  expect(names(['at one']).every((name) => name.endsWith('one at a time'))).toBe(true);
  expect(names(null)).toContain('query');
  expect(Math.max(...plannedRuns({ only: null, quick: true, rounds: 1 }).map(({ n }) => n))).toBeLessThanOrEqual(1_000);
});
