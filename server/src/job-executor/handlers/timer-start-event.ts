import { type JobRow, nextDue, parseCycle } from '@millrace/engine';
import type { CommitEvents } from '../../persistence/commit-events.js';
import type { Database } from '../../persistence/database.js';
import type { UnitOfWork } from '../../persistence/unit-of-work.js';
import type { AcquiredJob } from '../acquired-job.js';
import type { JobFailure, JobHandler } from './job-handler.js';

const RETRIES = 3;

/** The timer of a start event: a new instance, and the cycle's next date in the same transaction. */
export class TimerStartEventHandler implements JobHandler {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: CommitEvents,
  ) {}

  async execute(job: AcquiredJob, owner: string | null): Promise<void> {
    const next = nextDueDate(job);
    const start = {
      definitionId: job.processDefinitionId,
      businessKey: null,
      tenantId: job.tenantId,
      startElementId: job.elementId,
    };
    await this.unitOfWork.start(start, {
      guards: [{ kind: 'startJob', id: job.id, holder: owner }],
      changes: [
        next
          ? { op: 'update', table: 'job', id: job.id, set: again(next) }
          : { op: 'delete', table: 'job', id: job.id },
      ],
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

function again(dueDate: Date): Partial<JobRow> {
  return {
    dueDate,
    retries: RETRIES,
    lockOwner: null,
    lockExpiresAt: null,
    exceptionMessage: null,
    exceptionStacktrace: null,
    failedElementId: null,
  };
}

/** From the last due date, or from now when that is long ago: what was missed while no server ran isn't made up for. */
function nextDueDate({ repeat, dueDate }: AcquiredJob): Date | null {
  if (repeat === null) return null;
  return nextDue(parseCycle(repeat), new Date(Math.max(Date.now(), dueDate?.getTime() ?? 0)), 1);
}
