import { Module } from '@nestjs/common';
import { EventSubscriptionModule } from '../event-subscription/event-subscription.module.js';
import { ProcessInstanceModule } from '../process-instance/process-instance.module.js';
import { ExecutionController } from './execution.controller.js';
import { ExecutionQueries } from './execution.query.js';
import { ExecutionService } from './execution.service.js';

@Module({
  imports: [EventSubscriptionModule, ProcessInstanceModule],
  controllers: [ExecutionController],
  providers: [ExecutionQueries, ExecutionService],
})
export class ExecutionModule {}
