import type { JobHint } from '../persistence/commit-events.js';
import type { Queryable } from '../persistence/database.js';
import { recordJobs } from '../persistence/job-log.js';
import { newId } from '../persistence/uuid-v7.js';

/** Items that share a job. They run side by side, so that their commits are gathered. */
export const ITEMS_PER_JOB = 100;
export const RETRIES = 3;

export interface BatchRow {
  readonly id: string;
  readonly type: string;
  readonly configuration: string;
  readonly suspended: boolean;
  readonly priority: number;
  readonly tenantId: string | null;
  readonly createUserId: string | null;
}

export interface OpenItem {
  readonly id: string;
  readonly subjectId: string;
}

const COLUMNS = `id, type, configuration, suspended, priority, tenant_id AS "tenantId", create_user_id AS "createUserId"`;

/** The running batch, locked when asked to: everything that changes a batch's jobs takes its row's lock first. */
export async function findBatch(on: Queryable, id: string, lock: boolean): Promise<BatchRow | null> {
  const [batch] = await on.query<BatchRow>(
    `SELECT ${COLUMNS} FROM batch WHERE id = $1 AND ended_at IS NULL ${lock ? 'FOR NO KEY UPDATE' : ''}`,
    [id],
  );
  return batch ?? null;
}

/** What a job has still to do. */
export function openItems(on: Queryable, jobId: string): Promise<OpenItem[]> {
  return on.query<OpenItem>(
    `SELECT id, subject_id AS "subjectId" FROM batch_item WHERE job_id = $1 AND state IN ('open', 'failed') ORDER BY id`,
    [jobId],
  );
}

export interface NewJob {
  readonly id: string;
  readonly type: 'batch-seed-job' | 'batch-job';
  readonly retries: number;
  readonly message: string | null;
  readonly stacktrace: string | null;
}

export async function insertJobs(on: Queryable, batch: BatchRow, jobs: readonly NewJob[]): Promise<JobHint[]> {
  await on.query(
    `INSERT INTO job (id, batch_id, tenant_id, type, configuration, retries, priority, exclusive, suspended, created_at, exception_message, exception_stacktrace)
     SELECT v.id, $1, $2, v.type, '', v.retries, $3, false, $4, now(), v.message, v.stacktrace
     FROM unnest($5::text[], $6::text[], $7::integer[], $8::text[], $9::text[]) AS v(id, type, retries, message, stacktrace)`,
    [
      batch.id,
      batch.tenantId,
      batch.priority,
      batch.suspended,
      jobs.map(({ id }) => id),
      jobs.map(({ type }) => type),
      jobs.map(({ retries }) => retries),
      jobs.map(({ message }) => message),
      jobs.map(({ stacktrace }) => stacktrace),
    ],
  );
  await recordJobs(
    on,
    jobs.map(({ id }) => id),
    'created',
  );
  return batch.suspended ? [] : jobs.map(({ id }) => ({ id, dueDate: null }));
}

/** As Camunda has it: a batch's job without retries is an incident that belongs to no process. */
export async function openIncidents(on: Queryable, batch: BatchRow, jobs: readonly NewJob[]): Promise<void> {
  const failed = jobs.filter(({ retries }) => retries === 0);
  if (failed.length === 0) return;
  const values = [
    batch.tenantId,
    failed.map(() => newId()),
    failed.map(({ id }) => id),
    failed.map(({ message }) => message),
  ];
  await on.query(insertIncidents('incident'), values);
  await on.query(insertIncidents('historic_incident', ', state', ", 'open'"), values);
}

function insertIncidents(table: string, column = '', value = ''): string {
  return `INSERT INTO ${table} (id, tenant_id, type, message, configuration, cause_incident_id, root_cause_incident_id, created_at${column})
    SELECT v.id, $1, 'failedJob', v.message, v.job_id, v.id, v.id, now()${value}
    FROM unnest($2::text[], $3::text[], $4::text[]) AS v(id, job_id, message)`;
}

/** Of a batch's jobs that have retries again or are gone. */
export async function closeIncidents(
  on: Queryable,
  jobIds: readonly string[],
  state: 'resolved' | 'deleted',
): Promise<void> {
  if (jobIds.length === 0) return;
  const rows = await on.query<{ id: string }>(
    "DELETE FROM incident WHERE configuration = ANY($1) AND type = 'failedJob' RETURNING id",
    [jobIds],
  );
  if (rows.length > 0)
    await on.query('UPDATE historic_incident SET ended_at = now(), state = $2 WHERE id = ANY($1)', [
      rows.map(({ id }) => id),
      state,
    ]);
}

/** Ends the batch when no item is left. The batch's row must be locked. */
export async function endIfFinished(on: Queryable, batchId: string): Promise<void> {
  await on.query(
    `UPDATE batch SET ended_at = now() WHERE id = $1 AND NOT EXISTS
       (SELECT 1 FROM batch_item WHERE batch_id = $1 AND state IN ('open', 'failed'))`,
    [batchId],
  );
}

/** With its items, and with what was kept to undo it: nobody can find that any more. */
export async function removeBatch(on: Queryable, id: string): Promise<void> {
  await on.query('DELETE FROM migration_snapshot WHERE migration_id = $1', [id]);
  await on.query('DELETE FROM batch WHERE id = $1', [id]);
}
