import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type QuietLog, quietly } from '../../logging.js';
import type { CommitEvents, JobHint } from '../../persistence/commit-events.js';
import { newId } from '../../persistence/uuid-v7.js';
import type { JobRunner } from '../job-runner.js';
import { CONCURRENCY, type JobDispatcher, POLL_MS } from './job-dispatcher.js';

const QUEUE = 'jobs';
/** Redis holds only what is due soon: a process may wait for months. */
const LOOK_AHEAD_MS = 3 * POLL_MS;
const BATCH = 1_000;

/**
 * Hands due jobs to whichever server is free, through a queue in Redis. The queue holds only ids: a worker locks the
 * job's row first, and finds nothing to do for an id that comes twice or late. What the queue lost is put in again by
 * the look at the table that every server takes every few seconds.
 */
export class BullmqDispatcher implements JobDispatcher {
  private readonly log: QuietLog;
  private readonly redis: Redis;
  private readonly queue: Queue<{ id: string }>;
  private worker: Worker<{ id: string }> | null = null;
  private workerRedis: Redis | null = null;
  private timer: NodeJS.Timeout | null = null;
  private reconciling: Promise<void> | null = null;
  private stopped = false;
  private unsubscribe = () => {};

  constructor(
    private readonly redisUrl: string,
    private readonly prefix: string,
    private readonly runner: JobRunner,
    private readonly events: CommitEvents,
    logger: Logger,
  ) {
    this.log = quietly(logger);
    this.redis = new Redis(redisUrl, { maxRetriesPerRequest: 1, retryStrategy });
    this.redis.on('error', (error) => this.report(error));
    this.queue = new Queue(QUEUE, { connection: this.redis, prefix });
    this.queue.on('error', (error) => this.report(error));
  }

  start(): Promise<void> {
    // A connection of its own that waits for work, and for Redis when it's away.
    const connection = new Redis(this.redisUrl, { maxRetriesPerRequest: null, retryStrategy });
    connection.on('error', (error) => this.report(error));
    this.workerRedis = connection;
    this.worker = new Worker<{ id: string }>(QUEUE, ({ data }) => this.work(data.id), {
      connection,
      prefix: this.prefix,
      concurrency: CONCURRENCY,
    });
    this.worker.on('error', (error) => this.report(error));
    this.unsubscribe = this.events.on('jobs', (earliestDue, jobs) => {
      // Of a server that runs none itself and so puts none into the queue.
      if (jobs.length === 0 && earliestDue.getTime() <= Date.now() + LOOK_AHEAD_MS) this.reconcile();
      const soon = Date.now() + LOOK_AHEAD_MS;
      // An id of its own per hint: with the job's, one that is still running would swallow the hint for its next run.
      void this.add(
        jobs.filter(({ dueDate }) => (dueDate?.getTime() ?? 0) <= soon),
        () => newId(),
      );
    });
    // Also whenever Redis is back.
    this.redis.on('ready', () => this.reconcile());
    this.reconcile();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.unsubscribe();
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.reconciling;
    await this.worker?.close();
    await this.runner.idle();
    await this.queue.close();
    // BullMQ leaves connections open that it was given.
    this.redis.disconnect();
    this.workerRedis?.disconnect();
  }

  private async work(id: string): Promise<void> {
    const job = await this.runner.locks.acquire(id);
    if (job) await this.runner.run(job);
  }

  private reconcile(): void {
    if (this.timer) clearTimeout(this.timer);
    if (this.stopped) return;
    this.reconciling ??= this.addDue().finally(() => {
      this.reconciling = null;
      if (!this.stopped) this.timer = setTimeout(() => this.reconcile(), POLL_MS);
    });
  }

  private async addDue(): Promise<void> {
    try {
      const due = await this.runner.locks.due(new Date(Date.now() + LOOK_AHEAD_MS), BATCH);
      // The same id for the same date, so that what waits in the queue isn't added at every look.
      await this.add(due, ({ id, dueDate }) => `${id}_${dueDate?.getTime() ?? 'now'}`);
    } catch (error) {
      this.report(error);
    }
  }

  private async add(jobs: readonly JobHint[], nameOf: (job: JobHint) => string): Promise<void> {
    // BullMQ would wait for Redis to come back; the next look at the table is as good.
    if (jobs.length === 0 || this.redis.status !== 'ready') return;
    const now = Date.now();
    try {
      await this.queue.addBulk(
        jobs.map((job) => ({
          name: 'run',
          data: { id: job.id },
          opts: {
            jobId: nameOf(job),
            delay: Math.max(0, (job.dueDate?.getTime() ?? 0) - now),
            removeOnComplete: true,
            removeOnFail: true,
          },
        })),
      );
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    this.log.warn('the job queue in Redis does not answer; jobs wait until it does', error);
  }
}

function retryStrategy(times: number): number {
  return Math.min(times * 200, 5_000);
}
