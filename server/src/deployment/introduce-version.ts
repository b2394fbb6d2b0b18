import { generatePlan, InvalidCommandError, type ProcessModel } from '@millrace/engine';
import { storeBatch } from '../batch/store-batch.js';
import type { JobHint } from '../persistence/commit-events.js';
import type { Transaction } from '../persistence/database.js';
import type { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';
import { canaryBeside } from './canary.js';
import {
  drainOlder,
  hasActive,
  type LoggedVersion,
  lockVersions,
  openCanary,
  supersedeCanary,
} from './canary-store.js';
import type { DefinitionCache } from './definition-cache.js';
import type { DeploymentPolicy } from './deployment-policy.js';
import { armStartTriggers } from './start-triggers.js';

/** What a deployment's policy did when a version came. */
export interface Introduction {
  readonly processDefinitionId: string;
  readonly key: string;
  /** What it is now: `canary` only where there was a version to compare it with. */
  readonly state: 'active' | 'canary';
  /** The older versions that take no new instances any more. */
  readonly draining: readonly DrainingVersion[];
}

export interface DrainingVersion {
  readonly processDefinitionId: string;
  /** Running instances; null where nobody looked because none was to be moved. */
  readonly instances: number | null;
  /** The batch that migrates those that are compatible. */
  readonly migrationBatchId: string | null;
}

interface Circumstances {
  readonly policy: DeploymentPolicy;
  readonly definitions: DefinitionCache;
  readonly userId: string | null;
  readonly now: Date;
  /** Jobs to tell of after the commit. */
  readonly jobs: JobHint[];
}

/** Locks the versions whose states the deployment of these keys may change: with the policy `manual` only beside a canary. */
export async function lockForIntroduction(
  tx: Transaction,
  { kind }: DeploymentPolicy,
  definitions: readonly ProcessDefinitionEntity[],
): Promise<void> {
  const [first] = definitions;
  if (!first) return;
  const keys = definitions.map(({ key }) => key);
  const changing = kind === 'manual' ? await keysWithCanary(tx, keys, first.tenantId) : keys;
  if (changing.length > 0) await lockVersions(tx, changing, first.tenantId);
}

async function keysWithCanary(tx: Transaction, keys: readonly string[], tenantId: string | null): Promise<string[]> {
  const rows = await tx.query<{ key: string }>(
    `SELECT key FROM process_definition
     WHERE key = ANY($1) AND coalesce(tenant_id, '') = coalesce($2, '') AND state = 'canary'`,
    [keys, tenantId],
  );
  return rows.map(({ key }) => key);
}

/**
 * Gives a version that was just stored its place among the versions of its key, which are locked where their states may change.
 * @throws InvalidCommandError when a canary of the key is open and another one is to be; as `armStartTriggers`
 */
export async function introduceVersion(
  tx: Transaction,
  definition: ProcessDefinitionEntity,
  model: ProcessModel,
  { policy, definitions, userId, now, jobs }: Circumstances,
): Promise<Introduction> {
  const { id, key, version } = definition;
  const open = await canaryBeside(tx, id);
  if (policy.kind === 'canary') {
    if (open)
      throw new InvalidCommandError(
        `Expected no open canary of process '${key}', but '${open.id}' is one; promote or stop it first`,
        { id: open.id, key },
      );
    if (await hasActive(tx, definition)) {
      await tryStartTriggers(tx, definition, model, now);
      await openCanary(tx, id, policy, now);
      return { processDefinitionId: id, key, state: 'canary', draining: [] };
    }
  }
  const reason = `version ${version} was deployed`;
  if (open) await supersedeCanary(tx, definition, { userId, reason });
  await armStartTriggers(tx, definition, model, now);
  const draining: DrainingVersion[] = [];
  if (policy.kind === 'drain' || policy.kind === 'auto-compatible')
    for (const older of await drainOlder(tx, definition, {
      userId,
      reason: `${reason} with the policy '${policy.kind}'`,
    }))
      draining.push(
        policy.kind === 'drain'
          ? { processDefinitionId: older.id, instances: null, migrationBatchId: null }
          : await migrateCompatible(tx, older, { id, model }, { definitions, userId, jobs }),
      );
  return { processDefinitionId: id, key, state: 'active', draining };
}

/** What a later promotion would do is refused now if it can't be done. The older version's triggers, and its timers, stay. */
async function tryStartTriggers(
  tx: Transaction,
  definition: ProcessDefinitionEntity,
  model: ProcessModel,
  now: Date,
): Promise<void> {
  await tx.query('SAVEPOINT start_triggers');
  await armStartTriggers(tx, definition, model, now);
  await tx.query('ROLLBACK TO SAVEPOINT start_triggers');
}

/** The batch belongs to the deployment: it's there when that is committed, and runs afterwards. */
async function migrateCompatible(
  tx: Transaction,
  source: LoggedVersion,
  target: { readonly id: string; readonly model: ProcessModel },
  { definitions, userId, jobs }: Pick<Circumstances, 'definitions' | 'userId' | 'jobs'>,
): Promise<DrainingVersion> {
  // All of them: the version's row is locked, so that no other can start.
  const instances = await tx.query<{ id: string }>(
    'SELECT id FROM process_instance WHERE process_definition_id = $1 ORDER BY id',
    [source.id],
  );
  const counted = { processDefinitionId: source.id, instances: instances.length };
  if (instances.length === 0) return { ...counted, migrationBatchId: null };
  const plan = {
    sourceDefinitionId: source.id,
    targetDefinitionId: target.id,
    instructions: generatePlan(await definitions.modelWithin(tx, source.id), target.model),
  };
  const batch = await storeBatch(tx, {
    type: 'instance-migration',
    instanceIds: instances.map(({ id }) => id),
    configuration: { kind: 'migrate', plan, skipCustomListeners: false, skipIoMappings: false, onlyClean: true },
    userId,
    tenantId: source.tenantId,
    annotation: "Deployed with the policy 'auto-compatible'",
    operation: {
      type: 'Migrate',
      entity: 'ProcessInstance',
      processDefinitionId: source.id,
      properties: [{ property: 'processDefinitionId', orgValue: source.id, newValue: target.id }],
    },
  });
  jobs.push(...batch.jobs);
  return { ...counted, migrationBatchId: batch.id };
}
