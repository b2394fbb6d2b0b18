import { Module } from '@nestjs/common';
import { BatchModule } from '../batch/batch.module.js';
import { BatchHandlers } from '../batch/batch-handler.js';
import { ProcessInstanceModule } from '../process-instance/process-instance.module.js';
import { InstanceMigrationHandler } from './instance-migration.handler.js';
import { MigrationController } from './migration.controller.js';
import { MigrationService } from './migration.service.js';

@Module({
  imports: [BatchModule, ProcessInstanceModule],
  controllers: [MigrationController],
  providers: [InstanceMigrationHandler, MigrationService],
})
export class MigrationModule {
  constructor(handlers: BatchHandlers, handler: InstanceMigrationHandler) {
    handlers.add(handler);
  }
}
