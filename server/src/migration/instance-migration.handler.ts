import { type Command, MigratingInstanceError, MigrationPlanError, NotFoundError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { BatchContext, BatchHandler } from '../batch/batch-handler.js';
import { LruMap } from '../persistence/lru-map.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { MigrationSettings } from './migration-settings.js';

const BATCHES = 20;

type InstanceMigration = Extract<Command, { kind: 'migrate' }>;

/** Migrates one instance of a batch. All instances share the plan, so that it's compiled once. */
@Injectable()
export class InstanceMigrationHandler implements BatchHandler<InstanceMigration> {
  readonly type = 'instance-migration';

  /** By batch: the same object for all its instances, because a plan is compiled once for each object. */
  private readonly commands = new LruMap<string, InstanceMigration>(BATCHES);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: MigrationSettings,
  ) {}

  async run(instanceId: string, command: InstanceMigration, { batchId, options }: BatchContext): Promise<undefined> {
    const shared = this.commands.get(batchId) ?? command;
    this.commands.set(batchId, shared);
    await this.unitOfWork.run(instanceId, shared, {
      ...options,
      ...(this.settings.snapshotDays > 0 && { snapshot: { migrationId: batchId, batchId } }),
    });
  }

  /** The plan doesn't fit it, or it isn't there any more. */
  isFinal(error: Error): boolean {
    return [MigratingInstanceError, MigrationPlanError, NotFoundError].some((refusal) => error instanceof refusal);
  }
}
