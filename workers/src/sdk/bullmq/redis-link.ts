import { Redis } from 'ioredis';
import { ConnectionError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { WorkerEvent } from '../task.js';

/** A command that Redis has not answered by then counts as lost. */
const COMMAND_TIMEOUT_MS = 5_000;
const LONGEST_PAUSE_MS = 2_000;

/** A worker's connections to Redis. They come back by themselves; an outage is told once, and so is its end. */
export class RedisLink {
  /** For commands that are answered at once. They fail while Redis is away instead of waiting for it. */
  readonly commands: Redis;
  private readonly all: Redis[] = [];
  private isAway = false;

  /** @throws TypeError when the address isn't one of Redis */
  constructor(
    private readonly url: string,
    private readonly logger: Logger,
    private readonly emit: (event: WorkerEvent) => void,
  ) {
    if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
      // The value isn't repeated: it may hold a password.
      throw new TypeError("Expected 'redisUrl' to begin with redis:// or rediss://");
    }
    this.commands = this.open({
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      commandTimeout: COMMAND_TIMEOUT_MS,
    });
    this.commands.on('error', (error) => this.report(error));
    this.commands.on('ready', () => this.recovered());
  }

  /** A connection that waits: for jobs, for messages, and for Redis to come back. */
  openWaiting(): Redis {
    const redis = this.open({ maxRetriesPerRequest: null });
    redis.on('error', (error) => this.report(error));
    return redis;
  }

  /** Begins to connect; until then a worker that was only created holds no socket. */
  connect(): void {
    void this.commands.connect().catch(() => undefined); // reported by its event, and tried again
  }

  /** @throws ConnectionError while Redis is away */
  requireReady(what: string): void {
    if (this.commands.status !== 'ready') throw new ConnectionError(what, 'Redis is away');
  }

  /** What went wrong with a connection; BullMQ's parts tell it as well, so that it's said only once. */
  report(error: unknown): void {
    if (this.commands.status === 'ready') {
      this.logger.debug('a command to Redis failed', { reason: String(error) });
      return;
    }
    if (this.isAway) return;
    this.isAway = true;
    this.logger.warn('Redis is away, trying again', { reason: String(error) });
    this.emit({ type: 'disconnected', pauseMs: LONGEST_PAUSE_MS, error });
  }

  close(): void {
    for (const redis of this.all) redis.disconnect();
  }

  private recovered(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.logger.info('Redis answers again');
    this.emit({ type: 'reconnected' });
  }

  private open(options: object): Redis {
    const redis = new Redis(this.url, {
      ...options,
      lazyConnect: true,
      keepAlive: 10_000,
      retryStrategy: (times) => Math.min(100 * times, LONGEST_PAUSE_MS),
    });
    this.all.push(redis);
    return redis;
  }
}
