import { Injectable } from '@nestjs/common';
import { noSuchResource, RestError } from '../http/rest-error.js';
import { CommitEvents, type JobHint } from '../persistence/commit-events.js';
import { Database } from '../persistence/database.js';
import { recordJobs } from '../persistence/job-log.js';
import { type ChangedProperty, recordOperation } from '../persistence/user-operations.js';
import { newId } from '../persistence/uuid-v7.js';
import type { BatchDto } from './batch.dto.js';
import { BatchQueries } from './batch.query.js';
import { BatchHandlers } from './batch-handler.js';
import { closeIncidents, findBatch, ITEMS_PER_JOB, insertJobs, RETRIES } from './batch-store.js';

export interface NewBatch {
  /** Of the handler that does the work. */
  readonly type: string;
  /** What the batch is about; each is done once, however often it's named. */
  readonly instanceIds: readonly string[];
  /** JSON for the handler. */
  readonly configuration: unknown;
  readonly userId: string | null;
  readonly tenantId?: string | null;
  /** Why, for the user operation log. */
  readonly annotation?: string | null;
  /** What the log calls the operation: `Delete`, `SetJobRetries`. */
  readonly operation?: {
    readonly type: string;
    readonly entity: string;
    readonly processDefinitionId?: string;
    readonly properties?: readonly ChangedProperty[];
  };
}

/** Creates, pauses and cancels batches. */
@Injectable()
export class BatchService {
  constructor(
    private readonly database: Database,
    private readonly handlers: BatchHandlers,
    private readonly events: CommitEvents,
    private readonly queries: BatchQueries,
  ) {}

  /** The batch is durable when this returns; its items are done by jobs. @throws Error for an unknown type */
  async create(given: NewBatch): Promise<BatchDto> {
    this.handlers.get(given.type);
    const ids = [...new Set(given.instanceIds)];
    const id = newId();
    const { type, userId } = given;
    const batch = {
      id,
      type,
      configuration: JSON.stringify(given.configuration ?? null),
      suspended: false,
      priority: 0,
      tenantId: given.tenantId ?? null,
      createUserId: userId,
    };
    const hints = await this.database.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO batch (id, type, total_jobs, jobs_created, seed_job_definition_id, monitor_job_definition_id,
           batch_job_definition_id, configuration, suspended, priority, tenant_id, create_user_id, annotation, started_at)
         VALUES ($1, $2, $3, 0, $4, $5, $6, $7, false, 0, $8, $9, $10, now())`,
        [
          id,
          type,
          ids.length,
          newId(),
          newId(),
          newId(),
          batch.configuration,
          batch.tenantId,
          userId,
          given.annotation ?? null,
        ],
      );
      await tx.query(
        `INSERT INTO batch_item (id, batch_id, subject_id, job_id, state)
         SELECT v.id, $1, v.subject_id, v.job_id, 'open'
         FROM unnest($2::text[], $3::text[], $4::text[]) AS v(id, subject_id, job_id)`,
        [id, ids.map(() => newId()), ids, shareOut(ids.length)],
      );
      if (given.operation)
        await recordOperation(tx, userId, {
          operationType: given.operation.type,
          entityType: given.operation.entity,
          batchId: id,
          annotation: given.annotation ?? null,
          processDefinitionId: given.operation.processDefinitionId ?? null,
          properties: [
            ...(given.operation.properties ?? []),
            { property: 'nrOfInstances', newValue: String(ids.length) },
            { property: 'async', newValue: 'true' },
          ],
        });
      const seed = { id: newId(), type: 'batch-seed-job', retries: RETRIES, message: null, stacktrace: null } as const;
      return insertJobs(tx, batch, [seed]);
    });
    const dto = await this.queries.get(id);
    this.events.emitJobs(hints, new Date());
    return dto;
  }

  /** Jobs that run already end; no other begins. @throws RestError (400) */
  async setSuspended(id: string, suspended: boolean, userId: string | null): Promise<void> {
    const jobs = await this.database.transaction(async (tx) => {
      if (!(await findBatch(tx, id, true)))
        throw new RestError(400, 'BadUserRequestException', `Batch for id '${id}' cannot be found`, 0);
      await tx.query('UPDATE batch SET suspended = $2 WHERE id = $1', [id, suspended]);
      await recordOperation(tx, userId, {
        operationType: suspended ? 'SuspendBatch' : 'ActivateBatch',
        entityType: 'Batch',
        batchId: id,
        properties: [{ property: 'suspensionState', newValue: suspended ? 'suspended' : 'active' }],
      });
      return tx.query<JobHint>(
        'UPDATE job SET suspended = $2 WHERE batch_id = $1 RETURNING id, due_date AS "dueDate"',
        [id, suspended],
      );
    });
    if (!suspended) this.events.emitJobs(jobs, new Date());
  }

  /** Of the jobs that are there and of those to come. @throws RestError (404) */
  async setPriority(id: string, priority: number, userId: string | null): Promise<void> {
    await this.database.transaction(async (tx) => {
      const before = await findBatch(tx, id, true);
      if (!before) throw noSuchResource(`Batch with id '${id}' does not exist`);
      await tx.query('UPDATE batch SET priority = $2 WHERE id = $1', [id, priority]);
      await tx.query('UPDATE job SET priority = $2 WHERE batch_id = $1', [id, priority]);
      await recordOperation(tx, userId, {
        operationType: 'SetPriority',
        entityType: 'Batch',
        batchId: id,
        properties: [{ property: 'priority', orgValue: String(before.priority), newValue: String(priority) }],
      });
    });
  }

  /** Tries again what failed for good; what was done stays done. @throws RestError (404) */
  async retry(id: string, userId: string | null): Promise<void> {
    const jobs = await this.database.transaction(async (tx) => {
      if (!(await findBatch(tx, id, true))) throw noSuchResource(`Batch with id '${id}' does not exist`);
      const changed = await tx.query<JobHint>(
        `UPDATE job SET retries = ${RETRIES} WHERE batch_id = $1 AND retries = 0 RETURNING id, due_date AS "dueDate"`,
        [id],
      );
      await closeIncidents(
        tx,
        changed.map((job) => job.id),
        'resolved',
      );
      await recordOperation(tx, userId, {
        operationType: 'SetJobRetries',
        entityType: 'Batch',
        batchId: id,
        properties: [{ property: 'retries', newValue: String(RETRIES) }],
      });
      return changed;
    });
    this.events.emitJobs(jobs, new Date());
  }

  /**
   * Cancels the batch: what isn't done is skipped.
   * @param cascade also its history @throws RestError (400)
   */
  async delete(id: string, cascade: boolean, userId: string | null): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await findBatch(tx, id, true)))
        throw new RestError(
          400,
          'InvalidRequestException',
          `Unable to delete batch with id '${id}': it does not exist`,
          0,
        );
      const jobs = await tx.query<{ id: string }>('SELECT id FROM job WHERE batch_id = $1', [id]);
      const jobIds = jobs.map((job) => job.id);
      if (!cascade) await recordJobs(tx, jobIds, 'deleted');
      await tx.query('DELETE FROM job WHERE id = ANY($1)', [jobIds]);
      await closeIncidents(tx, jobIds, 'deleted');
      await recordOperation(tx, userId, {
        operationType: 'Delete',
        entityType: 'Batch',
        batchId: id,
        properties: [{ property: 'cascadeToHistory', newValue: String(cascade) }],
      });
      if (cascade) {
        await tx.query('DELETE FROM historic_incident WHERE configuration = ANY($1)', [jobIds]);
        await tx.query('DELETE FROM job_log WHERE batch_id = $1', [id]);
        await tx.query('DELETE FROM batch WHERE id = $1', [id]);
        return;
      }
      await tx.query(
        `UPDATE batch_item SET state = 'skipped', reason = 'The batch was deleted'
         WHERE batch_id = $1 AND state = 'open'`,
        [id],
      );
      await tx.query('UPDATE batch SET ended_at = now() WHERE id = $1', [id]);
    });
  }

  /** Of one that has ended. @throws RestError (404; 400 while it's running) */
  async deleteHistoric(id: string, userId: string | null): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [batch] = await tx.query<{ ended_at: Date | null }>('SELECT ended_at FROM batch WHERE id = $1 FOR UPDATE', [
        id,
      ]);
      if (!batch) throw noSuchResource(`Unable to delete historic batch with id '${id}': it does not exist`);
      if (batch.ended_at === null)
        throw new RestError(400, 'BadUserRequestException', `Batch '${id}' is still running, so its history stays`, 0);
      await recordOperation(tx, userId, { operationType: 'DeleteHistory', entityType: 'Batch', batchId: id });
      await tx.query('DELETE FROM job_log WHERE batch_id = $1', [id]);
      await tx.query('DELETE FROM batch WHERE id = $1', [id]);
    });
  }
}

/** The job of each item, which the seed job is to create: written with the items, so that no item is written twice. */
function shareOut(items: number): readonly string[] {
  const jobIds = Array.from({ length: Math.ceil(items / ITEMS_PER_JOB) }, () => newId());
  return Array.from({ length: items }, (_, i) => jobIds[Math.floor(i / ITEMS_PER_JOB)]!);
}
