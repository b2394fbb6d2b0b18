import { Injectable } from '@nestjs/common';
import { formatDate } from '../http/date.js';
import { noSuchResource } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import type { MigrationDto, UndoPreviewDto } from './undo.dto.js';

const PAGE = 100;
const NAMED_IDS = 10;

/**
 * Why a snapshot can't be taken back; null while it can. A lock is written beside the instance's revision, so it's looked
 * at by itself; one that was there before the migration hinders nothing.
 */
export const REASON = `CASE
  WHEN s.undone_at IS NOT NULL THEN 'It was undone already'
  WHEN p.id IS NULL THEN 'It has ended'
  WHEN s.blocked IS NOT NULL THEN s.blocked
  WHEN p.revision <> s.revision THEN 'It has moved on since its migration'
  WHEN EXISTS (SELECT 1 FROM external_task t WHERE t.process_instance_id = p.id AND t.lock_expires_at > now()
    AND (s.rows -> 'externalTask' -> t.id ->> 'lock_expires_at')::timestamptz IS DISTINCT FROM t.lock_expires_at)
    THEN 'A worker holds one of its tasks'
  WHEN EXISTS (SELECT 1 FROM job t WHERE t.process_instance_id = p.id AND t.lock_owner IS NOT NULL
    AND t.lock_expires_at > now()) THEN 'One of its jobs is running'
END`;

interface Row extends Omit<MigrationDto, 'createTime'> {
  readonly createdAt: Date;
}

/** Which migrations are wanted; an absent member restricts nothing. */
export interface MigrationFilter {
  readonly processInstanceId?: string;
  /** Its source or its target. */
  readonly processDefinitionId?: string;
  /** Of its source or its target, as long as that is there. */
  readonly processDefinitionKey?: string;
}

/** What was migrated, and what of it can still be undone. */
@Injectable()
export class MigrationLogQueries {
  constructor(private readonly database: Database) {}

  /** The newest first. */
  list(
    { processInstanceId, processDefinitionId, processDefinitionKey }: MigrationFilter,
    firstResult = 0,
    maxResults = PAGE,
  ): Promise<MigrationDto[]> {
    const ends = '("sourceProcessDefinitionId", "targetProcessDefinitionId")';
    const condition = `
      ($1::text IS NULL OR id IN (SELECT migration_id FROM migration_snapshot WHERE process_instance_id = $1))
      AND ($2::text IS NULL OR $2 IN ${ends})
      AND ($3::text IS NULL OR EXISTS (SELECT 1 FROM process_definition d WHERE d.key = $3 AND d.id IN ${ends}))`;
    const filters = [processInstanceId, processDefinitionId, processDefinitionKey].map((value) => value ?? null);
    const params = [...filters, maxResults, firstResult];
    return this.find(condition, params, 'LIMIT $4 OFFSET $5');
  }

  /** @throws RestError (404) */
  async get(id: string): Promise<MigrationDto> {
    const [migration] = await this.find('id = $1', [id]);
    if (!migration)
      throw noSuchResource(
        `Migration with id '${id}' does not exist, or nothing is left with which it could be undone`,
      );
    return migration;
  }

  /** What an undo would do now. @throws RestError (404) */
  async preview(id: string, instanceIds: readonly string[] | null): Promise<UndoPreviewDto> {
    const rows = await this.database.query<{ reason: string | null; count: number; ids: string[] }>(
      `SELECT r.reason, count(*)::integer AS count, (array_agg(r.instance ORDER BY r.instance))[1:${NAMED_IDS}] AS ids
       FROM (SELECT s.process_instance_id AS instance, ${REASON} AS reason FROM migration_snapshot s
         LEFT JOIN process_instance p ON p.id = s.process_instance_id
         WHERE s.migration_id = $1 AND ($2::text[] IS NULL OR s.process_instance_id = ANY($2))) r
       GROUP BY r.reason ORDER BY count(*) DESC, r.reason`,
      [id, instanceIds],
    );
    if (rows.length === 0) await this.get(id);
    const possible = rows.find(({ reason }) => reason === null);
    const others = rows.flatMap(({ reason, count, ids }) =>
      reason === null ? [] : [{ reason, count, instanceIds: ids }],
    );
    return {
      undoable: possible?.count ?? 0,
      instanceIds: possible?.ids ?? [],
      skipped: others.reduce((sum, { count }) => sum + count, 0),
      reasons: others,
    };
  }

  /** The instances of a migration that weren't put back yet. */
  async instanceIds(id: string, among: readonly string[] | null): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT process_instance_id AS id FROM migration_snapshot
       WHERE migration_id = $1 AND undone_at IS NULL AND ($2::text[] IS NULL OR process_instance_id = ANY($2)) ORDER BY id`,
      [id, among],
    );
    return rows.map((row) => row.id);
  }

  private async find(condition: string, params: readonly unknown[], page = ''): Promise<MigrationDto[]> {
    const rows = await this.database.query<Row>(
      `SELECT m.* FROM (SELECT s.migration_id AS id, min(s.batch_id) AS "batchId", min(s.user_id) AS "userId",
           min(s.source_definition_id) AS "sourceProcessDefinitionId",
           min(s.target_definition_id) AS "targetProcessDefinitionId", min(s.created_at) AS "createdAt",
           count(*)::integer AS migrated, count(s.undone_at)::integer AS undone,
           count(*) FILTER (WHERE ${REASON} IS NULL)::integer AS undoable
         FROM migration_snapshot s LEFT JOIN process_instance p ON p.id = s.process_instance_id
         GROUP BY s.migration_id) m
       WHERE ${condition} ORDER BY m."createdAt" DESC, m.id ${page}`,
      params,
    );
    return rows.map(({ createdAt, ...row }) => ({ ...row, createTime: formatDate(createdAt) ?? '' }));
  }
}
