import type { AcquiredJob } from '../acquired-job.js';

export interface JobFailure {
  readonly message: string;
  readonly stacktrace: string;
  readonly failedElementId: string | null;
}

/** How a kind of job is done. */
export interface JobHandler {
  /**
   * @param owner of the job's lock, which must be held still when the work is committed; null when a client runs it
   * @throws GuardFailed when it isn't
   */
  execute(job: AcquiredJob, owner: string | null): Promise<void>;
  /** Notes a failed try; at zero retries an operator has to look at it. */
  fail(job: AcquiredJob, failure: JobFailure): Promise<void>;
}
