import type { Logger } from 'pino';
import type { CommitEvents } from '../../persistence/commit-events.js';
import type { AcquiredJob } from '../acquired-job.js';
import type { ClaimedJobs, JobTaker } from '../claimed-jobs.js';
import type { JobRunner } from '../job-runner.js';
import { CONCURRENCY, type JobDispatcher, POLL_MS } from './job-dispatcher.js';

const BREATH_MS = 20;
/** Places for jobs that a commit of this process has claimed; the others are for those that are looked for, so that none starves. */
const CLAIMS = 25;

/**
 * Runs jobs in this process: at once when a commit tells of them, when the next one is due, and whatever it finds when
 * it looks every few seconds.
 */
export class InProcessDispatcher implements JobDispatcher, JobTaker {
  private timer: NodeJS.Timeout | null = null;
  private wakesAt = Number.POSITIVE_INFINITY;
  private looking: Promise<void> | null = null;
  private rung = false;
  private stopped = true;
  /** Claimed jobs that run. */
  private claimed = 0;
  private unsubscribe = () => {};

  constructor(
    private readonly runner: JobRunner,
    private readonly claims: ClaimedJobs,
    private readonly events: CommitEvents,
    private readonly logger: Logger,
  ) {}

  get owner(): string {
    return this.runner.locks.owner;
  }

  room(): number {
    return CLAIMS - this.claimed;
  }

  take(jobs: readonly AcquiredJob[]): void {
    // Should it stay locked, the lock runs out.
    for (const job of jobs)
      if (this.stopped) void this.runner.locks.release(job.id).catch(() => undefined);
      else {
        this.claimed++;
        void this.runner.run(job).then(() => this.claimed--);
      }
  }

  start(): Promise<void> {
    this.stopped = false;
    this.claims.runBy(this);
    this.unsubscribe = this.events.on('jobs', (earliestDue) => this.wakeAt(earliestDue.getTime()));
    this.look();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.claims.runBy(null);
    this.stopped = true;
    this.unsubscribe();
    if (this.timer) clearTimeout(this.timer);
    await this.looking;
    await this.runner.idle();
  }

  private wakeAt(time: number): void {
    if (this.stopped || time >= this.wakesAt) return;
    if (this.timer) clearTimeout(this.timer);
    this.wakesAt = time;
    this.timer = setTimeout(
      () => {
        this.wakesAt = Number.POSITIVE_INFINITY;
        this.look();
      },
      Math.min(POLL_MS, Math.max(0, time - Date.now())),
    );
  }

  /** Not for every job that ends: a look costs a statement, and finds as many jobs as there is room for. */
  private lookWhenRoomy(): void {
    if (this.runner.count - this.claimed <= CONCURRENCY / 2) this.look();
  }

  private look(): void {
    if (this.stopped) return;
    this.rung = true;
    this.looking ??= this.takeDue().finally(() => {
      this.looking = null;
      // Rung after the last look, while it asked for the next date.
      if (this.rung) this.look();
    });
  }

  private async takeDue(): Promise<void> {
    try {
      while (this.rung && !this.stopped) {
        this.rung = false;
        const free = CONCURRENCY - (this.runner.count - this.claimed);
        // The jobs that end look again, so a full house needs no timer.
        if (free <= 0) return;
        const jobs = await this.runner.locks.acquireDue(free, new Date());
        for (const job of jobs) void this.runner.run(job).then(() => this.lookWhenRoomy());
        if (jobs.length === free) return;
      }
      await this.sleepUntilDue();
    } catch (error) {
      this.rung = false;
      this.logger.error({ err: error }, 'due jobs could not be looked for');
      this.resetTimer(Date.now() + POLL_MS);
    }
  }

  private async sleepUntilDue(): Promise<void> {
    this.resetTimer(Date.now() + POLL_MS);
    const next = await this.runner.locks.nextDue();
    // Due already, but not to be had: somebody is changing its row at this moment.
    if (next) this.wakeAt(Math.max(next.getTime(), Date.now() + BREATH_MS));
  }

  private resetTimer(time: number): void {
    this.wakesAt = Number.POSITIVE_INFINITY;
    this.wakeAt(time);
  }
}
