import { InvalidCommandError, NotFoundError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { settleCanary } from '../deployment/canary-store.js';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { newestFirst } from '../deployment/definition-lookup.js';
import { DEPLOYMENT_LOCK } from '../deployment/deployment-lock.js';
import { CommitEvents } from '../persistence/commit-events.js';
import { Database } from '../persistence/database.js';
import type { CanaryEntity } from '../persistence/entities/canary.js';
import { announceStartTimers } from '../persistence/start-timers.js';
import { type CanaryFigures, verdictOn } from './canary-verdict.js';

/** A canary and how it fares. */
export interface CanaryReport extends CanaryEntity, Omit<CanaryFigures, 'failedStarts'> {
  readonly key: string;
  readonly version: number;
  readonly tenantId: string | null;
  readonly deploymentId: string;
  /** The latest version, which gets the other starts. */
  readonly latestDefinitionId: string;
}

interface Filter {
  readonly id?: string;
  readonly ids?: readonly string[];
  readonly key?: string;
  readonly open?: boolean;
}

type Decision = 'promoted' | 'stopped';

const CANARIES = `
SELECT k.process_definition_id AS "processDefinitionId", k.percent, k.max_incidents AS "maxIncidents",
  k.max_incident_percent AS "maxIncidentPercent", k.promote_after_instances AS "promoteAfterInstances",
  k.promote_at AS "promoteAt", k.failed_starts AS "failedStarts", k.started_at AS "startedAt", k.ended_at AS "endedAt", k.outcome, k.reason,
  d.key, d.version, d.tenant_id AS "tenantId", d.deployment_id AS "deploymentId",
  (SELECT l.id FROM process_definition l WHERE l.key = d.key AND l.tenant_id IS NOT DISTINCT FROM d.tenant_id
   ORDER BY ${newestFirst('l')} LIMIT 1) AS "latestDefinitionId",
  i.incidents, i.failed AS "instancesWithIncidents", h.started, h.well AS "endedWell"
FROM canary k JOIN process_definition d ON d.id = k.process_definition_id
CROSS JOIN LATERAL (
  SELECT count(*)::int AS incidents, count(DISTINCT process_instance_id)::int AS failed
  FROM historic_incident WHERE process_definition_id = d.id) i
CROSS JOIN LATERAL (
  SELECT count(*)::int AS started, count(*) FILTER (WHERE h.state = 'COMPLETED' AND NOT EXISTS (
    SELECT 1 FROM historic_incident o WHERE o.process_instance_id = h.id))::int AS well
  FROM historic_process_instance h WHERE h.process_definition_id = d.id) h
WHERE ($1::text[] IS NULL OR d.id = ANY($1)) AND ($2::text IS NULL OR d.key = $2)
  AND ($3::boolean IS NULL OR (k.ended_at IS NULL) = $3)
ORDER BY k.started_at DESC, d.id`;

/** New versions on trial: how they fare, and their end. */
@Injectable()
export class Canaries {
  constructor(
    private readonly database: Database,
    private readonly definitions: DefinitionCache,
    private readonly events: CommitEvents,
  ) {}

  /** The newest first; those that have ended are among them. */
  list({ id, ids, key, open }: Filter): Promise<CanaryReport[]> {
    const chosen = id === undefined ? (ids ?? null) : [id];
    return this.database.query<CanaryReport>(CANARIES, [chosen, key ?? null, open ?? null]);
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<CanaryReport> {
    const [found] = await this.list({ id });
    if (found) return found;
    throw new NotFoundError(`Expected process definition '${id}' to be or have been a canary, but it is none`, { id });
  }

  /** All starts go to it, and the older versions drain. @throws NotFoundError; InvalidCommandError when it has ended */
  promote(id: string, userId: string | null, reason: string | null): Promise<CanaryReport> {
    return this.end(id, 'promoted', userId, reason);
  }

  /** All starts go to the version before, and it drains. @throws as `promote` */
  stop(id: string, userId: string | null, reason: string | null): Promise<CanaryReport> {
    return this.end(id, 'stopped', userId, reason);
  }

  /**
   * Stops open canaries that have more incidents than they may, and promotes those whose time has come. Any server may do it
   * at any time: whoever comes second finds that it's done.
   * @param ids only these @returns those that have ended by it
   */
  async check(ids?: ReadonlySet<string>, now = new Date()): Promise<CanaryReport[]> {
    const ended: CanaryReport[] = [];
    for (const canary of await this.list({ open: true, ...(ids && { ids: [...ids] }) })) {
      const verdict = verdictOn(canary, canary, now);
      if (!verdict) continue;
      const because = { userId: null, reason: verdict.reason, isAutomatic: true };
      if (await this.settle(canary.processDefinitionId, verdict.outcome, because))
        ended.push(await this.get(canary.processDefinitionId));
    }
    return ended;
  }

  private async end(id: string, outcome: Decision, userId: string | null, reason: string | null) {
    await this.get(id);
    const hasEnded = await this.settle(id, outcome, { userId, reason: reason ?? 'by hand' });
    const canary = await this.get(id);
    if (hasEnded) return canary;
    throw new InvalidCommandError(
      `Expected canary '${id}' to be open, but it was ${canary.outcome} on ${canary.endedAt?.toISOString()}: ${canary.reason}`,
      { id },
    );
  }

  private async settle(
    id: string,
    outcome: Decision,
    because: { readonly userId: string | null; readonly reason: string; readonly isAutomatic?: boolean },
  ): Promise<boolean> {
    const { hasEnded, armedId } = await this.database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [DEPLOYMENT_LOCK]);
      return settleCanary(tx, this.definitions, id, outcome, because);
    });
    if (armedId !== null) await announceStartTimers(this.database, this.events, [armedId]);
    return hasEnded;
  }
}
