import { Injectable } from '@nestjs/common';
import { parseDate } from '../../http/date.js';
import { CommitEvents, type JobHint } from '../../persistence/commit-events.js';
import { Database } from '../../persistence/database.js';
import { UnitOfWork } from '../../persistence/unit-of-work.js';
import type { BatchContext, BatchHandler } from '../batch-handler.js';
import { closeIncidents } from '../batch-store.js';
import { skipIfGone } from './skip-if-gone.js';

export interface JobRetries {
  readonly retries: number;
  /** Text of a date; null keeps the job's own. */
  readonly dueDate: string | null;
}

/** Sets the retries of jobs. One that is gone is skipped. */
@Injectable()
export class SetJobRetriesHandler implements BatchHandler<JobRetries> {
  readonly type = 'set-job-retries';

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: CommitEvents,
  ) {}

  async run(
    jobId: string,
    { retries, dueDate }: JobRetries,
    { options }: BatchContext,
  ): Promise<'skipped' | undefined> {
    const [job] = await this.database.query<{ instance: string | null }>(
      'SELECT process_instance_id AS instance FROM job WHERE id = $1',
      [jobId],
    );
    if (!job) return 'skipped';
    if (job.instance === null) return this.setDirectly(jobId, retries, dueDate);
    const due = dueDate === null ? {} : { dueDate: parseDate(dueDate) };
    const command = { kind: 'setJobRetries', jobId, retries, ...due } as const;
    const { instance } = job;
    return skipIfGone(() => this.unitOfWork.run(instance, command, options));
  }

  /** Of a start event's timer or of another batch's job, which no instance knows. */
  private async setDirectly(jobId: string, retries: number, dueDate: string | null): Promise<'skipped' | undefined> {
    const jobs = await this.database.transaction(async (tx) => {
      const changed = await tx.query<JobHint>(
        `UPDATE job SET retries = $2, due_date = coalesce($3::timestamptz, due_date)
         WHERE id = $1 RETURNING id, due_date AS "dueDate"`,
        [jobId, retries, dueDate === null ? null : parseDate(dueDate)],
      );
      if (retries > 0) await closeIncidents(tx, [jobId], 'resolved');
      return changed;
    });
    if (jobs.length === 0) return 'skipped';
    this.events.emitJobs(jobs, new Date());
    return undefined;
  }
}
