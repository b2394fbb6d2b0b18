import { bridgeKeys } from './names.js';
import type { RedisLink } from './redis-link.js';

const INTERVAL_MS = 5_000;
const FORGET_MS = 24 * 3_600_000;

/** Tells workers which installation runs here, so that they need only the prefix that people configure. */
export class InstallationBeacon {
  private readonly timer: NodeJS.Timeout;
  private readonly key: string;
  private readonly installationId: string;

  /** @param prefix `millrace:{installation id}` */
  constructor(
    private readonly link: RedisLink,
    prefix: string,
  ) {
    this.key = bridgeKeys.installations(prefix.slice(0, prefix.indexOf(':{')));
    this.installationId = prefix.slice(prefix.indexOf('{') + 1, -1);
    this.timer = setInterval(() => void this.announce(), INTERVAL_MS);
    link.commands.on('ready', () => void this.announce());
    void this.announce();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async announce(): Promise<void> {
    if (!this.link.isReady) return;
    try {
      const [seconds] = await this.link.commands.time();
      const now = Number(seconds) * 1000;
      await this.link.commands
        .multi()
        .zadd(this.key, now, this.installationId)
        .zremrangebyscore(this.key, '-inf', now - FORGET_MS)
        .exec();
    } catch (error) {
      this.link.report(error);
    }
  }
}
