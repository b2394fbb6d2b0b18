import { Injectable } from '@nestjs/common';
import { raw, sql } from '../http/condition.js';
import { formatDate } from '../http/date.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { BatchEntity } from '../persistence/entities/batch.js';
import {
  type BatchDto,
  type BatchFailureDto,
  type BatchProgressDto,
  type BatchQuery,
  type BatchStatisticsDto,
  type HistoricBatchDto,
  type HistoricBatchQuery,
  toBatchDto,
  toHistoricBatchDto,
} from './batch.dto.js';

const FAILED = 'EXISTS (SELECT 1 FROM job j WHERE j.batch_id = batch.id AND j.retries = 0)';
const PAGE = 100;

interface Counts {
  readonly id: string;
  readonly open: number;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  /** Failed, with no try left. */
  readonly stuck: number;
}

@Injectable()
export class BatchQueries {
  private readonly running: ListQuery<BatchEntity, BatchQuery>;
  private readonly historic: ListQuery<BatchEntity, HistoricBatchQuery>;

  constructor(private readonly database: Database) {
    this.running = new ListQuery<BatchEntity, BatchQuery>(database.dataSource, {
      entity: BatchEntity,
      alias: 'batch',
      always: raw('batch.endedAt IS NULL'),
      filters: {
        batchId: (id) => sql`batch.id = ${id}`,
        type: (type) => sql`batch.type = ${type}`,
        tenantIdIn: (ids) => sql`batch.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('batch.tenantId IS NULL') : null),
        suspended: (yes) => sql`batch.suspended = ${yes}`,
        createdBy: (user) => sql`batch.createUserId = ${user}`,
        startedBefore: (at) => sql`batch.startedAt < ${at}`,
        startedAfter: (at) => sql`batch.startedAt > ${at}`,
        withFailures: (yes) => (yes ? raw(FAILED) : null),
        withoutFailures: (yes) => (yes ? raw(`NOT ${FAILED}`) : null),
      },
      sortings: { batchId: raw('batch.id'), tenantId: raw('batch.tenantId') },
    });
    this.historic = new ListQuery<BatchEntity, HistoricBatchQuery>(database.dataSource, {
      entity: BatchEntity,
      alias: 'batch',
      filters: {
        batchId: (id) => sql`batch.id = ${id}`,
        type: (type) => sql`batch.type = ${type}`,
        completed: (yes) => raw(yes ? 'batch.endedAt IS NOT NULL' : 'batch.endedAt IS NULL'),
        tenantIdIn: (ids) => sql`batch.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('batch.tenantId IS NULL') : null),
      },
      sortings: {
        batchId: raw('batch.id'),
        startTime: raw('batch.startedAt'),
        endTime: raw('batch.endedAt'),
        tenantId: raw('batch.tenantId'),
      },
    });
  }

  async list(input: QueryInput<BatchQuery>): Promise<BatchDto[]> {
    return (await this.running.list(input)).map(toBatchDto);
  }

  async count(input: QueryInput<BatchQuery>): Promise<{ count: number }> {
    return { count: await this.running.count(input) };
  }

  async statistics(input: QueryInput<BatchQuery>): Promise<BatchStatisticsDto[]> {
    const batches = await this.running.list(input);
    const counts = await this.counts(batches.map(({ id }) => id));
    return batches.map((batch) => {
      const { open, done, failed, skipped, stuck } = counts.get(batch.id)!;
      return {
        ...toBatchDto(batch),
        remainingJobs: open + failed,
        completedJobs: done + skipped,
        failedJobs: stuck,
      };
    });
  }

  /** @throws RestError (404) */
  async get(id: string): Promise<BatchDto> {
    const batch = await this.entity(id);
    if (!batch || batch.endedAt !== null) throw noSuchResource(`Batch with id '${id}' does not exist`);
    return toBatchDto(batch);
  }

  async listHistoric(input: QueryInput<HistoricBatchQuery>): Promise<HistoricBatchDto[]> {
    return (await this.historic.list(input)).map(toHistoricBatchDto);
  }

  async countHistoric(input: QueryInput<HistoricBatchQuery>): Promise<{ count: number }> {
    return { count: await this.historic.count(input) };
  }

  /** @throws RestError (404) */
  async getHistoric(id: string): Promise<HistoricBatchDto> {
    return toHistoricBatchDto(await this.any(id, 'Historic batch'));
  }

  /** Running or past. @throws RestError (404) */
  async progress(id: string): Promise<BatchProgressDto> {
    const { type, totalJobs, suspended, annotation, endedAt } = await this.any(id, 'Batch');
    const { open, done, failed, skipped } = (await this.counts([id])).get(id)!;
    return {
      id,
      type,
      total: totalJobs,
      open,
      done,
      failed,
      skipped,
      suspended,
      annotation,
      endTime: formatDate(endedAt),
    };
  }

  /** What failed or was skipped, and why; in the order of creation. @throws RestError (404) */
  async failures(id: string, firstResult = 0, maxResults = PAGE): Promise<BatchFailureDto[]> {
    await this.any(id, 'Batch');
    return this.database.query<BatchFailureDto>(
      `SELECT i.subject_id AS "itemId", i.state, i.reason, j.id AS "jobId", j.retries
       FROM batch_item i LEFT JOIN job j ON j.id = i.job_id
       WHERE i.batch_id = $1 AND i.state IN ('failed', 'skipped') ORDER BY i.id LIMIT $2 OFFSET $3`,
      [id, maxResults, firstResult],
    );
  }

  private async any(id: string, what: string): Promise<BatchEntity> {
    const batch = await this.entity(id);
    if (!batch) throw noSuchResource(`${what} with id '${id}' does not exist`);
    return batch;
  }

  private entity(id: string): Promise<BatchEntity | null> {
    return this.database.dataSource.getRepository(BatchEntity).findOneBy({ id });
  }

  private async counts(ids: readonly string[]): Promise<Map<string, Counts>> {
    const rows = await this.database.query<Counts>(
      `SELECT b.id,
         count(i.id) FILTER (WHERE i.state = 'open')::integer AS open,
         count(i.id) FILTER (WHERE i.state = 'done')::integer AS done,
         count(i.id) FILTER (WHERE i.state = 'failed')::integer AS failed,
         count(i.id) FILTER (WHERE i.state = 'skipped')::integer AS skipped,
         count(i.id) FILTER (WHERE i.state = 'failed' AND j.retries = 0)::integer AS stuck
       FROM unnest($1::text[]) AS b(id) LEFT JOIN batch_item i ON i.batch_id = b.id LEFT JOIN job j ON j.id = i.job_id
       GROUP BY b.id`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }
}
