import { NotFoundError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { Database } from '../persistence/database.js';
import { type AcquiredJob, JOB_COLUMNS } from './acquired-job.js';
import type { JobDispatcher } from './dispatch/job-dispatcher.js';
import type { JobRunner } from './job-runner.js';

/** Runs the engine's jobs: acquire → lock → run → retry or incident. */
@Injectable()
export class JobExecutor {
  constructor(
    private readonly database: Database,
    private readonly runner: JobRunner,
    /** Null: due jobs are left to other servers, or to `executeNow`. */
    private readonly dispatcher: JobDispatcher | null,
  ) {}

  async start(): Promise<void> {
    await this.dispatcher?.start();
  }

  /** Takes no more jobs, and waits for those that run. */
  async stop(): Promise<void> {
    await this.dispatcher?.stop();
  }

  /**
   * Runs a job in the caller's request, whether it's due or not. On failure its retries are counted down.
   * @throws NotFoundError, and whatever made the job fail
   */
  async executeNow(jobId: string): Promise<void> {
    const [job] = await this.database.query<AcquiredJob>(`SELECT ${JOB_COLUMNS} FROM job WHERE id = $1`, [jobId]);
    if (!job) throw new NotFoundError(`Expected job '${jobId}' to exist, but there is none`, { id: jobId });
    await this.runner.runByHand(job);
  }
}
