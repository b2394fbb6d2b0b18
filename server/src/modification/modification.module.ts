import { Module } from '@nestjs/common';
import { HistoryModule } from '../history/history.module.js';
import { ProcessInstanceModule } from '../process-instance/process-instance.module.js';
import { ChosenInstances } from './chosen-instances.js';
import {
  InstanceModificationController,
  ModificationController,
  RestartController,
} from './modification.controller.js';
import { ModificationService } from './modification.service.js';
import { RestartService } from './restart.service.js';

@Module({
  imports: [HistoryModule, ProcessInstanceModule],
  controllers: [InstanceModificationController, ModificationController, RestartController],
  providers: [ChosenInstances, ModificationService, RestartService],
})
export class ModificationModule {}
