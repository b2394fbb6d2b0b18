import type { DryRun } from '../api/migration.js';

/**
 * The instances that a dry run calls clean. It names only some of each group, so where it names too few, the instances
 * are halved and tried again, until every group is small enough to be named.
 * @param dryRun of exactly these instances
 */
export async function cleanInstances(
  instanceIds: readonly string[],
  dryRun: (instanceIds: string[]) => Promise<DryRun>,
): Promise<string[]> {
  if (instanceIds.length === 0) return [];
  const { counts, groups } = await dryRun([...instanceIds]);
  if (counts.clean === instanceIds.length) return [...instanceIds];
  const clean = groups.filter(({ verdict }) => verdict === 'clean');
  if (clean.every(({ count, instanceIds: named }) => named.length === count))
    return clean.flatMap(({ instanceIds: named }) => named);
  const others = groups.filter(({ verdict }) => verdict !== 'clean');
  if (others.every(({ count, instanceIds: named }) => named.length === count)) {
    const left = new Set(others.flatMap(({ instanceIds: named }) => named));
    return instanceIds.filter((id) => !left.has(id));
  }
  const middle = Math.ceil(instanceIds.length / 2);
  // One after the other: the server has other work.
  const first = await cleanInstances(instanceIds.slice(0, middle), dryRun);
  return [...first, ...(await cleanInstances(instanceIds.slice(middle), dryRun))];
}
