import type { Transaction } from '../persistence/database.js';
import { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';
import type { DefinitionCache } from './definition-cache.js';
import { stateRank } from './definition-lookup.js';
import { armStartTriggers, disarmStartTriggers } from './start-triggers.js';

/**
 * Gives the events that start instances of a key to its newest active version; to the canary only when there is none. The caller holds the deployment lock.
 * @returns the version that is started by them from now on; null when none is active
 */
export async function rearm(
  tx: Transaction,
  definitions: DefinitionCache,
  key: string,
  tenantId: string | null,
): Promise<string | null> {
  await disarmStartTriggers(tx, key, tenantId);
  const [latest] = await tx.runner.manager
    .createQueryBuilder(ProcessDefinitionEntity, 'd')
    .where("d.key = :key AND d.tenantId IS NOT DISTINCT FROM :tenantId AND d.state IN ('active', 'canary')", {
      key,
      tenantId,
    })
    .orderBy(stateRank('d.state'))
    .addOrderBy('d.version', 'DESC')
    .limit(1)
    .getMany();
  if (!latest) return null;
  await armStartTriggers(tx, latest, await definitions.modelWithin(tx, latest.id), new Date());
  return latest.id;
}
