import { type CallTargetQuery, NotFoundError } from '@millrace/engine';
import type { Queryable } from '../persistence/database.js';
import { CANARY_COLUMNS, type CanaryColumns, isForCanary, toCanary, withCanary } from './canary.js';

export type CalledKind = 'process' | 'decision';

const TABLES = { process: 'process_definition', decision: 'decision_definition' } as const;

/** The states in the order in which a version is meant where nobody says which. @param column of process_definition */
export function stateRank(column: string): string {
  return `array_position(ARRAY['active', 'canary', 'draining', 'archived'], ${column})`;
}

/**
 * Of several versions the one that is meant where nobody says which, the latest: the newest active one; where none is
 * active the canary, then the newest that is draining, for those who run already, before those that are archived.
 * @param alias of process_definition
 */
export function newestFirst(alias: string): string {
  return `${stateRank(`${alias}.state`)}, ${alias}.version DESC`;
}

const ORDER = { process: newestFirst('d'), decision: 'd.version DESC' } as const;

/** The newest active version of a key, never a canary while there is one. Null when there is none. */
export async function latestDefinitionId(
  on: Queryable,
  kind: CalledKind,
  key: string,
  tenantId: string | null,
): Promise<string | null> {
  const [row] = await on.query<{ id: string }>(
    `SELECT d.id FROM ${TABLES[kind]} d WHERE d.key = $1 AND d.tenant_id IS NOT DISTINCT FROM $2 ORDER BY ${ORDER[kind]} LIMIT 1`,
    [key, tenantId],
  );
  return row?.id ?? null;
}

/** As `latestDefinitionId`, or the canary beside it if it is to take the calls of this family. */
async function latestForFamily(
  on: Queryable,
  key: string,
  tenantId: string | null,
  rootProcessInstanceId: string,
): Promise<string | null> {
  const [row] = await on.query<{ id: string } & CanaryColumns>(
    `SELECT d.id, ${CANARY_COLUMNS} FROM process_definition d ${withCanary('d')}
     WHERE d.key = $1 AND d.tenant_id IS NOT DISTINCT FROM $2 ORDER BY ${ORDER.process} LIMIT 1`,
    [key, tenantId],
  );
  const canary = row ? toCanary(row) : null;
  return canary && isForCanary(canary, rootProcessInstanceId) ? canary.id : (row?.id ?? null);
}

/**
 * What a call means: as its binding says; without one what it was pinned to at deployment, else the newest version. Of a
 * running instance, which its query then names, the newest may be the canary.
 * @throws NotFoundError naming what was looked for
 */
export async function findCallTarget(on: Queryable, kind: CalledKind, query: CallTargetQuery): Promise<string> {
  const found = await find(on, kind, query);
  if (found === null)
    throw new NotFoundError(
      `Expected ${kind} '${query.key}'${describeBinding(query)} to be deployed, because '${query.elementId}' of '${query.callerDefinitionId}' calls it, but there is none`,
      { elementId: query.elementId, key: query.key },
    );
  return found;
}

async function find(on: Queryable, kind: CalledKind, query: CallTargetQuery): Promise<string | null> {
  const { binding, callerDefinitionId, elementId, key, tenantId, rootProcessInstanceId } = query;
  const table = TABLES[kind];
  const first = async (condition: string, params: readonly unknown[]) => {
    const [row] = await on.query<{ id: string }>(
      `SELECT d.id FROM ${table} d WHERE d.key = $1 AND d.tenant_id IS NOT DISTINCT FROM $2 AND ${condition} ORDER BY ${ORDER[kind]} LIMIT 1`,
      [key, tenantId, ...params],
    );
    return row?.id ?? null;
  };
  const latest = () =>
    kind === 'process' && rootProcessInstanceId !== undefined
      ? latestForFamily(on, key, tenantId, rootProcessInstanceId)
      : latestDefinitionId(on, kind, key, tenantId);
  switch (binding.kind) {
    case 'latest':
      return latest();
    case 'version':
      return first('d.version = $3', [binding.version]);
    case 'versionTag':
      return first('d.version_tag = $3', [binding.versionTag]);
    case 'deployment':
      return first('d.deployment_id = (SELECT deployment_id FROM process_definition WHERE id = $3)', [
        callerDefinitionId,
      ]);
    case 'default': {
      const pinned = await first(
        `d.id = (SELECT target_definition_id FROM call_binding WHERE process_definition_id = $3 AND element_id = $4 AND kind = $5)`,
        [callerDefinitionId, elementId, kind],
      );
      return pinned ?? latest();
    }
  }
}

function describeBinding({ binding }: CallTargetQuery): string {
  if (binding.kind === 'version') return ` in version ${binding.version}`;
  if (binding.kind === 'versionTag') return ` with version tag '${binding.versionTag}'`;
  return binding.kind === 'deployment' ? ' in the same deployment' : '';
}
