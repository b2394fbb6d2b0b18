import type { BatchHandlers } from '../../batch/batch-handler.js';
import {
  type BatchRow,
  endIfFinished,
  findBatch,
  insertJobs,
  type NewJob,
  type OpenItem,
  openIncidents,
  openItems,
  RETRIES,
} from '../../batch/batch-store.js';
import type { CommitEvents, JobHint } from '../../persistence/commit-events.js';
import type { Guard } from '../../persistence/committer.js';
import type { Database, Transaction } from '../../persistence/database.js';
import { GuardFailed } from '../../persistence/guard-failed.js';
import { type LoggedFailure, recordJobs } from '../../persistence/job-log.js';
import { OptimisticLockingError } from '../../persistence/optimistic-locking-error.js';
import { newId } from '../../persistence/uuid-v7.js';
import type { AcquiredJob } from '../acquired-job.js';
import { JobGoneError } from '../job-gone-error.js';
import type { JobFailure, JobHandler } from './job-handler.js';

interface Outcome {
  readonly item: OpenItem;
  readonly state: 'done' | 'skipped' | 'failed';
  readonly error?: Error;
  /** It wouldn't help to try it again. */
  readonly isFinal?: boolean;
  /** Why it was skipped. */
  readonly reason?: string;
}

/** Carries out batches: the seed job creates the jobs of the items, which run theirs and note what became of each. */
export class BatchJobHandler implements JobHandler {
  constructor(
    private readonly database: Database,
    private readonly handlers: BatchHandlers,
    private readonly events: CommitEvents,
  ) {}

  async execute(job: AcquiredJob, owner: string | null): Promise<void> {
    const [row] = await this.database.query<{ batch_id: string }>('SELECT batch_id FROM job WHERE id = $1', [job.id]);
    if (!row) throw new JobGoneError(`Job '${job.id}' is gone`);
    if (job.type === 'batch-seed-job') return this.seed(job, row.batch_id, owner);
    const batch = await findBatch(this.database, row.batch_id, false);
    if (!batch) throw new JobGoneError(`Batch '${row.batch_id}' has ended`);
    const items = await openItems(this.database, job.id);
    // Whoever has lost the job, or whose batch was canceled, changes nothing more.
    const guards = owner === null ? [] : [{ kind: 'job', id: job.id, holder: owner } as const];
    const command: unknown = JSON.parse(batch.configuration);
    const outcomes = await Promise.all(items.map((item) => this.runItem(batch, command, item, guards)));
    await this.finish(job, batch.id, outcomes, owner);
    // The job of a single item fails as a whole: whoever runs it hears why, and counts down its retries.
    if (items.length === 1 && outcomes[0]?.error) throw outcomes[0].error;
    if (outcomes.some((outcome) => outcome === null))
      throw new OptimisticLockingError(`Items of batch '${batch.id}' were changed by somebody else at the same time`);
  }

  /** Of the job itself, as when its type is unknown; what happens to an item is noted when it happens. */
  async fail(job: AcquiredJob, { message, stacktrace }: JobFailure): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [row] = await tx.query<{ batch_id: string }>('SELECT batch_id FROM job WHERE id = $1', [job.id]);
      const batch = row && (await findBatch(tx, row.batch_id, true));
      if (batch) await this.countDown(tx, batch, job, message, stacktrace);
    });
    this.events.emitJobs([{ id: job.id, dueDate: job.dueDate }], new Date());
  }

  private async seed(job: AcquiredJob, batchId: string, owner: string | null): Promise<void> {
    const hints = await this.database.transaction(async (tx) => {
      const batch = await findBatch(tx, batchId, true);
      if (!batch) throw new JobGoneError(`Batch '${batchId}' has ended`);
      await requireLock(tx, job.id, owner);
      await recordJobs(tx, [job.id], 'successful');
      const shares = await tx.query<{ id: string }>(
        'SELECT job_id AS id FROM batch_item WHERE batch_id = $1 GROUP BY job_id ORDER BY job_id',
        [batchId],
      );
      const jobs = shares.map(({ id }): NewJob => ({ ...newJob(RETRIES), id }));
      const created = await insertJobs(tx, batch, jobs);
      await tx.query('UPDATE batch SET jobs_created = total_jobs, execution_started_at = now() WHERE id = $1', [
        batchId,
      ]);
      await remove(tx, job.id);
      return created;
    });
    this.events.emitJobs(hints, new Date());
  }

  /** Null when the item was in somebody else's hands: it stays to be done. */
  private async runItem(
    batch: BatchRow,
    command: unknown,
    item: OpenItem,
    guards: readonly Guard[],
  ): Promise<Outcome | null> {
    const done = { op: 'update', table: 'batchItem', id: item.id, set: { state: 'done', reason: null } } as const;
    const options = { userId: batch.createUserId, changes: [done], guards, isLogged: false };
    try {
      const handler = this.handlers.get(batch.type);
      const context = { batchId: batch.id, userId: batch.createUserId, options };
      const answer = await handler.run(item.subjectId, command, context);
      if (typeof answer === 'object') return { item, state: 'skipped', reason: answer.skipped };
      return { item, state: answer === 'skipped' ? 'skipped' : 'done' };
    } catch (error) {
      if (error instanceof GuardFailed) throw error;
      if (error instanceof OptimisticLockingError) return null;
      const failure = error instanceof Error ? error : new Error(String(error));
      const isFinal = this.handlers.get(batch.type).isFinal?.(failure) ?? false;
      return { item, state: 'failed', error: failure, isFinal };
    }
  }

  /**
   * Notes all outcomes and ends the job. Each item that failed goes on in a job of its own, with one try less; without any
   * when its failure is final.
   */
  private async finish(
    job: AcquiredJob,
    batchId: string,
    all: readonly (Outcome | null)[],
    owner: string | null,
  ): Promise<void> {
    const hints = await this.database.transaction(async (tx) => {
      const batch = await findBatch(tx, batchId, true);
      if (!batch) throw new JobGoneError(`Batch '${batchId}' has ended`);
      await requireLock(tx, job.id, owner);
      const outcomes = all.filter((outcome) => outcome !== null);
      await tx.query(
        `UPDATE batch_item i SET state = v.state, reason = v.reason
         FROM unnest($1::text[], $2::text[], $3::text[]) AS v(id, state, reason)
         WHERE i.job_id = $4 AND i.id = v.id AND (i.state, i.reason) IS DISTINCT FROM (v.state, v.reason)`,
        [
          outcomes.map(({ item }) => item.id),
          outcomes.map(({ state }) => state),
          outcomes.map(({ error, reason }) => (error ? storable(error.message) : (reason ?? null))),
          job.id,
        ],
      );
      const failed = outcomes.filter(({ state }) => state === 'failed');
      if (all.length === 1 && failed.length === 1) {
        // Its failure is noted next, which takes the last one.
        if (failed[0]?.isFinal) await tx.query('UPDATE job SET retries = least(retries, 1) WHERE id = $1', [job.id]);
        return [];
      }
      if (outcomes.length === all.length)
        await recordJobs(tx, [job.id], failed.length === 0 ? 'successful' : 'failed', failureOf(failed));
      const created = await this.separate(tx, batch, job, failed);
      if (outcomes.length === all.length) await remove(tx, job.id);
      await endIfFinished(tx, batchId);
      return created;
    });
    this.events.emitJobs(hints, new Date());
  }

  private async separate(tx: Transaction, batch: BatchRow, job: AcquiredJob, failed: readonly Outcome[]) {
    if (failed.length === 0) return [] as JobHint[];
    const jobs = failed.map(({ error, isFinal }) => newJob(isFinal ? 0 : Math.max(0, job.retries - 1), error));
    const hints = await insertJobs(tx, batch, jobs);
    await assign(
      tx,
      failed.map(({ item }, i) => ({ itemId: item.id, jobId: jobs[i]!.id })),
    );
    await openIncidents(tx, batch, jobs);
    return hints;
  }

  private async countDown(tx: Transaction, batch: BatchRow, job: AcquiredJob, message: string, stacktrace: string) {
    const failure = { message: storable(message), stacktrace: storable(stacktrace), failedElementId: null };
    await recordJobs(tx, [job.id], 'failed', failure);
    const [row] = await tx.query<{ retries: number; before: number }>(
      `UPDATE job j SET retries = greatest(j.retries - 1, 0), exception_message = $2, exception_stacktrace = $3,
         lock_owner = NULL, lock_expires_at = NULL
       FROM (SELECT id, retries FROM job WHERE id = $1) old WHERE j.id = old.id
       RETURNING j.retries, old.retries AS before`,
      [job.id, failure.message, failure.stacktrace],
    );
    if (row?.retries === 0 && row.before > 0)
      await openIncidents(tx, batch, [{ ...newJob(0), id: job.id, message: failure.message }]);
  }
}

/** What the log says of a job of which some items failed: the first of their reasons. */
function failureOf([first]: readonly Outcome[]): LoggedFailure | null {
  if (!first?.error) return null;
  const { message, stack } = first.error;
  return { message: storable(message), stacktrace: storable(stack ?? message), failedElementId: null };
}

function newJob(retries: number, error?: Error): NewJob {
  const message = error ? storable(error.message) : null;
  const stacktrace = error ? storable(error.stack ?? error.message) : null;
  return { id: newId(), type: 'batch-job', retries, message, stacktrace };
}

async function assign(
  tx: Transaction,
  assignments: readonly { readonly itemId: string; readonly jobId: string }[],
): Promise<void> {
  await tx.query(
    `UPDATE batch_item i SET job_id = v.job_id FROM unnest($1::text[], $2::text[]) AS v(id, job_id) WHERE i.id = v.id`,
    [assignments.map(({ itemId }) => itemId), assignments.map(({ jobId }) => jobId)],
  );
}

/** @param owner null when nobody may hold it @throws GuardFailed */
async function requireLock(tx: Transaction, jobId: string, owner: string | null): Promise<void> {
  const rows = await tx.query('SELECT id FROM job WHERE id = $1 AND lock_owner IS NOT DISTINCT FROM $2 FOR UPDATE', [
    jobId,
    owner,
  ]);
  if (rows.length === 0) throw new GuardFailed(jobId);
}

async function remove(tx: Transaction, jobId: string): Promise<void> {
  const rows = await tx.query('DELETE FROM job WHERE id = $1 RETURNING id', [jobId]);
  if (rows.length === 0) throw new JobGoneError(`Job '${jobId}' is gone`);
}

/** PostgreSQL's text has no NUL. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\ufffd');
}
