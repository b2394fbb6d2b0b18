import { workerKey, workersKey } from './names.js';
import type { RedisLink } from './redis-link.js';

/** Who is at work: what the server knows of a worker. */
export interface Announcement {
  readonly workerId: string;
  readonly version: string | null;
  readonly build: string | null;
  readonly transport: 'bullmq';
  /** It listens to the queues of its version as well, where pinned tasks come. */
  readonly takesPinned: boolean;
  readonly topics: readonly AnnouncedTopic[];
  /** ISO 8601, by the worker's clock. */
  readonly startedAt: string;
  readonly seenAt: string;
}

export interface AnnouncedTopic {
  readonly name: string;
  /** How many of its tasks the worker runs at once. */
  readonly concurrency: number;
  /** How long the worker wants tasks to be locked, in milliseconds; it extends the locks of those that it runs. */
  readonly lockDurationMs: number;
}

const INTERVAL_MS = 5_000;
/** Three heartbeats may get lost. */
const TIME_TO_LIVE_MS = 17_000;

/** Announces a worker every few seconds. */
export class Heartbeat {
  private readonly timer: NodeJS.Timeout;
  private readonly onReady = () => this.beat();
  private ended = false;

  constructor(
    private readonly link: RedisLink,
    private readonly prefix: string,
    private readonly workerId: string,
    private readonly announcement: () => Omit<Announcement, 'seenAt'>,
  ) {
    this.timer = setInterval(() => this.beat(), INTERVAL_MS);
    link.commands.on('ready', this.onReady);
    this.beat();
  }

  /** At once: something has changed. */
  beat(): void {
    if (this.ended || this.link.commands.status !== 'ready') return;
    const message: Announcement = { ...this.announcement(), seenAt: new Date().toISOString() };
    const key = workerKey(this.prefix, this.workerId);
    this.link.commands
      .multi()
      .set(key, JSON.stringify(message), 'PX', TIME_TO_LIVE_MS)
      .sadd(workersKey(this.prefix), this.workerId)
      .exec()
      .catch((error) => this.link.report(error));
  }

  /** Says that the worker is gone, so that nothing more is sent to it. */
  async end(): Promise<void> {
    this.ended = true;
    clearInterval(this.timer);
    this.link.commands.off('ready', this.onReady);
    if (this.link.commands.status !== 'ready') return;
    await this.link.commands
      .multi()
      .del(workerKey(this.prefix, this.workerId))
      .srem(workersKey(this.prefix), this.workerId)
      .exec()
      .catch((error) => this.link.report(error));
  }
}
