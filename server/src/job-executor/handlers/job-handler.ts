import type { Transaction } from '../../persistence/database.js';
import type { AcquiredJob } from '../acquired-job.js';

export interface JobFailure {
  readonly message: string;
  readonly stacktrace: string;
  readonly failedElementId: string | null;
}

/** How a kind of job is done. */
export interface JobHandler {
  /** @param guard runs first inside the transaction that does the work; throws when the work is somebody else's */
  execute(job: AcquiredJob, guard: (tx: Transaction) => Promise<void>): Promise<void>;
  /** Notes a failed try; at zero retries an operator has to look at it. */
  fail(job: AcquiredJob, failure: JobFailure): Promise<void>;
}
