import { Redis } from 'ioredis';
import type { QuietLog } from '../logging.js';
import type { HintChannel } from './hint-channel.js';

/** For one message. */
const SEND_MS = 5_000;

/** Redis publish/subscribe. */
export class RedisHints implements HintChannel {
  readonly maxBytes = 256 * 1024;
  private readonly publisher: Redis;
  private readonly subscriber: Redis;

  constructor(
    url: string,
    private readonly channel: string,
    log: QuietLog,
  ) {
    const options = { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy };
    this.publisher = new Redis(url, { ...options, commandTimeout: SEND_MS });
    // Subscribes again by itself whenever it's connected again.
    this.subscriber = new Redis(url, { ...options, maxRetriesPerRequest: null, enableOfflineQueue: true });
    for (const redis of [this.publisher, this.subscriber])
      redis.on('error', (error) => log.warn("the other servers' hints do not arrive while Redis is away", error));
  }

  start(onMessage: (message: string) => void): void {
    this.subscriber.on('message', (_channel, message: string) => onMessage(message));
    // Whatever goes wrong is told to `error` above and tried again.
    this.publisher.connect().catch(() => undefined);
    this.subscriber.subscribe(this.channel).catch(() => undefined);
  }

  async send(message: string): Promise<void> {
    await this.publisher.publish(this.channel, message);
  }

  stop(): Promise<void> {
    this.publisher.disconnect();
    this.subscriber.disconnect();
    return Promise.resolve();
  }
}

function retryStrategy(times: number): number {
  return Math.min(times * 200, 2_000);
}
