import { addDuration, parseDuration } from '@millrace/engine';
import type { Queryable, Transaction } from '../persistence/database.js';
import { CanaryEntity, type CanaryOutcome } from '../persistence/entities/canary.js';
import type { VersionState } from '../persistence/entities/process-definition.js';
import { recordOperation } from '../persistence/user-operations.js';
import type { DefinitionCache } from './definition-cache.js';
import type { CanarySettings } from './deployment-policy.js';
import { rearm } from './rearm.js';

/** A version as the user operation log names it. */
export interface LoggedVersion {
  readonly id: string;
  readonly key: string;
  readonly tenantId: string | null;
  readonly deploymentId: string;
}

/** Who does it and why. Without a user it's the server itself, which the log tells all the same. */
export interface Because {
  readonly userId: string | null;
  readonly reason: string | null;
  readonly isAutomatic?: boolean;
}

const OPERATIONS: Readonly<Record<CanaryOutcome, string>> = {
  promoted: 'PromoteCanary',
  stopped: 'StopCanary',
  superseded: 'StopCanary',
};

/** Makes a version that was just deployed the canary of its key. The caller holds the deployment lock. */
export async function openCanary(tx: Transaction, id: string, settings: CanarySettings, now: Date): Promise<void> {
  const { percent, maxIncidents, maxIncidentPercent, promoteAfter } = settings;
  await tx.query("UPDATE process_definition SET state = 'canary', state_since = $2 WHERE id = $1", [id, now]);
  await tx.runner.manager.insert(CanaryEntity, {
    processDefinitionId: id,
    percent,
    maxIncidents,
    maxIncidentPercent,
    promoteAfterInstances: promoteAfter && 'instances' in promoteAfter ? promoteAfter.instances : null,
    promoteAt:
      promoteAfter && 'duration' in promoteAfter ? addDuration(now, parseDuration(promoteAfter.duration)) : null,
    failedStarts: 0,
    startedAt: now,
    endedAt: null,
    outcome: null,
    reason: null,
  });
}

/**
 * Locks the versions of some keys that take new instances, in the order in which commits of starts lock them, and waits for
 * those. Comes before every change of several versions' states.
 */
export async function lockVersions(tx: Queryable, keys: readonly string[], tenantId: string | null): Promise<void> {
  await tx.query(
    `SELECT id FROM process_definition
     WHERE key = ANY($1) AND tenant_id IS NOT DISTINCT FROM $2 AND state IN ('active', 'canary') ORDER BY id FOR UPDATE`,
    [keys, tenantId],
  );
}

/**
 * Promoted, it becomes active and the older versions drain; else it drains itself. The caller holds the deployment lock.
 * @returns whether it was open until now, and the version that events start from now on where that is another one
 */
export async function settleCanary(
  tx: Transaction,
  definitions: DefinitionCache,
  id: string,
  outcome: Exclude<CanaryOutcome, 'superseded'>,
  because: Because,
): Promise<{ readonly hasEnded: boolean; readonly armedId: string | null }> {
  const [version] = await tx.query<LoggedVersion>(
    `SELECT id, key, tenant_id AS "tenantId", deployment_id AS "deploymentId" FROM process_definition
     WHERE id = $1 AND state = 'canary'`,
    [id],
  );
  if (!version) return { hasEnded: false, armedId: null };
  const { key, tenantId } = version;
  await lockVersions(tx, [key], tenantId);
  await endCanary(tx, version, outcome, because);
  // The events belong to an active version already, if there is one; its timers go on as they are.
  const isArmed = outcome === 'stopped' && (await hasActive(tx, version));
  return { hasEnded: true, armedId: isArmed ? null : await rearm(tx, definitions, key, tenantId) };
}

async function endCanary(
  tx: Queryable,
  version: LoggedVersion,
  outcome: CanaryOutcome,
  because: Because,
): Promise<void> {
  const now = new Date();
  await tx.query('UPDATE canary SET ended_at = $2, outcome = $3, reason = $4 WHERE process_definition_id = $1', [
    version.id,
    now,
    outcome,
    because.reason,
  ]);
  const state = outcome === 'promoted' ? 'active' : 'draining';
  await setState(tx, version, { from: 'canary', to: state, operationType: OPERATIONS[outcome] }, because, now);
  if (outcome === 'promoted') await drainOlder(tx, version, because);
}

/** Ends the open canary of a key, if there is one, because a newer version takes its place. The versions are locked. */
export async function supersedeCanary(tx: Queryable, by: LoggedVersion, because: Because): Promise<void> {
  const [canary] = await tx.query<LoggedVersion>(
    `SELECT id, key, tenant_id AS "tenantId", deployment_id AS "deploymentId" FROM process_definition
     WHERE key = $1 AND tenant_id IS NOT DISTINCT FROM $2 AND state = 'canary'`,
    [by.key, by.tenantId],
  );
  if (canary) await endCanary(tx, canary, 'superseded', because);
}

/** Whether there is an active version of its key beside it. */
export async function hasActive(
  tx: Queryable,
  { id, key, tenantId }: Omit<LoggedVersion, 'deploymentId'>,
): Promise<boolean> {
  const rows = await tx.query(
    `SELECT id FROM process_definition
     WHERE key = $1 AND tenant_id IS NOT DISTINCT FROM $2 AND state = 'active' AND id <> $3 LIMIT 1`,
    [key, tenantId, id],
  );
  return rows.length > 0;
}

/** The versions are locked. @returns those that took new instances until now, the oldest first */
export async function drainOlder(tx: Queryable, than: LoggedVersion, because: Because): Promise<LoggedVersion[]> {
  const older = await tx.query<LoggedVersion>(
    `SELECT d.id, d.key, d.tenant_id AS "tenantId", d.deployment_id AS "deploymentId" FROM process_definition d
     WHERE d.key = $1 AND d.tenant_id IS NOT DISTINCT FROM $2 AND d.state = 'active'
       AND d.version < (SELECT version FROM process_definition WHERE id = $3) ORDER BY d.version`,
    [than.key, than.tenantId, than.id],
  );
  const now = new Date();
  for (const version of older)
    await setState(tx, version, { from: 'active', to: 'draining', operationType: 'SetVersionState' }, because, now);
  return older;
}

interface StateChange {
  readonly from: VersionState;
  readonly to: VersionState;
  readonly operationType: string;
}

async function setState(
  tx: Queryable,
  { id, key, tenantId, deploymentId }: LoggedVersion,
  { from, to, operationType }: StateChange,
  { userId, reason, isAutomatic = false }: Because,
  now: Date,
): Promise<void> {
  await tx.query('UPDATE process_definition SET state = $2, state_since = $3 WHERE id = $1', [id, to, now]);
  await recordOperation(tx, userId, {
    operationType,
    entityType: 'ProcessDefinition',
    deploymentId,
    processDefinitionId: id,
    processDefinitionKey: key,
    tenantId,
    annotation: reason,
    isAutomatic,
    properties: [{ property: 'state', orgValue: from, newValue: to }],
  });
}
