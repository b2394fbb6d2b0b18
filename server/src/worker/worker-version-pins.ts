import { Injectable } from '@nestjs/common';
import { noSuchResource } from '../http/rest-error.js';
import { CommitEvents } from '../persistence/commit-events.js';
import { Database, type Queryable } from '../persistence/database.js';
import { RestWorkers } from './rest-workers.js';
import { satisfies, type VersionPins } from './version-range.js';

/**
 * How old the known ranges may be, where another server may have changed them. A fetch passes over tasks whose range isn't
 * known yet, so that age only costs time.
 */
const REFRESH_MS = 1_000;

const NEVER = Number.NEGATIVE_INFINITY;

interface KnownPin {
  readonly topic: string;
  readonly range: string;
}

/** What a worker may be given. */
export interface AllowedRanges {
  /** The pinned ranges of the topics, over all deployments, in which its version lies. */
  readonly ranges: readonly string[];
  /** There are others. */
  readonly isRestricted: boolean;
}

/** Which versions of workers the tasks of a deployment are for. */
@Injectable()
export class WorkerVersionPins {
  private known: readonly KnownPin[] = [];
  private refreshedAt = NEVER;
  private refreshing: Promise<void> | null = null;
  /** How often this server has changed them. */
  private changes = 0;

  constructor(
    private readonly database: Database,
    private readonly events: CommitEvents,
    private readonly workers: RestWorkers,
  ) {
    events.on('versionPins', () => {
      this.changes++;
      this.refreshedAt = NEVER;
    });
  }

  /**
   * Costs no query but once in a while.
   * @param fromHeader the version that the request itself tells; else what the worker announced counts
   * @param topics that it asks for; null for all
   */
  async allowedFor(
    workerId: string,
    fromHeader: string | null,
    topics: readonly string[] | null,
  ): Promise<AllowedRanges> {
    const isUnknown = this.refreshedAt === NEVER;
    const refreshed = this.keepFresh();
    // What is only old is used meanwhile; should a refresh fail, the next fetch asks again.
    if (isUnknown) await refreshed;
    else refreshed?.catch(() => undefined);
    const concerned = this.known.filter(({ topic }) => topics === null || topics.includes(topic));
    const all = [...new Set(concerned.map(({ range }) => range))];
    if (all.length === 0) return { ranges: [], isRestricted: false };
    const version = fromHeader ?? (await this.workers.versionOf(workerId));
    const ranges = all.filter((range) => satisfies(version, range));
    return { ranges, isRestricted: ranges.length < all.length };
  }

  /**
   * Whether there may be tasks of the topic that are pinned to versions among which this one is. Asked again and again: a
   * new pin is known the next time.
   */
  mayBeFor(topicName: string, version: string): boolean {
    this.keepFresh()?.catch(() => undefined);
    return this.known.some(({ topic, range }) => topic === topicName && satisfies(version, range));
  }

  /** @throws RestError (404) */
  async of(deploymentId: string): Promise<VersionPins> {
    await this.requireDeployment(this.database, deploymentId);
    return this.read('$1', deploymentId);
  }

  /** Those of the deployment that a version of a process came with. */
  async ofDefinition(processDefinitionId: string): Promise<VersionPins> {
    return this.read('(SELECT deployment_id FROM process_definition WHERE id = $1)', processDefinitionId);
  }

  /** Instead of those before. A task that a worker has already keeps it. @throws RestError (404) */
  async set(deploymentId: string, pins: VersionPins): Promise<void> {
    const before = await this.of(deploymentId);
    await this.database.transaction(async (tx) => {
      await this.requireDeployment(tx, deploymentId, 'FOR UPDATE');
      await storePins(tx, deploymentId, pins);
    });
    this.events.emitVersionPins();
    this.events.emitExternalTasks(new Set([...Object.keys(before), ...Object.keys(pins)]));
  }

  private async read(deploymentId: string, parameter: string): Promise<VersionPins> {
    const rows = await this.database.query<KnownPin>(
      `SELECT topic_name AS topic, version_range AS range FROM worker_version_pin WHERE deployment_id = ${deploymentId} ORDER BY 1`,
      [parameter],
    );
    return Object.fromEntries(rows.map(({ topic, range }) => [topic, range]));
  }

  /** @returns null when what is known is young enough */
  private keepFresh(): Promise<void> | null {
    return Date.now() - this.refreshedAt > REFRESH_MS ? this.refresh() : null;
  }

  private refresh(): Promise<void> {
    this.refreshing ??= this.readAll().finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  private async readAll(): Promise<void> {
    let changes: number;
    do {
      ({ changes } = this);
      this.known = await this.database.query<KnownPin>(
        'SELECT DISTINCT topic_name AS topic, version_range AS range FROM worker_version_pin',
      );
    } while (changes !== this.changes);
    this.refreshedAt = Date.now();
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

/** Over the external task `t` of this topic: its deployment pins the topic to one of these ranges. Found out once per statement. */
export function isPinnedTo(ranges: string, topic: string): string {
  return `t.process_definition_id = ANY(ARRAY(SELECT pinned.id FROM worker_version_pin pin
    JOIN process_definition pinned ON pinned.deployment_id = pin.deployment_id
    WHERE pin.topic_name = ${topic} AND pin.version_range = ANY(${ranges})))`;
}
