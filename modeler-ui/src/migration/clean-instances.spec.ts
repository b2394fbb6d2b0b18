import { expect, test } from 'vitest';
import type { DryRun, Verdict } from '../api/migration.js';
import { cleanInstances } from './clean-instances.js';

const NAMED = 10;

/** Names ten of each verdict, as the server does. */
function server(verdictOf: (id: string) => Verdict) {
  const asked: number[] = [];
  const dryRun = async (ids: string[]): Promise<DryRun> => {
    asked.push(ids.length);
    const of = (verdict: Verdict) => ids.filter((id) => verdictOf(id) === verdict);
    const verdicts: Verdict[] = ['refused', 'attention', 'clean'];
    return {
      counts: { clean: of('clean').length, attention: of('attention').length, refused: of('refused').length },
      groups: verdicts
        .filter((verdict) => of(verdict).length > 0)
        .map((verdict) => ({
          verdict,
          signature: [],
          count: of(verdict).length,
          instanceIds: of(verdict).slice(0, NAMED),
          reasons: [],
        })),
      topicsWithoutWorker: [],
    };
  };
  return { dryRun, asked };
}

const ids = Array.from({ length: 500 }, (_, index) => `i${index}`);
const numberOf = (id: string) => Number(id.slice(1));

test('all clean: one dry run says so', async () => {
  const { dryRun, asked } = server(() => 'clean');
  expect(await cleanInstances(ids, dryRun)).toEqual(ids);
  expect(asked).toEqual([500]);
});

test('a few that are not clean are named, so one dry run is enough', async () => {
  const { dryRun, asked } = server((id) => (numberOf(id) < 7 ? 'refused' : 'clean'));
  expect(await cleanInstances(ids, dryRun)).toEqual(ids.slice(7));
  expect(asked).toEqual([500]);
});

test('however many there are of each verdict and however they are mixed, exactly the clean ones are found', async () => {
  const verdictOf = (id: string): Verdict => (['clean', 'refused', 'clean', 'attention'] as const)[numberOf(id) % 4]!;
  const { dryRun } = server(verdictOf);
  expect(await cleanInstances(ids, dryRun)).toEqual(ids.filter((id) => verdictOf(id) === 'clean'));
});

test('nothing runs: nothing is asked', async () => {
  const { dryRun, asked } = server(() => 'clean');
  expect(await cleanInstances([], dryRun)).toEqual([]);
  expect(asked).toEqual([]);
});
