import { Module } from '@nestjs/common';
import { BatchModule } from '../batch/batch.module.js';
import { BatchHandlers } from '../batch/batch-handler.js';
import { InstanceModificationHandler, InstanceRestartHandler } from './batch-handlers.js';
import {
  InstanceModificationController,
  ModificationController,
  RestartController,
} from './modification.controller.js';
import { ModificationService } from './modification.service.js';
import { RestartService } from './restart.service.js';

@Module({
  imports: [BatchModule],
  controllers: [InstanceModificationController, ModificationController, RestartController],
  providers: [InstanceModificationHandler, InstanceRestartHandler, ModificationService, RestartService],
})
export class ModificationModule {
  constructor(handlers: BatchHandlers, modification: InstanceModificationHandler, restart: InstanceRestartHandler) {
    handlers.add(modification, restart);
  }
}
