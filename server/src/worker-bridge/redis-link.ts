import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

/** A command that Redis has not answered by then counts as lost. */
const COMMAND_TIMEOUT_MS = 5_000;
const LONGEST_PAUSE_MS = 2_000;

/** The bridge's connections to Redis. They come back by themselves; an outage is logged once, and so is its end. */
export class RedisLink {
  /** For commands that are answered at once. They fail while Redis is away instead of waiting for it. */
  readonly commands: Redis;
  private readonly all: Redis[] = [];
  private isAway = false;

  constructor(
    private readonly url: string,
    private readonly logger: Logger,
  ) {
    this.commands = this.open({
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      commandTimeout: COMMAND_TIMEOUT_MS,
    });
    this.commands.on('ready', () => {
      if (!this.isAway) return;
      this.isAway = false;
      this.logger.info('Redis answers again; BullMQ workers get tasks');
    });
  }

  get isReady(): boolean {
    return this.commands.status === 'ready';
  }

  /** A connection that waits: for jobs, and for Redis to come back. */
  openWaiting(): Redis {
    return this.open({ maxRetriesPerRequest: null });
  }

  /** What went wrong with a connection; each of BullMQ's parts tells it again. */
  report(error: unknown): void {
    if (this.isReady) {
      this.logger.warn({ err: error }, 'a command to Redis failed; what it was about is tried again');
      return;
    }
    if (this.isAway) return;
    this.isAway = true;
    this.logger.warn({ err: error }, 'Redis is away; BullMQ workers get no tasks until it is back');
  }

  close(): void {
    for (const redis of this.all) redis.disconnect();
  }

  private open(options: RedisOptions): Redis {
    const redis = new Redis(this.url, {
      ...options,
      keepAlive: 10_000,
      retryStrategy: (times) => Math.min(100 * times, LONGEST_PAUSE_MS),
    });
    redis.on('error', (error) => this.report(error));
    this.all.push(redis);
    return redis;
  }
}
