import { type DynamicModule, Module } from '@nestjs/common';
import type { Core } from '../core.js';
import { ExternalTaskModule } from '../external-task/external-task.module.js';
import { ExternalTaskService } from '../external-task/external-task.service.js';
import { WorkerModule } from '../worker/worker.module.js';
import { WorkerVersionPins } from '../worker/worker-version-pins.js';
import { LiveWorkers } from './live-workers.js';
import { WorkerBridge } from './worker-bridge.js';

/** Knows the live workers, and serves those that come over BullMQ when there is a Redis. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's way to make a module from values
export class WorkerBridgeModule {
  static of({ config, redisPrefix, database, commitEvents, logger }: Core): DynamicModule {
    const { redisUrl } = config;
    const bridge = {
      provide: WorkerBridge,
      inject: [ExternalTaskService, LiveWorkers, WorkerVersionPins],
      useFactory: (tasks: ExternalTaskService, workers: LiveWorkers, pins: WorkerVersionPins) =>
        redisUrl === null
          ? null
          : new WorkerBridge(redisUrl, redisPrefix, tasks, database, commitEvents, workers, pins, logger),
    };
    return {
      module: WorkerBridgeModule,
      global: true,
      imports: [ExternalTaskModule, WorkerModule],
      providers: [bridge],
      exports: [WorkerBridge],
    };
  }
}
