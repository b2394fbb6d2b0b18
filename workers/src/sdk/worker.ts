import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type BackoffOptions, backoffOptions, LONGEST_TIMER_MS } from './backoff.js';
import { BullmqTransport } from './bullmq/bullmq-transport.js';
import { type Auth, EngineClient, type LockedTaskDto } from './engine-client.js';
import { WorkerStoppedError } from './errors.js';
import { type Logger, stderrLogger } from './logger.js';
import { RestTransport } from './rest-transport.js';
import { exponentialRetries, type RetryPolicy } from './retry-policy.js';
import type { Handler, SubscriptionOptions, WorkerEvent } from './task.js';
import { TaskRun } from './task-run.js';
import type { SubscribedTopic, Transport, TransportOptions } from './transport.js';

interface CommonOptions {
  /** Holds the locks; two running workers must not share it. Default: host, process id and a random part. */
  readonly workerId?: string;
  /** Announced to the server: in a heartbeat, and over REST as `X-Worker-Version` and `X-Worker-Build` with every request. */
  readonly version?: string;
  readonly build?: string;
  /** How many handlers run at once, over all topics. Default 10. */
  readonly maxTasks?: number;
  /** Default 30,000. It is extended while a handler runs: it only says how long a dead worker's tasks wait. */
  readonly lockDurationMs?: number;
  /** After this time without an answer a request counts as lost. Default 15,000. */
  readonly requestTimeoutMs?: number;
  /** The pauses while the server is away or refuses us. */
  readonly backoff?: Partial<BackoffOptions>;
  readonly auth?: Auth;
  readonly logger?: Logger;
  readonly onEvent?: (event: WorkerEvent) => void;
  readonly fetch?: typeof globalThis.fetch;
  /** False: nothing is fetched before `start()`, instead of from the first subscription on. */
  readonly autoStart?: boolean;
}

export interface RestWorkerOptions extends CommonOptions {
  readonly transport?: 'rest';
  /** The root of engine-rest, e.g. `http://127.0.0.1:8080/engine-rest`. */
  readonly url: string;
  /** How long the server may hold a poll open when there is nothing to do. Default 30,000; at most 280,000. */
  readonly asyncResponseTimeoutMs?: number;
  /** Fetch tasks of higher priority first. Default true. */
  readonly usePriority?: boolean;
}

/** Tasks and results go through queues in Redis. Only with Millrace, when its REDIS_URL is set. */
export interface BullmqWorkerOptions extends CommonOptions {
  readonly transport: 'bullmq';
  /** The server's REDIS_URL, e.g. `redis://127.0.0.1:6379/0`. */
  readonly redisUrl: string;
  /**
   * The server's MILLRACE_REDIS_PREFIX. Default `millrace`. When several installations share it, name one:
   * `millrace:{installation id}`.
   */
  readonly prefix?: string;
  /** The root of engine-rest. Only File variables are read over it. */
  readonly url?: string;
}

export type WorkerOptions = RestWorkerOptions | BullmqWorkerOptions;

export interface StopOptions {
  /** How long running handlers may take and results may be delivered. Default 30,000; `Infinity` waits for all. */
  readonly deadlineMs?: number;
}

export interface Subscription {
  readonly topic: string;
  /** Fetches nothing for the topic any more. Resolves when its running handlers have ended and were reported. */
  unsubscribe(): Promise<void>;
}

/** Node's fetch gives up on an answer after 300 s; a poll has to end before. */
const MAX_ASYNC_RESPONSE_TIMEOUT_MS = 280_000;

/** @throws TypeError, RangeError for settings that can't be meant */
export function createWorker(options: WorkerOptions): Worker {
  return new Worker(options);
}

/** Takes tasks of its topics over its transport and runs their handlers. Made by `createWorker`. */
export class Worker {
  readonly workerId: string;
  private readonly logger: Logger;
  private readonly backoff: BackoffOptions;
  private readonly lockDurationMs: number;
  private readonly maxTasks: number;
  private readonly topics = new Set<Topic>();
  private readonly transport: Transport;
  private isStarted = false;
  private stopped: Promise<void> | undefined;

  constructor(private readonly options: WorkerOptions) {
    const { maxTasks = 10, lockDurationMs = 30_000, requestTimeoutMs = 15_000 } = options;
    requireWhole('maxTasks', maxTasks, 1);
    requireWhole('lockDurationMs', lockDurationMs, 1);
    requireWhole('requestTimeoutMs', requestTimeoutMs, 1);
    this.workerId = options.workerId ?? `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
    if (this.workerId === '') throw new TypeError("Expected a 'workerId', but it is empty");
    this.maxTasks = maxTasks;
    this.lockDurationMs = lockDurationMs;
    this.logger = options.logger ?? stderrLogger;
    this.backoff = backoffOptions(options.backoff);
    this.transport = this.createTransport(requestTimeoutMs, {
      logger: this.logger,
      emit: (event) => this.emit(event),
      backoff: this.backoff,
      maxTasks,
      onTask: (topicName, task) => this.runTask(topicName, task),
    });
  }

  private createTransport(requestTimeoutMs: number, common: TransportOptions): Transport {
    const { options, workerId } = this;
    const { version, build, auth, fetch } = options;
    const clientOf = (url: string) =>
      new EngineClient({ url, workerId, version, build, auth, fetch, requestTimeoutMs });
    if (options.transport === 'bullmq') {
      const { redisUrl, prefix = 'millrace', url } = options;
      const files = url === undefined ? undefined : clientOf(url);
      const identity = { workerId, version, build };
      return new BullmqTransport(this.topics, { ...common, redisUrl, prefix, identity, requestTimeoutMs, files });
    }
    const { url, asyncResponseTimeoutMs = 30_000, usePriority = true } = options;
    requireWhole('asyncResponseTimeoutMs', asyncResponseTimeoutMs, 0, MAX_ASYNC_RESPONSE_TIMEOUT_MS);
    return new RestTransport(this.topics, { ...common, client: clientOf(url), asyncResponseTimeoutMs, usePriority });
  }

  /** Begins to fetch. Implied by the first subscription unless `autoStart` is false. */
  start(): void {
    if (this.stopped) throw new Error(`Worker '${this.workerId}' was stopped; create a new one`);
    this.isStarted = true;
    this.transport.pump();
  }

  /**
   * Fetches tasks of a topic and hands each to the handler.
   * @throws Error when the worker has the topic already or was stopped; TypeError, RangeError for wrong options
   */
  subscribe<In extends object = Record<string, unknown>, Out extends object = Record<string, unknown>>(
    topicName: string,
    handler: Handler<In, Out>,
    options: SubscriptionOptions = {},
  ): Subscription {
    if (this.stopped) throw new Error(`Worker '${this.workerId}' was stopped; create a new one`);
    if (topicName === '') throw new TypeError('Expected a topic, but it is empty');
    if (this.activeTopic(topicName)) {
      throw new Error(`Worker '${this.workerId}' is subscribed to topic '${topicName}' already`);
    }
    // The variables' types are the caller's statement about the process; inside they are plain objects.
    const topic = new Topic(topicName, handler as unknown as Handler, options, this.maxTasks, this.lockDurationMs);
    if (this.options.transport === 'bullmq') requireNoFilters(options);
    this.topics.add(topic);
    if (this.isStarted) this.transport.topicAdded();
    else if (this.options.autoStart !== false) this.start();
    return {
      topic: topicName,
      unsubscribe: async () => {
        topic.isActive = false;
        this.transport.topicRemoved(topic);
        await topic.idle();
        this.topics.delete(topic);
      },
    };
  }

  /**
   * Ends the worker in order: no task is fetched any more, running handlers end and are reported. After the deadline
   * their signals are aborted and their tasks wait for the end of their locks. Always resolves; may be called again.
   */
  stop({ deadlineMs = 30_000 }: StopOptions = {}): Promise<void> {
    this.stopped ??= this.finish(deadlineMs);
    return this.stopped;
  }

  private async finish(deadlineMs: number): Promise<void> {
    const topics = [...this.topics];
    const ended = Promise.all([this.transport.end(), ...topics.map((topic) => topic.idle())]);
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      if (deadlineMs <= LONGEST_TIMER_MS) timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([ended, deadline]);
    clearTimeout(timer);
    // After an orderly end nothing runs any more, and this does nothing.
    for (const topic of topics) topic.abort(new WorkerStoppedError(this.workerId));
    await this.transport.close();
  }

  private runTask(topicName: string, dto: LockedTaskDto): Promise<void> {
    const topic = this.activeTopic(topicName);
    if (!topic) return Promise.resolve();
    const run = new TaskRun(dto, {
      reports: this.transport.reports,
      logger: this.logger,
      emit: (event) => this.emit(event),
      backoff: this.backoff,
      handler: topic.handler,
      retryPolicy: topic.retryPolicy,
      lockDurationMs: topic.lockDurationMs,
    });
    return topic.track(run, () => this.transport.pump());
  }

  private activeTopic(topicName: string): Topic | undefined {
    return [...this.topics].find((topic) => topic.isActive && topic.topicName === topicName);
  }

  private emit(event: WorkerEvent): void {
    try {
      this.options.onEvent?.(event);
    } catch (error) {
      this.logger.error('an event listener failed', { event: event.type, reason: String(error) });
    }
  }
}

/** A subscription from the inside: what is asked for, and what runs. */
class Topic implements SubscribedTopic {
  isActive = true;
  readonly maxTasks: number;
  readonly lockDurationMs: number;
  readonly retryPolicy: RetryPolicy;
  readonly variables: readonly string[] | undefined;
  readonly request: Readonly<Record<string, unknown>>;
  private readonly runs = new Map<TaskRun, Promise<void>>();

  constructor(
    readonly topicName: string,
    readonly handler: Handler,
    { maxTasks, lockDurationMs, retry, ...filters }: SubscriptionOptions,
    workerMaxTasks: number,
    workerLockDurationMs: number,
  ) {
    this.maxTasks = maxTasks ?? workerMaxTasks;
    this.lockDurationMs = lockDurationMs ?? workerLockDurationMs;
    requireWhole('maxTasks', this.maxTasks, 1);
    requireWhole('lockDurationMs', this.lockDurationMs, 1);
    this.retryPolicy = typeof retry === 'function' ? retry : exponentialRetries(retry);
    this.variables = filters.variables;
    this.request = { topicName, lockDuration: this.lockDurationMs, ...filters };
  }

  get running(): number {
    return this.runs.size;
  }

  track(run: TaskRun, onEnd: () => void): Promise<void> {
    const ended = run.run().then(() => {
      this.runs.delete(run);
      onEnd();
    });
    this.runs.set(run, ended);
    return ended;
  }

  abort(reason: Error): void {
    for (const run of this.runs.keys()) run.abort(reason);
  }

  async idle(): Promise<void> {
    while (this.runs.size > 0) await Promise.all(this.runs.values());
  }
}

/** The server fetches for all workers of the queue alike, so that none of them can choose. */
function requireNoFilters({ maxTasks, lockDurationMs, retry, variables, ...filters }: SubscriptionOptions): void {
  const name = Object.entries(filters).find(
    ([key, value]) => value !== undefined && key !== 'includeExtensionProperties',
  )?.[0];
  if (name === undefined) return;
  throw new TypeError(`The option '${name}' of a subscription needs the transport 'rest'`);
}

function requireWhole(name: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  throw new RangeError(`Expected '${name}' to be a whole number ${range}, but it is ${value}`);
}
