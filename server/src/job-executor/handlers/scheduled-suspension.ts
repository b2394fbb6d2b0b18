import type { DefinitionSuspension } from '../../deployment/definition-suspension.js';
import type { ScheduledSuspension } from '../../deployment/scheduled-suspension.js';
import type { CommitEvents } from '../../persistence/commit-events.js';
import type { Database } from '../../persistence/database.js';
import { GuardFailed } from '../../persistence/guard-failed.js';
import { recordJobs } from '../../persistence/job-log.js';
import type { AcquiredJob } from '../acquired-job.js';
import { failDirectly } from './fail-directly.js';
import type { JobFailure, JobHandler } from './job-handler.js';

/** Suspends or activates definitions at a date. It's done before the job is taken away: a crash between them repeats it. */
export class ScheduledSuspensionHandler implements JobHandler {
  constructor(
    private readonly database: Database,
    private readonly suspension: DefinitionSuspension,
    private readonly events: CommitEvents,
  ) {}

  async execute(job: AcquiredJob, owner: string | null): Promise<void> {
    const { what, includes } = JSON.parse(job.configuration) as ScheduledSuspension;
    const suspended = job.type.startsWith('suspend');
    if (!job.type.endsWith('processdefinition')) await this.suspension.setJobDefinitionsNow(what, suspended, includes);
    else if (!('jobDefinitionId' in what)) await this.suspension.setNow(what, suspended, includes, null);
    await this.database.transaction(async (tx) => {
      const held = await tx.query(
        'SELECT id FROM job WHERE id = $1 AND lock_owner IS NOT DISTINCT FROM $2 FOR UPDATE',
        [job.id, owner],
      );
      if (held.length === 0) throw new GuardFailed(job.id);
      await recordJobs(tx, [job.id], 'successful');
      await tx.query('DELETE FROM job WHERE id = $1', [job.id]);
    });
  }

  fail(job: AcquiredJob, failure: JobFailure): Promise<void> {
    return failDirectly(this.database, this.events, job, failure);
  }
}
