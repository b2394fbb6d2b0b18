import { Injectable } from '@nestjs/common';
import { newestFirst } from '../deployment/definition-lookup.js';
import { formVersions } from '../deployment/form-versions.js';
import { Database, type Queryable } from '../persistence/database.js';
import type { VersionState } from '../persistence/entities/process-definition.js';
import { CallIndex } from './call-index.js';

/** One place where a process calls something, and what that is at this moment. */
export interface CallEdge {
  readonly callerId: string;
  readonly callerKey: string;
  readonly callerVersion: number;
  readonly callerDeploymentId: string;
  readonly callerState: VersionState;
  readonly elementId: string;
  readonly kind: 'process' | 'decision' | 'form';
  /** Null where an expression computes it. */
  readonly key: string | null;
  /** `pinned`: fixed at deployment. `late`: nothing was there to pin it to. The others are what the model says. */
  readonly binding: 'pinned' | 'late' | 'latest' | 'deployment' | 'version' | 'versionTag' | 'computed';
  /** A definition's id; for forms `<deployment id>/<resource>`. */
  readonly targetId: string | null;
  /** Why there is no target. */
  readonly reason: string | null;
}

interface EdgeRow extends Omit<CallEdge, 'binding' | 'reason'> {
  readonly binding: 'default' | Exclude<CallEdge['binding'], 'pinned' | 'late'>;
  readonly targetVersion: number | null;
  readonly targetTag: string | null;
  readonly tenantId: string | null;
  readonly pinnedId: string | null;
}

function target(table: string, kind: string, order: string): string {
  return `LEFT JOIN LATERAL (
    SELECT d.id FROM ${table} d
    WHERE r.kind = '${kind}' AND d.key = r.target_key AND d.tenant_id IS NOT DISTINCT FROM c.tenant_id
      AND CASE r.binding WHEN 'deployment' THEN d.deployment_id = c.deployment_id
        WHEN 'version' THEN d.version = r.target_version WHEN 'versionTag' THEN d.version_tag = r.target_tag
        WHEN 'computed' THEN false ELSE true END
    ORDER BY ${order} LIMIT 1) ${kind}_target ON true`;
}

// As findCallTarget finds it.
const EDGES = `
SELECT c.id AS "callerId", c.key AS "callerKey", c.version AS "callerVersion", c.deployment_id AS "callerDeploymentId",
  c.state AS "callerState", c.tenant_id AS "tenantId", r.element_id AS "elementId", r.kind, r.target_key AS key, r.binding,
  r.target_version AS "targetVersion", r.target_tag AS "targetTag", pinned.id AS "pinnedId",
  coalesce(pinned.id, process_target.id, decision_target.id) AS "targetId"
FROM call_reference r JOIN process_definition c ON c.id = r.process_definition_id
LEFT JOIN LATERAL (
  SELECT b.target_definition_id AS id FROM call_binding b
  WHERE b.process_definition_id = r.process_definition_id AND b.element_id = r.element_id AND b.kind = r.kind
    AND r.binding = 'default') pinned ON true
${target('process_definition', 'process', newestFirst('d'))}
${target('decision_definition', 'decision', 'd.version DESC')}`;

/** Who calls what, as the deployed models, their bindings and the versions of today have it. */
@Injectable()
export class CallEdges {
  constructor(
    private readonly database: Database,
    private readonly index: CallIndex,
  ) {}

  /** What these definitions call. */
  async of(callerIds: readonly string[]): Promise<CallEdge[]> {
    await this.index.complete();
    const rows = await this.database.query<EdgeRow>(
      `${EDGES} WHERE c.id = ANY($1) ORDER BY c.id, r.element_id, r.kind`,
      [callerIds],
    );
    return Promise.all(rows.map((row) => this.toEdge(row)));
  }

  /** Who calls these definitions. */
  async to(targetIds: readonly string[]): Promise<CallEdge[]> {
    await this.index.complete();
    return this.toWithin(this.database, targetIds);
  }

  /** As `to`, inside a transaction; the index must be complete. */
  async toWithin(tx: Queryable, targetIds: readonly string[]): Promise<CallEdge[]> {
    return (await edgesTo(tx, targetIds)).map((row) => ({ ...edgeOf(row), reason: null }));
  }

  private async toEdge(row: EdgeRow): Promise<CallEdge> {
    const targetId = row.kind === 'form' ? await this.form(row) : row.targetId;
    return { ...edgeOf(row), targetId, reason: targetId === null ? reasonOf(row) : null };
  }

  /** As the task list finds it. */
  private async form({ key, binding, targetVersion, callerDeploymentId }: EdgeRow): Promise<string | null> {
    if (key === null) return null;
    const versions = await formVersions(this.database, key);
    if (binding === 'deployment') return versions.find((each) => each.deploymentId === callerDeploymentId)?.id ?? null;
    if (binding === 'version') return versions.find(({ version }) => version === targetVersion)?.id ?? null;
    return binding === 'latest' ? (versions.at(-1)?.id ?? null) : null;
  }
}

function edgesTo(on: Queryable, targetIds: readonly string[]): Promise<EdgeRow[]> {
  return on.query<EdgeRow>(
    `SELECT * FROM (${EDGES}) e WHERE e."targetId" = ANY($1) ORDER BY e."callerKey", e."callerVersion", e."elementId"`,
    [targetIds],
  );
}

function edgeOf(row: EdgeRow): Omit<CallEdge, 'reason'> {
  const { targetVersion: _, targetTag: __, tenantId: ___, pinnedId: ____, ...edge } = row;
  return { ...edge, ...bindingOf(row) };
}

function bindingOf({ binding, pinnedId }: EdgeRow): Pick<CallEdge, 'binding'> {
  if (binding !== 'default') return { binding };
  return { binding: pinnedId === null ? 'late' : 'pinned' };
}

function reasonOf({ kind, key, binding, targetVersion, targetTag }: EdgeRow): string {
  if (key === null || binding === 'computed') return 'An expression says what is called, when the time comes';
  if (binding === 'version') return `There is no version ${targetVersion} of ${kind} '${key}'`;
  if (binding === 'versionTag') return `There is no ${kind} '${key}' with the version tag '${targetTag}'`;
  if (binding === 'deployment') return `There is no ${kind} '${key}' in the same deployment`;
  return `There is no ${kind} '${key}'`;
}
