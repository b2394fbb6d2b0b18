import { type Job, Worker as QueueWorker, WaitingError } from 'bullmq';
import type { Redis } from 'ioredis';
import { pause } from '../backoff.js';
import type { EngineClient, LockedTaskDto } from '../engine-client.js';
import { ConnectionError } from '../errors.js';
import type { SubscribedTopic, TaskReports, Transport, TransportOptions } from '../transport.js';
import { parseDate } from '../variables.js';
import { Heartbeat } from './heartbeat.js';
import { findPrefix } from './installation.js';
import { pinnedQueue, topicQueue } from './names.js';
import { RedisLink } from './redis-link.js';
import { type Identity, ResultSender } from './result-sender.js';
import { Slots } from './slots.js';

export interface BullmqTransportOptions extends TransportOptions {
  readonly redisUrl: string;
  /** `millrace`, or `millrace:{installation id}`. */
  readonly prefix: string;
  readonly identity: Identity;
  readonly requestTimeoutMs: number;
  /** Reads File variables; undefined when the worker has no address of engine-rest. */
  readonly files: EngineClient | undefined;
}

interface Begun {
  readonly prefix: string;
  readonly sender: ResultSender;
  readonly heartbeat: Heartbeat;
  /** What all consumers share; each has another one besides, on which it waits. */
  readonly connection: Redis;
}

/** BullMQ's own lock, by which it tells that a worker died. It says nothing about the task's lock. */
const QUEUE_LOCK_MS = 15_000;
/** A task whose lock has less than this part left is started only after the server has extended it. */
const FRESH = 0.75;
/** How long an orderly end may take to say goodbye to Redis. */
const GOODBYE_MS = 1_000;

/**
 * Takes tasks from the queues that the server fills, and answers on the queue `results`. A topic has one queue for
 * everybody, `topic.<name>`, and one per version for what is pinned to it, `pinned.<name>@<version>`.
 *
 * The lock of a task is the database's: a queue only carries the task. What a dead worker had begun is not given to
 * another by the queue but comes again when its lock has ended, exactly as with engine-rest.
 */
export class BullmqTransport implements Transport {
  private readonly link: RedisLink;
  private readonly slots: Slots;
  private readonly consumers = new Map<SubscribedTopic, readonly QueueWorker[]>();
  private readonly ending = new AbortController();
  private readonly startedAt = new Date().toISOString();
  private begun: Begun | null = null;
  private beginning: Promise<void> | null = null;
  private hasBeatScheduled = false;

  /** @throws TypeError when the address isn't one of Redis */
  constructor(
    private readonly topics: ReadonlySet<SubscribedTopic>,
    private readonly options: BullmqTransportOptions,
  ) {
    this.link = new RedisLink(options.redisUrl, options.logger, options.emit);
    this.slots = new Slots(options.maxTasks);
  }

  /** Tasks come only after it has begun. */
  get reports(): TaskReports {
    if (!this.begun) throw new Error('Expected the transport to have begun before a task is reported');
    return this.begun.sender;
  }

  pump(): void {
    if (this.ending.signal.aborted) return;
    this.beginning ??= this.begin();
    this.consume();
  }

  topicAdded(): void {
    this.pump();
  }

  topicRemoved(topic: SubscribedTopic): void {
    this.announceSoon();
    for (const consumer of this.consumers.get(topic) ?? []) consumer.close().catch((error) => this.link.report(error));
    this.consumers.delete(topic);
  }

  async end(): Promise<void> {
    this.ending.abort();
    await this.beginning;
    // First, so that nothing more is sent here.
    await this.begun?.heartbeat.end();
    const closing = this.closeConsumers();
    // They would wait for Redis; the handlers are waited for by the worker itself.
    if (this.link.commands.status === 'ready') await closing;
  }

  async close(): Promise<void> {
    const goodbye = async () => {
      await this.closeConsumers();
      await this.begun?.sender.close();
    };
    await Promise.race([goodbye().catch(() => undefined), pause(GOODBYE_MS)]);
    this.link.close();
  }

  private async closeConsumers(): Promise<void> {
    await Promise.allSettled([...this.consumers.values()].flat().map((consumer) => consumer.close()));
  }

  private async begin(): Promise<void> {
    const { logger, identity, requestTimeoutMs, files } = this.options;
    this.link.connect();
    const prefix = await findPrefix(this.options.prefix, this.link, logger, this.ending.signal);
    if (prefix === null) return;
    const sender = new ResultSender(this.link, prefix, identity, requestTimeoutMs, files, this.link.openWaiting());
    const heartbeat = new Heartbeat(this.link, prefix, identity.workerId, () => this.announcement());
    this.begun = { prefix, sender, heartbeat, connection: this.link.openWaiting() };
    this.consume();
  }

  private announcement() {
    const { workerId, version = null, build = null } = this.options.identity;
    return {
      workerId,
      version,
      build,
      transport: 'bullmq' as const,
      takesPinned: version !== null,
      topics: [...this.topics]
        .filter(({ isActive }) => isActive)
        .map(({ topicName, maxTasks, lockDurationMs }) => ({
          name: topicName,
          concurrency: Math.min(maxTasks, this.options.maxTasks),
          lockDurationMs,
        })),
      startedAt: this.startedAt,
    };
  }

  private announceSoon(): void {
    if (this.hasBeatScheduled) return;
    this.hasBeatScheduled = true;
    queueMicrotask(() => {
      this.hasBeatScheduled = false;
      this.begun?.heartbeat.beat();
    });
  }

  /** Opens what isn't open yet. */
  private consume(): void {
    if (!this.begun || this.ending.signal.aborted) return;
    const { version } = this.options.identity;
    for (const topic of this.topics) {
      if (!topic.isActive || this.consumers.has(topic)) continue;
      const names = [topicQueue(topic.topicName)];
      if (version !== undefined) names.push(pinnedQueue(topic.topicName, version));
      const slots = new Slots(Math.min(topic.maxTasks, this.options.maxTasks));
      this.consumers.set(
        topic,
        names.map((name) => this.consumerOf(name, topic, slots, this.begun as Begun)),
      );
      this.announceSoon();
    }
  }

  private consumerOf(name: string, topic: SubscribedTopic, slots: Slots, { prefix, connection }: Begun): QueueWorker {
    const consumer = new QueueWorker<{ task: LockedTaskDto }>(
      name,
      (job, token) => this.take(topic, slots, job, token),
      {
        connection,
        prefix,
        concurrency: Math.min(topic.maxTasks, this.options.maxTasks),
        lockDuration: QUEUE_LOCK_MS,
        stalledInterval: QUEUE_LOCK_MS,
        maxStalledCount: 0,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
    );
    consumer.on('error', (error) => this.link.report(error));
    return consumer;
  }

  /**
   * What became of the task is told on the queue `results`.
   * @param slots shared by the queues of the topic
   * @throws WaitingError when the worker stopped before it had begun with the task, which is in its queue again
   */
  private async take(
    topic: SubscribedTopic,
    slots: Slots,
    job: Job<{ task: LockedTaskDto }>,
    token: string | undefined,
  ): Promise<void> {
    const task = select(job.data.task, topic.variables);
    await slots.enter();
    await this.slots.enter();
    try {
      if (this.ending.signal.aborted || !topic.isActive) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      if (!(await this.isOurs(topic, task))) return;
      this.options.emit({ type: 'fetched', taskIds: [task.id] });
      await this.options.onTask(topic.topicName, task);
    } finally {
      this.slots.leave();
      slots.leave();
    }
  }

  /** A task may have waited in the queue for so long that somebody else has it by now: the server knows. */
  private async isOurs(topic: SubscribedTopic, task: LockedTaskDto): Promise<boolean> {
    const expiresAt = parseDate('lockExpirationTime', task.lockExpirationTime).getTime();
    if (expiresAt - Date.now() >= topic.lockDurationMs * FRESH) return true;
    try {
      await this.reports.extendLock(task, topic.lockDurationMs);
      return true;
    } catch (error) {
      if (error instanceof ConnectionError && Date.now() < expiresAt) return true;
      const { id: taskId, topicName } = task;
      this.options.logger.debug('a task came too late', { taskId, topicName, reason: (error as Error).message });
      return false;
    }
  }
}

/** The server sends all variables to the queue; the handler sees those it asked for. */
function select(task: LockedTaskDto, wanted: readonly string[] | undefined): LockedTaskDto {
  if (wanted === undefined || task.variables === undefined) return task;
  const chosen = Object.entries(task.variables).filter(([name]) => wanted.includes(name));
  return { ...task, variables: Object.fromEntries(chosen) };
}
