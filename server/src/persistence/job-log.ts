import type { WorkLogEvent } from '@millrace/engine';
import type { Queryable } from './database.js';
import { serverName } from './server-name.js';
import { newId } from './uuid-v7.js';

export interface LoggedFailure {
  readonly message: string;
  readonly stacktrace: string;
  readonly failedElementId: string | null;
}

/**
 * What happened to jobs that no instance knows, the timers of start events and the jobs of batches: as they are in their
 * rows now, so before they are changed or deleted. A batch's job is told as Camunda does: its kind is the batch's, its
 * configuration the batch's id.
 */
export async function recordJobs(
  on: Queryable,
  jobIds: readonly string[],
  event: WorkLogEvent,
  failure: LoggedFailure | null = null,
): Promise<void> {
  if (jobIds.length === 0) return;
  await on.query(
    `INSERT INTO job_log (id, process_instance_id, process_definition_id, tenant_id, batch_id, job_id, event, created_at,
       element_id, type, configuration, due_date, retries, priority, failed_element_id, message, stacktrace, hostname)
     SELECT v.id, j.process_instance_id, j.process_definition_id, j.tenant_id, j.batch_id, j.id, $3, now(), j.element_id,
       coalesce((SELECT b.type FROM batch b WHERE b.id = j.batch_id AND j.type = 'batch-job'), j.type),
       coalesce(j.batch_id, j.configuration), j.due_date, j.retries, j.priority, $4, $5, $6, $7
     FROM unnest($1::text[], $2::text[]) AS v(id, job_id) JOIN job j ON j.id = v.job_id`,
    [
      jobIds.map(() => newId()),
      jobIds,
      event,
      failure?.failedElementId ?? null,
      failure?.message ?? null,
      failure?.stacktrace ?? null,
      serverName(),
    ],
  );
}
