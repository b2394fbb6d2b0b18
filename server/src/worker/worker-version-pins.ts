import { Injectable } from '@nestjs/common';
import { noSuchResource } from '../http/rest-error.js';
import { CommitEvents } from '../persistence/commit-events.js';
import { Database, type Queryable } from '../persistence/database.js';
import { RestWorkers } from './rest-workers.js';
import { satisfies, type VersionPins } from './version-range.js';

/** How old the known ranges may be. A fetch passes over tasks whose range isn't known yet, so that age only costs time. */
const REFRESH_MS = 1_000;

/** What a worker may be given. */
export interface AllowedRanges {
  /** The pinned ranges, over all deployments, in which its version lies. */
  readonly ranges: readonly string[];
  /** There are others. */
  readonly isRestricted: boolean;
}

/** Which versions of workers the tasks of a deployment are for. */
@Injectable()
export class WorkerVersionPins {
  private known: readonly string[] = [];
  private refreshedAt = Number.NEGATIVE_INFINITY;
  private refreshing: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly events: CommitEvents,
    private readonly workers: RestWorkers,
  ) {}

  /**
   * Costs no query but once in a while.
   * @param fromHeader the version that the request itself tells; else what the worker announced counts
   */
  async allowedFor(workerId: string, fromHeader: string | null): Promise<AllowedRanges> {
    const isFirst = this.refreshedAt === Number.NEGATIVE_INFINITY;
    if (Date.now() - this.refreshedAt > REFRESH_MS) {
      const refreshed = this.refresh();
      // Only the first one is waited for; should it fail, the next fetch asks again.
      if (isFirst) await refreshed;
      else refreshed.catch(() => undefined);
    }
    if (this.known.length === 0) return { ranges: [], isRestricted: false };
    const version = fromHeader ?? (await this.workers.versionOf(workerId));
    const ranges = this.known.filter((range) => satisfies(version, range));
    return { ranges, isRestricted: ranges.length < this.known.length };
  }

  /** @throws RestError (404) */
  async of(deploymentId: string): Promise<VersionPins> {
    await this.requireDeployment(this.database, deploymentId);
    const rows = await this.database.query<{ topic: string; range: string }>(
      'SELECT topic_name AS topic, version_range AS range FROM worker_version_pin WHERE deployment_id = $1 ORDER BY 1',
      [deploymentId],
    );
    return Object.fromEntries(rows.map(({ topic, range }) => [topic, range]));
  }

  /** Instead of those before. A task that a worker has already keeps it. @throws RestError (404) */
  async set(deploymentId: string, pins: VersionPins): Promise<void> {
    const before = await this.of(deploymentId);
    await this.database.transaction(async (tx) => {
      await this.requireDeployment(tx, deploymentId, 'FOR UPDATE');
      await storePins(tx, deploymentId, pins);
    });
    await this.refreshing?.catch(() => undefined);
    await this.refresh();
    this.events.emitExternalTasks(new Set([...Object.keys(before), ...Object.keys(pins)]));
  }

  private refresh(): Promise<void> {
    this.refreshing ??= this.database
      .query<{ range: string }>('SELECT DISTINCT version_range AS range FROM worker_version_pin')
      .then((rows) => {
        this.known = rows.map(({ range }) => range);
        this.refreshedAt = Date.now();
      })
      .finally(() => {
        this.refreshing = null;
      });
    return this.refreshing;
  }

  private async requireDeployment(on: Queryable, id: string, lock = ''): Promise<void> {
    const rows = await on.query(`SELECT 1 FROM deployment WHERE id = $1 ${lock}`, [id]);
    if (rows.length === 0) throw noSuchResource(`Deployment with id '${id}' does not exist`);
  }
}

/** Instead of those before. */
export async function storePins(tx: Queryable, deploymentId: string, pins: VersionPins): Promise<void> {
  await tx.query('DELETE FROM worker_version_pin WHERE deployment_id = $1', [deploymentId]);
  await tx.query(
    `INSERT INTO worker_version_pin (topic_name, deployment_id, version_range)
     SELECT topic, $1, range FROM unnest($2::text[], $3::text[]) AS pin(topic, range)`,
    [deploymentId, Object.keys(pins), Object.values(pins)],
  );
}

/**
 * Over the external task `t`: its deployment pins its topic to nothing, or to one of these ranges.
 * A subquery of its own per task, so that the plan of the fetch stays as it is.
 */
export function isAllowed(ranges: string): string {
  return `coalesce((SELECT pin.version_range = ANY(${ranges}) FROM worker_version_pin pin
    JOIN process_definition pinned ON pinned.deployment_id = pin.deployment_id
    WHERE pin.topic_name = t.topic_name AND pinned.id = t.process_definition_id), true)`;
}
