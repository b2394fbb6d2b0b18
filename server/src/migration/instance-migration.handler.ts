import {
  type Command,
  type DryRun,
  dryRun,
  MigratingInstanceError,
  MigrationPlanError,
  NotFoundError,
} from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { BatchContext, BatchHandler } from '../batch/batch-handler.js';
import { Database } from '../persistence/database.js';
import { loadInstance } from '../persistence/instance-store.js';
import { LruMap } from '../persistence/lru-map.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { MigrationSettings } from './migration-settings.js';

const BATCHES = 20;

type InstanceMigration = Extract<Command, { kind: 'migrate' }> & {
  /** Skips, with the reasons, instances for which the dry run isn't clean. */
  readonly onlyClean?: boolean;
};

/** Migrates one instance of a batch. All instances share the plan, so that it's compiled once. */
@Injectable()
export class InstanceMigrationHandler implements BatchHandler<InstanceMigration> {
  readonly type = 'instance-migration';

  /** By batch: the same object for all its instances, because a plan is compiled once for each object. */
  private readonly commands = new LruMap<string, InstanceMigration>(BATCHES);

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: MigrationSettings,
  ) {}

  async run(instanceId: string, command: InstanceMigration, { batchId, options }: BatchContext) {
    const shared = this.commands.get(batchId) ?? command;
    this.commands.set(batchId, shared);
    if (shared.onlyClean) {
      const state = await loadInstance(this.database, instanceId);
      if (!state) return { skipped: 'It has ended' };
      const { verdict, findings } = await this.unitOfWork.tryOut((env) => dryRun(state, shared, env), options.userId);
      if (verdict !== 'clean') return { skipped: findings.map(described).join('; ') };
    }
    await this.unitOfWork.run(instanceId, shared, {
      ...options,
      ...(this.settings.snapshotDays > 0 && { snapshot: { migrationId: batchId, batchId } }),
    });
    return undefined;
  }

  /** The plan doesn't fit it, or it isn't there any more. */
  isFinal(error: Error): boolean {
    return [MigratingInstanceError, MigrationPlanError, NotFoundError].some((refusal) => error instanceof refusal);
  }
}

function described({ elementId, message }: DryRun['findings'][number]): string {
  return elementId === null ? message : `'${elementId}': ${message}`;
}
