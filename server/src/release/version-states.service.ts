import { InvalidCommandError, NotFoundError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { settleCanary } from '../deployment/canary-store.js';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { DEPLOYMENT_LOCK } from '../deployment/deployment-lock.js';
import { rearm } from '../deployment/rearm.js';
import { CommitEvents } from '../persistence/commit-events.js';
import { Database, type Queryable } from '../persistence/database.js';
import type { VersionState } from '../persistence/entities/process-definition.js';
import { announceStartTimers } from '../persistence/start-timers.js';
import { recordOperation } from '../persistence/user-operations.js';
import { CallEdges } from './call-edges.query.js';
import { CallIndex } from './call-index.js';

/** A version of a process, and what keeps it from being drained. */
export interface VersionReport {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly versionTag: string | null;
  readonly tenantId: string | null;
  readonly deploymentId: string;
  /** `drained`: draining, without instances, and nobody is left who could call it. */
  readonly state: VersionState | 'drained';
  readonly since: Date | null;
  readonly instances: number;
  /** Versions that call it and are active or have instances. */
  readonly callers: readonly VersionCaller[];
}

export interface VersionCaller {
  readonly definitionId: string;
  readonly key: string;
  readonly version: number;
  readonly elementId: string;
  readonly state: VersionState;
  readonly instances: number;
}

type Row = Omit<VersionReport, 'state' | 'callers'> & { readonly state: VersionState };

const VERSIONS = `
SELECT d.id, d.key, d.version, d.version_tag AS "versionTag", d.tenant_id AS "tenantId", d.deployment_id AS "deploymentId",
  d.state, d.state_since AS since,
  (SELECT count(*)::int FROM process_instance p WHERE p.process_definition_id = d.id) AS instances
FROM process_definition d`;

/** Which versions take new instances. */
@Injectable()
export class VersionStates {
  constructor(
    private readonly database: Database,
    private readonly definitions: DefinitionCache,
    private readonly events: CommitEvents,
    private readonly index: CallIndex,
    private readonly edges: CallEdges,
  ) {}

  /** @throws NotFoundError */
  async get(id: string): Promise<VersionReport> {
    const [found] = await this.list({ id });
    if (found) return found;
    throw unknown(id);
  }

  /** By key and version. All that are given must fit; archived versions are among them. */
  async list({ id, key }: { readonly id?: string; readonly key?: string }): Promise<VersionReport[]> {
    await this.index.complete();
    return this.reports(
      this.database,
      await this.database.query<Row>(
        `${VERSIONS} WHERE ($1::text IS NULL OR d.id = $1) AND ($2::text IS NULL OR d.key = $2) ORDER BY d.key, d.version`,
        [id ?? null, key ?? null],
      ),
    );
  }

  /**
   * Starts that are under way when a version begins to drain end before it does; those that come after are refused,
   * whichever server they come to. The events that start instances of the key go to its newest active version. A canary
   * is promoted when it's made active, and stopped when it's to drain.
   * @throws NotFoundError; InvalidCommandError when a version is to be archived that isn't drained
   */
  async set(id: string, state: VersionState, userId: string | null = null): Promise<VersionReport> {
    await this.index.complete();
    const armed = await this.database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [DEPLOYMENT_LOCK]);
      const [found] = await tx.query<Pick<Row, 'state'>>('SELECT state FROM process_definition WHERE id = $1', [id]);
      if (!found) throw unknown(id);
      // Waits for commits that start instances of it: they hold the row. A canary's end locks the versions beside it too, in order.
      if (found.state !== 'canary') await tx.query('SELECT id FROM process_definition WHERE id = $1 FOR UPDATE', [id]);
      const [before] = await this.reports(tx, await tx.query<Row>(`${VERSIONS} WHERE d.id = $1`, [id]));
      if (!before || before.state === state) return null;
      if (state === 'archived') {
        await this.requireIndex(tx);
        refuseUndrained(before);
      }
      if (state === 'draining' && before.state === 'drained') return null;
      if (before.state === 'canary') {
        const outcome = state === 'active' ? 'promoted' : 'stopped';
        const because = { userId, reason: `its state was set to ${state}` };
        return (await settleCanary(tx, this.definitions, id, outcome, because)).armedId;
      }
      await tx.query('UPDATE process_definition SET state = $2, state_since = $3 WHERE id = $1', [
        id,
        state,
        new Date(),
      ]);
      await recordOperation(tx, userId, {
        operationType: 'SetVersionState',
        entityType: 'ProcessDefinition',
        deploymentId: before.deploymentId,
        processDefinitionId: id,
        processDefinitionKey: before.key,
        properties: [{ property: 'state', orgValue: before.state, newValue: state }],
      });
      return rearm(tx, this.definitions, before.key, before.tenantId);
    });
    if (armed !== null) await announceStartTimers(this.database, this.events, [armed]);
    return this.get(id);
  }

  /** Under the deployment lock nothing new comes; what was deployed just before isn't known yet, or can't be read any more. */
  private async requireIndex(tx: Queryable): Promise<void> {
    const [unread] = await tx.query<{ id: string }>('SELECT id FROM process_definition WHERE NOT calls_known LIMIT 1');
    if (unread)
      throw new InvalidCommandError(
        `Expected to know what every process calls, but '${unread.id}' has not been read yet; try again, or delete it if this goes on`,
        { id: unread.id },
      );
  }

  private async reports(on: Queryable, rows: readonly Row[]): Promise<VersionReport[]> {
    const draining = rows.filter(({ state }) => state === 'draining').map(({ id }) => id);
    const callers = await this.callers(on, draining);
    return rows.map((row) => {
      const own = callers.get(row.id) ?? [];
      const isDrained = row.state === 'draining' && row.instances === 0 && own.length === 0;
      return { ...row, state: isDrained ? 'drained' : row.state, callers: own };
    });
  }

  /** Those that may still call: they are active, or have instances, or are called by such themselves. */
  private async callers(on: Queryable, ids: readonly string[]): Promise<Map<string, VersionCaller[]>> {
    const found = new Map<string, VersionCaller[]>();
    if (ids.length === 0) return found;
    for (const { targetId, callerId, callerKey, callerVersion, callerState, elementId } of await this.edges.toWithin(
      on,
      ids,
    )) {
      if (targetId === null || callerId === targetId) continue;
      const instances = await this.liveInstances(on, callerId);
      if (!takesInstances(callerState) && instances === 0 && !(await this.isCalled(on, callerId, new Set([targetId]))))
        continue;
      const caller = {
        definitionId: callerId,
        key: callerKey,
        version: callerVersion,
        elementId,
        state: callerState,
        instances,
      };
      found.set(targetId, [...(found.get(targetId) ?? []), caller]);
    }
    return found;
  }

  /** Whether anybody who is active or has instances reaches the definition by calls. */
  private async isCalled(on: Queryable, id: string, seen: Set<string>): Promise<boolean> {
    if (seen.has(id)) return false;
    seen.add(id);
    for (const { callerId, callerState } of await this.edges.toWithin(on, [id])) {
      if (seen.has(callerId)) continue;
      if (takesInstances(callerState) || (await this.liveInstances(on, callerId)) > 0) return true;
      if (await this.isCalled(on, callerId, seen)) return true;
    }
    return false;
  }

  private async liveInstances(on: Queryable, id: string): Promise<number> {
    const [row] = await on.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM process_instance WHERE process_definition_id = $1',
      [id],
    );
    return row?.n ?? 0;
  }
}

function takesInstances(state: VersionReport['state']): boolean {
  return state === 'active' || state === 'canary';
}

function refuseUndrained({ id, state, instances, callers }: VersionReport): void {
  if (state === 'drained') return;
  const reasons = [
    ...(takesInstances(state) ? [`it is ${state}: let it drain first`] : []),
    ...(instances > 0 ? [`it has ${instances} running instance${instances === 1 ? '' : 's'}`] : []),
    ...callers.map(
      ({ definitionId, elementId, state: of, instances: n }) =>
        `'${elementId}' of '${definitionId}' (${of}, ${n} instances) still calls it`,
    ),
  ];
  throw new InvalidCommandError(
    `Expected process definition '${id}' to be drained before it is archived, but ${reasons.join('; ')}`,
    { id },
  );
}

function unknown(id: string): NotFoundError {
  return new NotFoundError(`Expected process definition '${id}' to exist, but there is none`, { id });
}
