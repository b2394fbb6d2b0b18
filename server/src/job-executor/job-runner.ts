import { EngineError, NotFoundError, SuspendedError } from '@millrace/engine';
import type { Logger } from 'pino';
import { type QuietLog, quietly } from '../logging.js';
import { GuardFailed } from '../persistence/guard-failed.js';
import { OptimisticLockingError } from '../persistence/optimistic-locking-error.js';
import { isOutage } from '../persistence/outage.js';
import type { AcquiredJob } from './acquired-job.js';
import type { JobHandler } from './handlers/job-handler.js';
import { JobGoneError } from './job-gone-error.js';
import { type JobLocks, RENEWAL_MS } from './job-locks.js';

/** Runs locked jobs, and keeps them locked as long as they run. */
export class JobRunner {
  private readonly running = new Map<string, Promise<void>>();
  private renewal: NodeJS.Timeout | null = null;
  private readonly quiet: QuietLog;

  constructor(
    readonly locks: JobLocks,
    private readonly handlerOf: (job: AcquiredJob) => JobHandler,
    private readonly logger: Logger,
  ) {
    this.quiet = quietly(logger);
  }

  get count(): number {
    return this.running.size;
  }

  /** Ends when the job is done, or its failure noted. Never throws. */
  run(job: AcquiredJob): Promise<void> {
    const run = this.tryJob(job)
      .catch((error) => {
        // Not even the failure could be noted. The lock runs out by itself.
        if (isOutage(error)) this.quiet.error('jobs wait because the database is away or too busy', error);
        else this.logger.error({ err: error, jobId: job.id }, 'job could not be finished');
      })
      .finally(() => {
        this.running.delete(job.id);
        if (this.running.size === 0) this.stopRenewing();
      });
    this.running.set(job.id, run);
    this.renewal ??= setInterval(() => this.renew(), RENEWAL_MS);
    return run;
  }

  /** Runs a job now, whether it's due or not. @throws what made it fail, after that was noted */
  async runByHand(job: AcquiredJob): Promise<void> {
    const handler = this.handlerOf(job);
    try {
      await handler.execute(job, null);
    } catch (error) {
      if (error instanceof GuardFailed)
        throw new OptimisticLockingError(
          `Expected job '${job.id}' to be free, but it is being run`,
          {},
          { cause: error },
        );
      const counts = !(error instanceof OptimisticLockingError || error instanceof SuspendedError || isOutage(error));
      if (counts) await handler.fail(job, toFailure(error)).catch(isGone);
      throw error;
    }
  }

  /** Until no job runs any more. */
  async idle(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private async tryJob(job: AcquiredJob): Promise<void> {
    const handler = this.handlerOf(job);
    const started = performance.now();
    const log = { jobId: job.id, type: job.type, instanceId: job.processInstanceId, element: job.elementId };
    try {
      await handler.execute(job, this.locks.owner);
      this.logger.debug({ ...log, ms: Math.round(performance.now() - started) }, 'job done');
    } catch (error) {
      if (error instanceof JobGoneError || error instanceof GuardFailed) return;
      if (error instanceof OptimisticLockingError) return await this.locks.release(job.id);
      // What it would call may be suspended too; that counts as a failure, because the job itself could go on.
      if (error instanceof SuspendedError && (await this.locks.releaseSuspended(job.id))) return;
      if (isOutage(error)) {
        // Not the job's fault, and maybe it was done: the next look tells. Retries are for what the job does.
        await this.locks.release(job.id);
        throw error;
      }
      this.logger.warn({ ...log, err: error, retriesLeft: job.retries - 1 }, 'job failed');
      await handler.fail(job, toFailure(error)).catch(isGone);
    }
  }

  private renew(): void {
    this.locks
      .renew([...this.running.keys()])
      .catch((error) => this.logger.error({ err: error }, 'job locks could not be renewed'));
  }

  private stopRenewing(): void {
    if (this.renewal) clearInterval(this.renewal);
    this.renewal = null;
  }
}

/** The instance has ended meanwhile, and the job with it. */
function isGone(error: unknown): void {
  if (!(error instanceof NotFoundError)) throw error;
}

function toFailure(error: unknown) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const elementId = error instanceof EngineError ? error.details['elementId'] : undefined;
  return { message, stacktrace: stack ?? message, failedElementId: typeof elementId === 'string' ? elementId : null };
}
