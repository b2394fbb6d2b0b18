import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { ExternalTaskService } from '../external-task/external-task.service.js';
import { toAnswer } from '../http/error.filter.js';
import { bridgeKeys, RESULTS_QUEUE } from './names.js';
import type { RedisLink } from './redis-link.js';
import { type ResultEnvelope, readEnvelope, readResult } from './result-message.js';
import type { TaskLocks } from './task-locks.js';

const CONCURRENCY = 32;
/** By this lock the queue tells that a server died; its results then go to another one. */
const QUEUE_LOCK_MS = 15_000;
const STALLED_INTERVAL_MS = 5_000;
/** A result that the server itself fails at so often fails its task, so that somebody sees it. */
const SERVER_ERRORS_UNTIL_FAILURE = 5;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Takes workers' results from the queue `results`, and does with them what engine-rest would.
 *
 * A result stays in the queue until its transaction is committed. One that comes twice or late finds its task gone or
 * locked for another delivery, and is dropped: nothing is done twice.
 */
export class ResultConsumer {
  readonly queue: Queue;
  private worker: Worker | null = null;

  constructor(
    private readonly link: RedisLink,
    private readonly prefix: string,
    private readonly tasks: ExternalTaskService,
    private readonly locks: TaskLocks,
    private readonly logger: Logger,
    /** Called after each result: there is room for more tasks of the topic. */
    private readonly onResult: (topicName: string) => void,
  ) {
    this.queue = new Queue(RESULTS_QUEUE, { connection: link.commands, prefix });
    this.queue.on('error', (error) => link.report(error));
  }

  start(connection: Redis): void {
    this.worker = new Worker(RESULTS_QUEUE, (job, token) => this.take(job, token), {
      connection,
      prefix: this.prefix,
      concurrency: CONCURRENCY,
      lockDuration: QUEUE_LOCK_MS,
      stalledInterval: STALLED_INTERVAL_MS,
      // A result is never given up because servers died with it.
      maxStalledCount: 1_000_000,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    this.worker.on('error', (error) => this.link.report(error));
  }

  /** Takes no more results, and waits for those that it is working on. */
  async stop(): Promise<void> {
    await this.worker?.close();
    await this.queue.close();
  }

  /** The results that wait or are being worked on at this moment; the newest first. */
  backlog(): Promise<string[]> {
    return this.queue.getRanges(['waiting', 'active', 'delayed']);
  }

  private async take(job: Job, token: string | undefined): Promise<void> {
    let envelope: ResultEnvelope;
    try {
      envelope = readEnvelope(job.data);
    } catch (error) {
      this.logger.error({ err: error, jobId: job.id, kind: job.name }, 'a result was dropped that nobody can read');
      return;
    }
    try {
      await this.handle(job.name, envelope);
    } catch (error) {
      await this.putOff(job, token, envelope, error);
    }
    this.onResult(envelope.topicName);
  }

  /** @throws what a later attempt may not meet again */
  private async handle(kind: string, envelope: ResultEnvelope): Promise<void> {
    try {
      await this.apply(kind, envelope);
      if (kind === 'extendLock') await this.reply(envelope);
    } catch (error) {
      const { status, body } = toAnswer(error);
      if (kind === 'extendLock') {
        // Without an answer the worker asks again.
        if (status < 500) await this.reply(envelope, { status, type: body.type, message: body.message });
        return;
      }
      if (status >= 500) throw error;
      await this.refuse(kind, envelope, body.message);
    }
  }

  private async apply(kind: string, envelope: ResultEnvelope): Promise<void> {
    const id = envelope.externalTaskId;
    const result = readResult(kind, envelope);
    switch (result.kind) {
      case 'complete':
        return this.tasks.complete(id, result.body, null);
      case 'failure':
        return this.tasks.fail(id, result.body, null);
      case 'bpmnError':
        return this.tasks.throwError(id, result.body, null);
      case 'extendLock':
        return this.tasks.extendLock(id, result.body.workerId, result.body.newDuration);
    }
  }

  /** The task is gone or another's, or the result itself is wrong: then its task fails, and somebody sees why. */
  private async refuse(kind: string, envelope: ResultEnvelope, reason: string): Promise<void> {
    const { externalTaskId, topicName, from, body, ifRefused = { retries: 0, retryTimeoutMs: 0 } } = envelope;
    const about = { externalTaskId, topicName, kind, workerId: from.workerId, reason };
    if (kind === 'failure' || !(await this.locks.isHeld(externalTaskId, body.workerId))) {
      this.logger.info(about, 'a result came too late and was dropped');
      return;
    }
    this.logger.warn(about, 'a result was refused; its task fails');
    const failure = {
      workerId: body.workerId,
      errorMessage: reason,
      errorDetails: `Worker '${from.workerId}' sent a result (${kind}) that was refused: ${reason}`,
      retries: ifRefused.retries,
      retryTimeout: ifRefused.retryTimeoutMs,
    };
    try {
      await this.tasks.fail(externalTaskId, failure, null);
    } catch (error) {
      const { status, body: answer } = toAnswer(error);
      if (status >= 500) throw error;
      this.logger.info({ ...about, reason: answer.message }, 'a result was dropped');
    }
  }

  private async reply(
    { requestId, from }: ResultEnvelope,
    error?: { readonly status: number; readonly type: string; readonly message: string },
  ): Promise<void> {
    if (requestId === undefined) return;
    const message = JSON.stringify({ requestId, ...(error && { error }) });
    await this.link.commands
      .publish(bridgeKeys.replies(this.prefix, from.workerId), message)
      .catch((cause) => this.link.report(cause));
  }

  /** Keeps the result for later. When only this one fails again and again, its task fails. */
  private async putOff(job: Job, token: string | undefined, envelope: ResultEnvelope, error: unknown): Promise<void> {
    const isOutage = !(await this.locks.isReachable());
    const serverErrors = (envelope.serverErrors ?? 0) + (isOutage ? 0 : 1);
    if (serverErrors >= SERVER_ERRORS_UNTIL_FAILURE) {
      try {
        await this.refuse(job.name === 'failure' ? 'complete' : job.name, envelope, toAnswer(error).body.message);
        return;
      } catch (cause) {
        this.logger.error({ err: cause, externalTaskId: envelope.externalTaskId }, 'a task could not be failed');
      }
    }
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** serverErrors);
    this.logger.warn({ err: error, externalTaskId: envelope.externalTaskId, pauseMs }, 'a result is tried again');
    await job.updateData({ ...envelope, serverErrors });
    await job.moveToDelayed(Date.now() + pauseMs, token);
    throw new DelayedError();
  }
}
