import type { CommitEvents } from '../../persistence/commit-events.js';
import type { Database } from '../../persistence/database.js';
import { recordJobs } from '../../persistence/job-log.js';
import type { AcquiredJob } from '../acquired-job.js';
import type { JobFailure } from './job-handler.js';

/** Notes the failure of a job that no instance knows. */
export async function failDirectly(
  database: Database,
  events: CommitEvents,
  job: AcquiredJob,
  { message, stacktrace, failedElementId }: JobFailure,
): Promise<void> {
  const failure = { message, stacktrace, failedElementId: failedElementId ?? job.elementId };
  await database.transaction(async (tx) => {
    await recordJobs(tx, [job.id], 'failed', failure);
    await tx.query(
      `UPDATE job SET retries = greatest(retries - 1, 0), exception_message = $2, exception_stacktrace = $3,
         failed_element_id = $4, lock_owner = NULL, lock_expires_at = NULL WHERE id = $1`,
      [job.id, message, stacktrace, failure.failedElementId],
    );
  });
  events.emitJobs([{ id: job.id, dueDate: job.dueDate }], new Date());
}
