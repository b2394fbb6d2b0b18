import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CommitEvents } from '../persistence/commit-events.js';
import { Database } from '../persistence/database.js';
import { WorkerVersionPins } from '../worker/worker-version-pins.js';
import {
  type LockedTask,
  type FetchRequest as LockRequest,
  lockExternalTasks,
  releaseLocks,
  WORKABLE,
} from './lock-external-tasks.js';
import { type TaskVariables, taskVariables } from './task-variables.js';

/** What one client asks for, and the version of the worker where the request tells it. */
export interface FetchRequest extends Omit<LockRequest, 'allowedRanges'> {
  readonly workerVersion: string | null;
}

export interface FetchedTask {
  readonly task: LockedTask;
  readonly variables: TaskVariables;
}

/** How often the waiting topics are looked at without a hint: those of other servers' commits may get lost. */
const LOOK_INTERVAL_MS = 1000;
/** After somebody looked in vain, how long until the next lock's end is looked up; it bounds the looks under load. */
const LOOK_SOON_MS = 50;

interface Waiter {
  readonly request: FetchRequest;
  readonly topics: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** Its own first look is still under way. */
  looking: boolean;
  /** Something was committed meanwhile, which that look may have missed. */
  missed: boolean;
  /** Tasks may be left that are for workers of other versions. */
  isRestricted: boolean;
  finish(tasks: readonly FetchedTask[]): void;
  fail(error: unknown): void;
}

/**
 * Hands out external tasks to clients, at once or as soon as there are some.
 *
 * Who waits is served in the order of arrival. A look for tasks is only made for a client that is still there; should
 * it leave during the look, its locks are given back before anybody was told of them.
 */
@Injectable()
export class FetchQueue implements OnModuleDestroy {
  /** In the order of arrival. */
  private readonly waiters = new Set<Waiter>();
  /** Topics in which something happened that no waiter has looked at yet. */
  private news = new Set<string>();
  /** The part of it that is being looked at. */
  private serving: Set<string> | null = null;
  private timer: { readonly at: number; readonly handle: NodeJS.Timeout } | null = null;
  private closed = false;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly database: Database,
    private readonly events: CommitEvents,
    private readonly pins: WorkerVersionPins,
  ) {
    this.unsubscribe = events.on('externalTasks', (topics) => {
      this.hear(topics);
      if (this.waiters.size > 0) this.lookWithin(LOOK_SOON_MS); // it may have been a delay or a lock that began
    });
  }

  /** The topics that clients of this server wait for at present. */
  awaitedTopics(): ReadonlySet<string> {
    return new Set([...this.waiters].flatMap(({ topics }) => [...topics]));
  }

  /** Waiting clients get an empty answer at once. */
  onModuleDestroy(): void {
    this.closed = true;
    this.unsubscribe();
    if (this.timer) clearTimeout(this.timer.handle);
    for (const waiter of [...this.waiters]) waiter.finish([]);
  }

  /**
   * @param waitMs how long to wait for a first task; 0 answers at once
   * @param signal aborted when the client has gone
   */
  fetch(request: FetchRequest, waitMs: number, signal: AbortSignal): Promise<readonly FetchedTask[]> {
    if (waitMs <= 0 || this.closed) return this.lock(request, signal);
    return new Promise((resolve, reject) => {
      const waiter = this.enter(request, signal, waitMs, resolve, reject);
      // While others are being served with news of these topics, this client is behind them and will be asked too.
      if (this.serving && overlaps(waiter.topics, this.serving)) {
        waiter.looking = false;
        for (const topic of waiter.topics) this.news.add(topic);
      } else void this.look(waiter);
    });
  }

  private enter(
    request: FetchRequest,
    signal: AbortSignal,
    waitMs: number,
    resolve: (tasks: readonly FetchedTask[]) => void,
    reject: (error: unknown) => void,
  ): Waiter {
    const leave = () => waiter.finish([]);
    const timeout = setTimeout(leave, waitMs);
    const end = () => {
      clearTimeout(timeout);
      signal.removeEventListener('abort', leave);
      this.waiters.delete(waiter);
    };
    const waiter: Waiter = {
      request,
      topics: new Set(request.topics.map(({ topicName }) => topicName)),
      signal,
      looking: true,
      missed: false,
      isRestricted: false,
      finish: (tasks) => {
        end();
        resolve(tasks);
      },
      fail: (error) => {
        end();
        reject(error);
      },
    };
    this.waiters.add(waiter);
    signal.addEventListener('abort', leave);
    return waiter;
  }

  private async look(waiter: Waiter): Promise<void> {
    const tasks = await this.lockFor(waiter);
    waiter.looking = false;
    if (tasks.length > 0 || !this.waiters.has(waiter)) return;
    if (waiter.missed) this.hear(waiter.topics);
    this.lookWithin(LOOK_SOON_MS);
  }

  private hear(topics: ReadonlySet<string>): void {
    let wanted = false;
    for (const waiter of this.waiters) {
      if (!overlaps(waiter.topics, topics)) continue;
      if (waiter.looking) waiter.missed = true;
      else wanted = true;
    }
    if (!wanted) return;
    for (const topic of topics) this.news.add(topic);
    if (!this.serving) void this.serve();
  }

  /** Asks the waiting clients one after the other, until nothing new is left. */
  private async serve(): Promise<void> {
    while (this.news.size > 0 && this.waiters.size > 0) {
      this.serving = this.news;
      this.news = new Set();
      for (const waiter of [...this.waiters]) {
        if (waiter.looking || !this.waiters.has(waiter) || !overlaps(waiter.topics, this.serving)) continue;
        const tasks = await this.lockFor(waiter);
        if (tasks.length < waiter.request.maxTasks && !waiter.isRestricted) forget(this.serving, waiter.request);
        if (this.serving.size === 0) break;
      }
    }
    this.news.clear();
    this.serving = null;
    this.lookWithin(LOOK_INTERVAL_MS);
  }

  private async lockFor(waiter: Waiter): Promise<readonly FetchedTask[]> {
    try {
      const tasks = await this.lock(waiter.request, waiter.signal, waiter);
      if (tasks.length > 0) waiter.finish(tasks);
      return tasks;
    } catch (error) {
      waiter.fail(error);
      return [];
    }
  }

  /** Nothing stays locked for a client that has gone, or that was answered meanwhile. */
  private async lock(request: FetchRequest, signal: AbortSignal, waiter?: Waiter): Promise<FetchedTask[]> {
    if (signal.aborted) return [];
    const { ranges, isRestricted } = await this.pins.allowedFor(
      request.workerId,
      request.workerVersion,
      request.topics.map(({ topicName }) => topicName),
    );
    if (waiter) waiter.isRestricted = isRestricted;
    const tasks = await lockExternalTasks(this.database, { ...request, allowedRanges: ranges }, new Date());
    if (tasks.length === 0) return [];
    this.lookWithin(Math.min(...request.topics.map(({ lockDurationMs }) => lockDurationMs)));
    const variables = await taskVariables(this.database, request, tasks);
    if (!signal.aborted && (!waiter || this.waiters.has(waiter)))
      return tasks.map((task, i) => ({ task, variables: variables[i] ?? {} }));
    await releaseLocks(this.database, tasks);
    this.events.emitExternalTasks(new Set(tasks.map(({ topicName }) => topicName)));
    return [];
  }

  private lookWithin(ms: number): void {
    const at = Date.now() + ms;
    if (this.closed || this.waiters.size === 0 || (this.timer && this.timer.at <= at)) return;
    if (this.timer) clearTimeout(this.timer.handle);
    this.timer = { at, handle: setTimeout(() => void this.lookAround(), ms).unref() };
  }

  /** Finds topics with free tasks, and when the next lock or retry delay ends. */
  private async lookAround(): Promise<void> {
    this.timer = null;
    const topics = new Set([...this.waiters].flatMap((waiter) => [...waiter.topics]));
    const now = new Date();
    const found = await this.database
      .query<{ topicName: string; free: boolean; next: Date | null }>(
        `SELECT t.topic_name AS "topicName",
           bool_or(t.lock_expires_at IS NULL OR t.lock_expires_at <= $2) AS free,
           min(t.lock_expires_at) FILTER (WHERE t.lock_expires_at > $2) AS next
         FROM external_task t WHERE t.topic_name = ANY($1) AND ${WORKABLE} GROUP BY t.topic_name`,
        [[...topics], now],
      )
      .catch(() => []); // the next look will tell; clients that fetch themselves see the error
    const ends = found.flatMap(({ next }) => (next ? [next.getTime() - now.getTime()] : []));
    this.lookWithin(Math.max(1, Math.min(LOOK_INTERVAL_MS, ...ends)));
    this.hear(new Set(found.filter(({ free }) => free).map(({ topicName }) => topicName)));
  }
}

/** Topics that the client would have got more tasks of, had there been any. */
function forget(topics: Set<string>, { topics: asked }: FetchRequest): void {
  for (const { topicName, filter } of asked) if (Object.keys(filter).length === 0) topics.delete(topicName);
}

function overlaps(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const topic of a) if (b.has(topic)) return true;
  return false;
}
