import { Module } from '@nestjs/common';
import { WorkerModule } from '../worker/worker.module.js';
import { ExternalTaskController } from './external-task.controller.js';
import { ExternalTaskQueries } from './external-task.query.js';
import { ExternalTaskService } from './external-task.service.js';
import { FetchQueue } from './fetch-queue.js';
import { TopicWorkers } from './topic-workers.js';

@Module({
  imports: [WorkerModule],
  controllers: [ExternalTaskController],
  providers: [ExternalTaskService, ExternalTaskQueries, FetchQueue, TopicWorkers],
  exports: [ExternalTaskService, FetchQueue, TopicWorkers],
})
export class ExternalTaskModule {}
