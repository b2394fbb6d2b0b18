import { type Change, type JobRow, nextDue, parseCycle, type WorkLogEvent } from '@millrace/engine';
import type { CanaryStarts } from '../../deployment/canary-starts.js';
import type { CommitEvents } from '../../persistence/commit-events.js';
import type { Database } from '../../persistence/database.js';
import { serverName } from '../../persistence/server-name.js';
import type { StartOptions, UnitOfWork } from '../../persistence/unit-of-work.js';
import { newId } from '../../persistence/uuid-v7.js';
import type { AcquiredJob } from '../acquired-job.js';
import { JobGoneError } from '../job-gone-error.js';
import { failDirectly } from './fail-directly.js';
import type { JobFailure, JobHandler } from './job-handler.js';

const RETRIES = 3;

/** The timer of a start event: a new instance, and the cycle's next date in the same transaction. */
export class TimerStartEventHandler implements JobHandler {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: CommitEvents,
    private readonly canaries: CanaryStarts,
  ) {}

  async execute(job: AcquiredJob, owner: string | null): Promise<void> {
    const { processDefinitionId: definitionId, elementId: startElementId, tenantId } = job;
    if (definitionId === null || startElementId === null) throw new JobGoneError(`Job '${job.id}' starts nothing`);
    const next = nextDueDate(job);
    const instanceId = newId();
    const canary = await this.canaries.canaryBeside(definitionId);
    const latest = { definitionId, startElementId };
    const options: StartOptions = {
      instanceId,
      guards: [{ kind: 'startJob', id: job.id, holder: owner }],
      isLogged: false,
      changes: [
        next
          ? { op: 'update', table: 'job', id: job.id, set: again(next) }
          : { op: 'delete', table: 'job', id: job.id },
        logged(job, 'successful'),
        ...(next ? [logged({ ...job, dueDate: next, retries: RETRIES }, 'created')] : []),
      ],
    };
    await this.canaries.startChosen(await this.canaries.choose(latest, canary, instanceId), latest, (start) =>
      this.unitOfWork.start({ ...start, businessKey: null, tenantId }, options),
    );
    if (next) this.events.emitJobs([{ id: job.id, dueDate: next }], new Date());
  }

  fail(job: AcquiredJob, failure: JobFailure): Promise<void> {
    return failDirectly(this.database, this.events, job, failure);
  }
}

/** A row of the log, in the transaction that starts the instance; the priority is taken from the job's row. */
function logged(job: AcquiredJob, event: WorkLogEvent): Change {
  const id = newId();
  const row = {
    id,
    processInstanceId: null,
    rootProcessInstanceId: null,
    processDefinitionId: job.processDefinitionId,
    tenantId: job.tenantId,
    batchId: null,
    jobId: job.id,
    event,
    createdAt: new Date(),
    activityInstanceId: null,
    elementId: job.elementId,
    type: job.type,
    configuration: job.configuration,
    dueDate: job.dueDate,
    retries: job.retries,
    priority: null,
    failedElementId: null,
    message: null,
    stacktrace: null,
    hostname: serverName(),
  };
  return { op: 'insert', table: 'jobLog', id, row };
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
