import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CommitEvents } from '../persistence/commit-events.js';
import { ServerSettings } from '../settings.js';
import { Canaries } from './canaries.service.js';

const EVERY_MS = 10_000;

/**
 * Ends canaries by themselves: at once when this server commits an incident of one, and every ten seconds where jobs run,
 * which finds what a server has not lived to notice, and those that are to be promoted.
 */
@Injectable()
export class CanaryWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private unsubscribe: () => void = () => {};
  private running: Promise<void> | null = null;
  /** Definitions with new incidents; null when all are to be looked at. Those that come meanwhile are looked at together. */
  private waiting: Set<string> | null = new Set();

  constructor(
    private readonly canaries: Canaries,
    private readonly events: CommitEvents,
    private readonly settings: ServerSettings,
  ) {}

  onApplicationBootstrap(): void {
    this.unsubscribe = this.events.on('incidents', (definitionIds) => {
      for (const id of definitionIds) this.waiting?.add(id);
      this.run();
    });
    if (!this.settings.config.jobExecutor) return;
    this.timer = setInterval(() => {
      this.waiting = null;
      this.run();
    }, EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.unsubscribe();
    await this.running;
  }

  private run(): void {
    this.running ??= this.check().finally(() => {
      this.running = null;
    });
  }

  private async check(): Promise<void> {
    while (this.waiting === null || this.waiting.size > 0) {
      const ids = this.waiting;
      this.waiting = new Set();
      try {
        for (const { processDefinitionId, outcome, reason } of await this.canaries.check(ids ?? undefined))
          this.settings.logger.warn({ definitionId: processDefinitionId, reason }, `canary ${outcome}`);
      } catch (error) {
        this.settings.logger.error({ err: error }, 'canaries could not be checked');
      }
    }
  }
}
