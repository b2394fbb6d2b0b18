import { Injectable } from '@nestjs/common';
import { noSuchResource, RestError } from '../http/rest-error.js';
import { CommitEvents, type JobHint } from '../persistence/commit-events.js';
import { Database } from '../persistence/database.js';
import { recordJobs } from '../persistence/job-log.js';
import { recordOperation } from '../persistence/user-operations.js';
import type { BatchDto } from './batch.dto.js';
import { BatchQueries } from './batch.query.js';
import { BatchHandlers } from './batch-handler.js';
import { closeIncidents, findBatch, RETRIES, removeBatch } from './batch-store.js';
import { type NewBatch, storeBatch } from './store-batch.js';

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
    const { id, jobs } = await this.database.transaction((tx) => storeBatch(tx, given));
    const dto = await this.queries.get(id);
    this.events.emitJobs(jobs, new Date());
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
        await removeBatch(tx, id);
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
      await removeBatch(tx, id);
    });
  }
}
