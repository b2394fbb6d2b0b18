import { Module } from '@nestjs/common';
import { BatchModule } from '../batch/batch.module.js';
import { BatchHandlers } from '../batch/batch-handler.js';
import { ExternalTaskModule } from '../external-task/external-task.module.js';
import { ProcessInstanceModule } from '../process-instance/process-instance.module.js';
import { DryRunService } from './dry-run.service.js';
import { InstanceMigrationHandler } from './instance-migration.handler.js';
import { MigrationController } from './migration.controller.js';
import { MigrationService } from './migration.service.js';
import { MigrationApiController } from './migration-api.controller.js';
import { MigrationLogQueries } from './migration-log.query.js';
import { MigrationUndoHandler } from './migration-undo.handler.js';
import { PlanFiles } from './plan-files.service.js';
import { SnapshotRetention } from './snapshot-retention.js';
import { TargetVersions } from './target-version.js';
import { UndoService } from './undo.service.js';

@Module({
  imports: [BatchModule, ExternalTaskModule, ProcessInstanceModule],
  controllers: [MigrationController, MigrationApiController],
  providers: [
    TargetVersions,
    DryRunService,
    InstanceMigrationHandler,
    MigrationLogQueries,
    MigrationService,
    MigrationUndoHandler,
    PlanFiles,
    SnapshotRetention,
    UndoService,
  ],
})
export class MigrationModule {
  constructor(handlers: BatchHandlers, migration: InstanceMigrationHandler, undo: MigrationUndoHandler) {
    handlers.add(migration, undo);
  }
}
