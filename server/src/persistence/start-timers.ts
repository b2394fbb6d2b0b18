import type { CommitEvents, JobHint } from './commit-events.js';
import type { Queryable } from './database.js';

/** Tells the job executor about the timers that start instances of these definitions. */
export async function announceStartTimers(
  on: Queryable,
  events: CommitEvents,
  definitionIds: readonly string[],
): Promise<void> {
  const jobs = await on.query<JobHint>(
    `SELECT id, due_date AS "dueDate" FROM job
     WHERE process_instance_id IS NULL AND process_definition_id = ANY($1) AND NOT suspended`,
    [definitionIds],
  );
  events.emitJobs(jobs, new Date());
}
