import { Queue } from 'bullmq';
import type { LockedExternalTaskDto } from '../external-task/external-task.dto.js';
import type { ExternalTaskService } from '../external-task/external-task.service.js';
import { newId } from '../persistence/uuid-v7.js';
import { inTurn } from './in-turn.js';
import { bridgeKeys } from './names.js';
import type { QueueCapacity } from './queue-capacities.js';
import type { RedisLink } from './redis-link.js';
import type { TaskLocks } from './task-locks.js';

/** How many tasks a queue is given for each that its workers run at once: one runs, one waits. */
const PREFETCH = 2;
/** At most so many per statement. */
const BATCH = 200;
/** After a look that was cut short, because the queue was full or another server had the turn. */
const SOON_MS = 50;

type Look = 'found all' | 'there may be more';

/** Knows what is pinned to versions of workers, as of a moment ago. */
export interface PinnedWork {
  /** Whether there may be tasks of the topic that are pinned to versions among which this one is. */
  mayBeFor(topicName: string, version: string): boolean;
}

interface QueueState {
  readonly queue: Queue<{ task: LockedExternalTaskDto }>;
  looking: Promise<void> | null;
  again: boolean;
  timer: NodeJS.Timeout | null;
}

/**
 * Fills the queues that have live workers: one more client that fetches and locks, on behalf of whichever worker takes
 * the task from the queue. What is locked ahead is bounded by what the workers can run.
 *
 * A queue can't choose by who takes from it. So each version of the workers of a topic has a queue of its own besides,
 * which gets what is pinned to it and nothing else.
 */
export class TaskPusher {
  /** By the queue's name, as the capacities are. */
  private readonly queues = new Map<string, QueueState>();
  private capacities: ReadonlyMap<string, QueueCapacity> = new Map();
  private queuesOf: ReadonlyMap<string, readonly string[]> = new Map();
  /** Queues whose workers have gone, and from which nothing was taken back yet. */
  private readonly left = new Set<string>();
  private readonly stopping = new AbortController();
  /** False until the answers that wait in Redis were taken: their tasks may look free when a server was down for long. */
  isOpen = false;

  constructor(
    private readonly link: RedisLink,
    private readonly prefix: string,
    private readonly tasks: ExternalTaskService,
    private readonly locks: TaskLocks,
    private readonly pinned: PinnedWork,
  ) {}

  /** Tells who is there now, and looks for tasks of all their topics. */
  async update(capacities: ReadonlyMap<string, QueueCapacity>): Promise<void> {
    for (const queue of this.capacities.keys()) if (!capacities.has(queue)) this.left.add(queue);
    for (const queue of capacities.keys()) this.left.delete(queue);
    const before = this.queuesOf;
    const queuesOf = new Map<string, string[]>();
    for (const [queue, { topicName }] of capacities) {
      const queues = queuesOf.get(topicName);
      if (queues) queues.push(queue);
      else queuesOf.set(topicName, [queue]);
    }
    this.capacities = capacities;
    this.queuesOf = queuesOf;
    const newTopics = [...queuesOf.keys()].filter((topic) => !before.has(topic));
    if (newTopics.length > 0) await this.link.commands.sadd(bridgeKeys.topics(this.prefix), newTopics);
    for (const topic of queuesOf.keys()) this.look(topic);
    // The turn may be somebody's; then the next time.
    for (const queue of this.left) if ((await this.takeBack(queue)) !== null) this.left.delete(queue);
  }

  /** There may be tasks. Looks that come together are one. */
  look(topic: string): void {
    // With a timer set there was no room for more a moment ago.
    for (const queue of this.queuesOf.get(topic) ?? []) if (!this.queues.get(queue)?.timer) this.lookFor(queue);
  }

  /** A worker is done with a task, so that there is room for another one. */
  lookNow(topic: string): void {
    for (const queue of this.queuesOf.get(topic) ?? []) this.lookFor(queue);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const { timer } of this.queues.values()) if (timer) clearTimeout(timer);
    await Promise.all([...this.queues.values()].map(({ looking }) => looking));
    await Promise.all([...this.queues.values()].map(({ queue }) => queue.close()));
  }

  private lookFor(name: string): void {
    const capacity = this.capacities.get(name);
    if (this.stopping.signal.aborted || !this.isOpen || !capacity) return;
    const { topicName, version } = capacity;
    if (version !== null && !this.pinned.mayBeFor(topicName, version)) return;
    const state = this.stateOf(name);
    state.again = true;
    state.looking ??= this.lookUntilFound(name, state).finally(() => {
      state.looking = null;
    });
  }

  private async lookUntilFound(name: string, state: QueueState): Promise<void> {
    const key = bridgeKeys.pushing(this.prefix, name);
    try {
      while (state.again && this.link.isReady && !this.stopping.signal.aborted) {
        if (state.timer) clearTimeout(state.timer);
        state.timer = null;
        state.again = false;
        const found = await inTurn(this.link, key, () => this.push(name, state.queue));
        if (found !== 'found all') this.lookSoon(name, state);
      }
    } catch (error) {
      this.link.report(error);
    }
  }

  private lookSoon(name: string, state: QueueState): void {
    if (this.stopping.signal.aborted) return;
    state.timer = setTimeout(() => {
      state.timer = null;
      this.lookFor(name);
    }, SOON_MS);
  }

  private async push(name: string, queue: QueueState['queue']): Promise<Look> {
    const capacity = this.capacities.get(name);
    if (!capacity) return 'found all';
    const { topicName, version, concurrency, lockDurationMs } = capacity;
    const { waiting = 0, active = 0 } = await queue.getJobCounts('waiting', 'active');
    // What a dead worker had begun counts as active for a while; living ones can't have more than they can run.
    const room = concurrency * PREFETCH - waiting - Math.min(active, concurrency);
    if (room <= 0) return 'there may be more';
    const maxTasks = Math.min(BATCH, room);
    // The lock is this delivery's own, so that the answer to an earlier one of the same task is known as late.
    const delivery = newId();
    const tasks = await this.tasks.fetchAndLock(
      {
        workerId: `bullmq-${delivery}`,
        maxTasks,
        topics: [{ topicName, lockDuration: lockDurationMs, includeExtensionProperties: true }],
      },
      this.stopping.signal,
      { version, onlyPinned: version !== null },
    );
    if (tasks.length === 0) return 'found all';
    if (!this.link.isReady) {
      await this.locks.giveBack(tasks);
      return 'there may be more';
    }
    if (version !== null) await this.link.commands.sadd(bridgeKeys.pinnedQueues(this.prefix), name);
    // When this fails it isn't known whether Redis has them, so that their locks stay until they end.
    await queue.addBulk(
      tasks.map((task) => ({
        name: task.activityId,
        data: { task },
        opts: { jobId: `${task.id}_${delivery}`, removeOnComplete: true, removeOnFail: true },
      })),
    );
    return tasks.length === maxTasks ? 'there may be more' : 'found all';
  }

  /**
   * Nobody is there any more to take what waits in the queue: others needn't wait for the end of its locks.
   * @returns null when somebody else fills the queue at this moment
   */
  private async takeBack(name: string): Promise<true | null> {
    const { queue } = this.stateOf(name);
    return inTurn(this.link, bridgeKeys.pushing(this.prefix, name), async () => {
      const jobs = await queue.getWaiting();
      const removed: LockedExternalTaskDto[] = [];
      for (const job of jobs) if ((await queue.remove(job.id ?? '')) === 1) removed.push(job.data.task);
      await this.locks.giveBack(removed);
      return true as const;
    });
  }

  private stateOf(name: string): QueueState {
    let state = this.queues.get(name);
    if (!state) {
      const queue: QueueState['queue'] = new Queue(name, { connection: this.link.commands, prefix: this.prefix });
      queue.on('error', (error) => this.link.report(error));
      state = { queue, looking: null, again: false, timer: null };
      this.queues.set(name, state);
    }
    return state;
  }
}
