import { isCallersFault, pause, pauseAfter } from './backoff.js';
import type { EngineClient, LockedTaskDto } from './engine-client.js';
import type { SubscribedTopic, TransportOptions } from './transport.js';

export interface PollerOptions extends TransportOptions {
  readonly client: EngineClient;
  readonly asyncResponseTimeoutMs: number;
  readonly usePriority: boolean;
}

interface Poll {
  readonly topics: ReadonlySet<SubscribedTopic>;
  /** Slots that are kept free for what this poll may bring. */
  readonly maxTasks: number;
  readonly abortion: AbortController;
}

/** An empty answer that comes sooner than asked for is followed by this pause: not every server polls long. */
const EMPTY_ANSWER_PAUSE_MS = 500;

/**
 * Keeps a long poll open for every topic that has a free slot. Never are more tasks asked for than can run at once: an
 * open poll reserves its slots. As fetchAndLock has one limit for all topics of a request, that limit is the smallest
 * one; a topic whose slots come free while a poll is open gets a poll of its own, because an aborted poll may still lock
 * tasks on servers that don't notice that the client has gone.
 */
export class Poller {
  private readonly polls = new Set<Poll>();
  private readonly ending = new AbortController();
  private failures = 0;
  private isPaused = false;
  private isScheduled = false;
  /** Requests and pauses that still run. */
  private readonly work = new Set<Promise<void>>();

  constructor(
    private readonly topics: ReadonlySet<SubscribedTopic>,
    private readonly options: PollerOptions,
  ) {}

  /** Polls for what isn't polled for yet. Soon rather than now, so that topics added together share a poll. */
  pump(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.openPoll();
    });
  }

  /** A new topic finds all slots reserved when polls are open: they are opened anew with it. */
  topicAdded(): void {
    if (this.freeSlots() <= 0) this.abortPolls(() => true);
    this.pump();
  }

  topicRemoved(topic: SubscribedTopic): void {
    this.abortPolls((poll) => poll.topics.has(topic));
    this.pump();
  }

  /** Aborts the open polls. Resolves when nothing is under way any more. */
  async end(): Promise<void> {
    this.ending.abort();
    this.abortPolls(() => true);
    while (this.work.size > 0) await Promise.all(this.work);
  }

  private abortPolls(which: (poll: Poll) => boolean): void {
    for (const poll of this.polls) if (which(poll)) poll.abortion.abort();
  }

  private freeSlots(): number {
    let free = this.options.maxTasks;
    for (const topic of this.topics) free -= topic.running;
    for (const poll of this.polls) free -= poll.maxTasks;
    return free;
  }

  private openPoll(): void {
    if (this.ending.signal.aborted || this.isPaused) return;
    const polled = [...this.polls].flatMap((poll) => [...poll.topics]);
    const topics = [...this.topics].filter(
      (topic) => topic.isActive && topic.running < topic.maxTasks && !polled.includes(topic),
    );
    const maxTasks = Math.min(this.freeSlots(), ...topics.map((topic) => topic.maxTasks - topic.running));
    if (topics.length === 0 || maxTasks <= 0) return;
    const poll: Poll = { topics: new Set(topics), maxTasks, abortion: new AbortController() };
    this.polls.add(poll);
    this.track(this.fetch(poll));
  }

  private async fetch(poll: Poll): Promise<void> {
    const { client, asyncResponseTimeoutMs, usePriority } = this.options;
    const startedAt = Date.now();
    let tasks: LockedTaskDto[];
    try {
      const request = {
        maxTasks: poll.maxTasks,
        usePriority,
        asyncResponseTimeout: asyncResponseTimeoutMs,
        topics: [...poll.topics].map((topic) => topic.request),
      };
      tasks = await client.fetchAndLock(request, poll.abortion.signal);
    } catch (error) {
      this.polls.delete(poll);
      if (!poll.abortion.signal.aborted) await this.recover(error);
      return this.pump();
    }
    this.reconnected();
    this.polls.delete(poll);
    if (tasks.length > 0) await this.take(tasks);
    else if (Date.now() - startedAt < Math.min(EMPTY_ANSWER_PAUSE_MS, asyncResponseTimeoutMs || Infinity)) {
      await pause(EMPTY_ANSWER_PAUSE_MS, this.ending.signal);
    }
    this.pump();
  }

  private async take(tasks: readonly LockedTaskDto[]): Promise<void> {
    const wanted = (task: LockedTaskDto) =>
      !this.ending.signal.aborted &&
      [...this.topics].some((topic) => topic.isActive && topic.topicName === task.topicName);
    const taken = tasks.filter(wanted);
    this.options.emit({ type: 'fetched', taskIds: taken.map(({ id }) => id) });
    for (const task of taken) void this.options.onTask(task.topicName, task);
    // Answered in the moment in which we stopped or unsubscribed: given back, so that nobody waits for the lock's end.
    await Promise.all(tasks.filter((task) => !taken.includes(task)).map((task) => this.giveBack(task)));
  }

  private async giveBack(task: LockedTaskDto): Promise<void> {
    try {
      await this.options.client.unlock(task.id);
    } catch (error) {
      this.options.logger.warn('a task that is not wanted any more stays locked until its lock expires', {
        taskId: task.id,
        reason: (error as Error).message,
      });
    }
  }

  private async recover(error: unknown): Promise<void> {
    if (this.isPaused) return;
    this.isPaused = true;
    this.failures++;
    const pauseMs = pauseAfter(error, this.failures, this.options.backoff);
    const details = { pauseMs, failures: this.failures, reason: (error as Error).message };
    if (isCallersFault(error)) {
      this.options.logger.error('the server refuses to hand out tasks; check address, login and topics', details);
    } else if (this.failures === 1) this.options.logger.warn('the server is away, trying again', details);
    else this.options.logger.debug('the server is still away', details);
    this.options.emit({ type: 'disconnected', pauseMs, error });
    await pause(pauseMs, this.ending.signal);
    this.isPaused = false;
  }

  private reconnected(): void {
    if (this.failures === 0) return;
    this.options.logger.info('the server answers again', { failures: this.failures });
    this.failures = 0;
    this.options.emit({ type: 'reconnected' });
  }

  private track(promise: Promise<void>): void {
    this.work.add(promise);
    void promise.finally(() => this.work.delete(promise));
  }
}
