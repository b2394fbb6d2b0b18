import type { EngineClient } from './engine-client.js';
import { EngineRestError } from './errors.js';
import type { Logger } from './logger.js';
import type { SubscribedTopic } from './transport.js';

const INTERVAL_MS = 10_000;
/** A server that knows nothing of workers (Camunda 7, an older Millrace) is asked again after this. */
const UNKNOWN_PAUSE_MS = 300_000;

/**
 * Tells Millrace which worker is there: its version and topics. Work never depends on it; what fails is tried again with
 * the next heartbeat.
 */
export class RestHeartbeat {
  private readonly startedAt = new Date().toISOString();
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private hasChanged = false;
  private isKnown = false;
  private isStarted = false;
  private isEnded = false;

  constructor(
    private readonly client: EngineClient,
    private readonly topics: ReadonlySet<SubscribedTopic>,
    private readonly logger: Logger,
  ) {}

  /** Once the worker fetches; further calls do nothing. */
  start(): void {
    if (this.isStarted || !this.client.canAnnounce) return;
    this.isStarted = true;
    this.changed();
  }

  /** Topics have come or gone: told soon, so that topics added together are told together. */
  changed(): void {
    if (!this.isStarted || this.isEnded) return;
    this.hasChanged = true;
    if (this.beating) return;
    clearTimeout(this.timer);
    this.beating = Promise.resolve().then(() => this.beat());
  }

  /** Says that the worker is gone. Never rejects. */
  async end(): Promise<void> {
    this.isEnded = true;
    clearTimeout(this.timer);
    await this.beating;
    if (this.isKnown) await this.client.dismiss().catch((error) => this.report(error));
  }

  private async beat(): Promise<void> {
    let pauseMs = INTERVAL_MS;
    while (this.hasChanged && !this.isEnded) {
      this.hasChanged = false;
      pauseMs = await this.announce();
    }
    this.beating = undefined;
    if (this.isEnded) return;
    this.timer = setTimeout(() => this.changed(), pauseMs);
    this.timer.unref?.();
  }

  /** @returns the pause until the next one, in milliseconds */
  private async announce(): Promise<number> {
    const topics = [...this.topics]
      .filter(({ isActive }) => isActive)
      .map(({ topicName, maxTasks, lockDurationMs }) => ({ name: topicName, concurrency: maxTasks, lockDurationMs }));
    try {
      await this.client.announce({ topics, startedAt: this.startedAt });
      this.isKnown = true;
      return INTERVAL_MS;
    } catch (error) {
      this.report(error);
      return error instanceof EngineRestError && error.status === 404 ? UNKNOWN_PAUSE_MS : INTERVAL_MS;
    }
  }

  private report(error: unknown): void {
    this.logger.debug('the server was not told about this worker', { reason: String(error) });
  }
}
