import type { UnitOfWork } from '../../persistence/unit-of-work.js';
import type { AcquiredJob } from '../acquired-job.js';
import { JobGoneError } from '../job-gone-error.js';
import type { JobFailure, JobHandler } from './job-handler.js';

/** Asynchronous continuations and timers of a running instance: the engine knows what to do. */
export class InstanceJobHandler implements JobHandler {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async execute(job: AcquiredJob, owner: string | null): Promise<void> {
    const guards = owner === null ? [] : [{ kind: 'job', id: job.id, holder: owner } as const];
    await this.unitOfWork.run(instanceOf(job), { kind: 'executeJob', jobId: job.id }, { guards });
  }

  async fail(job: AcquiredJob, failure: JobFailure): Promise<void> {
    await this.unitOfWork.run(instanceOf(job), { kind: 'failJob', jobId: job.id, ...failure });
  }
}

function instanceOf(job: AcquiredJob): string {
  if (job.processInstanceId === null) throw new JobGoneError(`Job '${job.id}' belongs to no process instance`);
  return job.processInstanceId;
}
