import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Database } from '../persistence/database.js';
import { MigrationSettings } from './migration-settings.js';

const EVERY_MS = 60 * 60 * 1000;

/** Removes snapshots that nobody can undo any more: too old, or of instances that have ended. Any server may do it. */
@Injectable()
export class SnapshotRetention implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private sweeping: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly settings: MigrationSettings,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      // The next hour comes; what is left until then harms nobody.
      this.sweeping = this.sweep().catch(() => undefined);
    }, EVERY_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.sweeping;
  }

  async sweep(): Promise<void> {
    await this.database.query(
      `DELETE FROM migration_snapshot s WHERE s.created_at < now() - make_interval(days => $1)
         OR NOT EXISTS (SELECT 1 FROM process_instance p WHERE p.id = s.process_instance_id)`,
      [this.settings.snapshotDays],
    );
  }
}
