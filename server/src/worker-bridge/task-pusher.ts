import { Queue } from 'bullmq';
import type { LockedExternalTaskDto } from '../external-task/external-task.dto.js';
import type { ExternalTaskService } from '../external-task/external-task.service.js';
import { newId } from '../persistence/uuid-v7.js';
import { inTurn } from './in-turn.js';
import type { TopicCapacity } from './live-workers.js';
import { bridgeKeys, topicQueue } from './names.js';
import type { RedisLink } from './redis-link.js';
import type { TaskLocks } from './task-locks.js';

/** How many tasks of a topic are handed over for each that its workers run at once: one runs, one waits. */
const PREFETCH = 2;
/** At most so many per statement. */
const BATCH = 200;
/** After a look that was cut short, because the queue was full or another server had the turn. */
const SOON_MS = 50;

type Look = 'found all' | 'there may be more';

interface TopicState {
  readonly queue: Queue<{ task: LockedExternalTaskDto }>;
  looking: Promise<void> | null;
  again: boolean;
  timer: NodeJS.Timeout | null;
}

/**
 * Fills the queues of the topics that have live workers: one more client that fetches and locks, on behalf of whichever
 * worker takes the task from the queue. What is locked ahead is bounded by what the workers can run.
 */
export class TaskPusher {
  private readonly topics = new Map<string, TopicState>();
  private capacities: ReadonlyMap<string, TopicCapacity> = new Map();
  private readonly stopping = new AbortController();
  /** False until the answers that wait in Redis were taken: their tasks may look free when a server was down for long. */
  isOpen = false;

  constructor(
    private readonly link: RedisLink,
    private readonly prefix: string,
    private readonly tasks: ExternalTaskService,
    private readonly locks: TaskLocks,
  ) {}

  /** Tells who is there now, and looks for tasks of all their topics. */
  async update(capacities: ReadonlyMap<string, TopicCapacity>): Promise<void> {
    const gone = [...this.capacities.keys()].filter((topic) => !capacities.has(topic));
    const isNew = [...capacities.keys()].filter((topic) => !this.capacities.has(topic));
    this.capacities = capacities;
    if (isNew.length > 0) await this.link.commands.sadd(bridgeKeys.topics(this.prefix), isNew);
    for (const topic of capacities.keys()) this.look(topic);
    for (const topic of gone) await this.takeBack(topic);
  }

  /** There may be tasks. Looks that come together are one. */
  look(topic: string): void {
    // With a timer set there was no room for more a moment ago.
    if (!this.topics.get(topic)?.timer) this.lookNow(topic);
  }

  /** A worker is done with a task, so that there is room for another one. */
  lookNow(topic: string): void {
    if (this.stopping.signal.aborted || !this.isOpen || !this.capacities.has(topic)) return;
    const state = this.stateOf(topic);
    state.again = true;
    state.looking ??= this.lookUntilFound(topic, state).finally(() => {
      state.looking = null;
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const { timer } of this.topics.values()) if (timer) clearTimeout(timer);
    await Promise.all([...this.topics.values()].map(({ looking }) => looking));
    await Promise.all([...this.topics.values()].map(({ queue }) => queue.close()));
  }

  private async lookUntilFound(topic: string, state: TopicState): Promise<void> {
    const key = bridgeKeys.pushing(this.prefix, topic);
    try {
      while (state.again && this.link.isReady && !this.stopping.signal.aborted) {
        if (state.timer) clearTimeout(state.timer);
        state.timer = null;
        state.again = false;
        const found = await inTurn(this.link, key, () => this.push(topic, state.queue));
        if (found !== 'found all') this.lookSoon(topic, state);
      }
    } catch (error) {
      this.link.report(error);
    }
  }

  private lookSoon(topic: string, state: TopicState): void {
    if (this.stopping.signal.aborted) return;
    state.timer = setTimeout(() => {
      state.timer = null;
      this.lookNow(topic);
    }, SOON_MS);
  }

  private async push(topicName: string, queue: TopicState['queue']): Promise<Look> {
    const capacity = this.capacities.get(topicName);
    if (!capacity) return 'found all';
    const { concurrency, lockDurationMs } = capacity;
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
    );
    if (tasks.length === 0) return 'found all';
    if (!this.link.isReady) {
      await this.locks.giveBack(tasks);
      return 'there may be more';
    }
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

  /** Nobody is there any more to take what waits in the queue: others needn't wait for the end of its locks. */
  private async takeBack(topic: string): Promise<void> {
    const { queue } = this.stateOf(topic);
    await inTurn(this.link, bridgeKeys.pushing(this.prefix, topic), async () => {
      const jobs = await queue.getWaiting();
      const removed: LockedExternalTaskDto[] = [];
      for (const job of jobs) if ((await queue.remove(job.id ?? '')) === 1) removed.push(job.data.task);
      await this.locks.giveBack(removed);
    });
  }

  private stateOf(topic: string): TopicState {
    let state = this.topics.get(topic);
    if (!state) {
      const queue: TopicState['queue'] = new Queue(topicQueue(topic), {
        connection: this.link.commands,
        prefix: this.prefix,
      });
      queue.on('error', (error) => this.link.report(error));
      state = { queue, looking: null, again: false, timer: null };
      this.topics.set(topic, state);
    }
    return state;
  }
}
