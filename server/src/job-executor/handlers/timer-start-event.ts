import { nextDue, parseCycle } from '@millrace/engine';
import type { CommitEvents } from '../../persistence/commit-events.js';
import type { Database, Transaction } from '../../persistence/database.js';
import type { UnitOfWork } from '../../persistence/unit-of-work.js';
import type { AcquiredJob } from '../acquired-job.js';
import { JobGoneError } from '../job-gone-error.js';
import type { JobFailure, JobHandler } from './job-handler.js';

const RETRIES = 3;

/** The timer of a start event: a new instance, and the cycle's next date in the same transaction. */
export class TimerStartEventHandler implements JobHandler {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: CommitEvents,
  ) {}

  async execute(job: AcquiredJob, guard: (tx: Transaction) => Promise<void>): Promise<void> {
    const next = nextDueDate(job);
    const start = {
      definitionId: job.processDefinitionId,
      businessKey: null,
      tenantId: job.tenantId,
      startElementId: job.elementId,
    };
    await this.unitOfWork.start(start, {
      within: async (tx) => {
        await guard(tx);
        const rows = next
          ? await tx.query(
              `UPDATE job SET due_date = $2, retries = ${RETRIES}, lock_owner = NULL, lock_expires_at = NULL,
                 exception_message = NULL, exception_stacktrace = NULL, failed_element_id = NULL WHERE id = $1 RETURNING id`,
              [job.id, next],
            )
          : await tx.query('DELETE FROM job WHERE id = $1 RETURNING id', [job.id]);
        if (rows.length === 0) throw new JobGoneError(`Job '${job.id}' is gone`);
      },
    });
    if (next) this.events.emitJobs([{ id: job.id, dueDate: next }], new Date());
  }

  async fail(job: AcquiredJob, { message, stacktrace, failedElementId }: JobFailure): Promise<void> {
    await this.database.query(
      `UPDATE job SET retries = greatest(retries - 1, 0), exception_message = $2, exception_stacktrace = $3,
         failed_element_id = $4, lock_owner = NULL, lock_expires_at = NULL WHERE id = $1`,
      [job.id, message, stacktrace, failedElementId ?? job.elementId],
    );
    this.events.emitJobs([{ id: job.id, dueDate: job.dueDate }], new Date());
  }
}

/** From the last due date, or from now when that is long ago: what was missed while no server ran isn't made up for. */
function nextDueDate({ repeat, dueDate }: AcquiredJob): Date | null {
  if (repeat === null) return null;
  return nextDue(parseCycle(repeat), new Date(Math.max(Date.now(), dueDate?.getTime() ?? 0)), 1);
}
