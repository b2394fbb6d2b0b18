import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ServerSettings } from '../settings.js';
import { RetentionService } from './retention.service.js';

const EVERY_MS = 60 * 60 * 1000;

/** Archives drained versions every hour, where ARCHIVE_DRAINED_AFTER_DAYS says after how long. Every server may do it. */
@Injectable()
export class RetentionSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly retention: RetentionService,
    private readonly settings: ServerSettings,
  ) {}

  onApplicationBootstrap(): void {
    const { archiveDrainedAfterDays: days, jobExecutor } = this.settings.config;
    if (days === null || !jobExecutor) return;
    const run = () => {
      this.running = this.run(days);
    };
    this.timer = setInterval(run, EVERY_MS).unref();
    run();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.running;
  }

  private async run(days: number): Promise<void> {
    try {
      const archived = await this.retention.archive(days, null);
      for (const { id } of archived) this.settings.logger.info({ definitionId: id }, 'drained version archived');
    } catch (error) {
      this.settings.logger.error({ err: error }, 'drained versions could not be archived');
    }
  }
}
