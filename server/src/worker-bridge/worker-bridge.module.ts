import { type DynamicModule, Module } from '@nestjs/common';
import type { Core } from '../core.js';
import { ExternalTaskModule } from '../external-task/external-task.module.js';
import { ExternalTaskService } from '../external-task/external-task.service.js';
import { WorkerModule } from '../worker/worker.module.js';
import { WorkerVersionPins } from '../worker/worker-version-pins.js';
import { LiveWorkers } from './live-workers.js';

/** The WorkerBridge; null without a Redis. */
export const WORKER_BRIDGE = Symbol('WorkerBridge');

/** Knows the live workers, and serves those that come over BullMQ when there is a Redis. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's way to make a module from values
export class WorkerBridgeModule {
  static of({ config, redisPrefix, database, commitEvents, logger }: Core): DynamicModule {
    const { redisUrl } = config;
    const bridge = {
      provide: WORKER_BRIDGE,
      inject: [ExternalTaskService, LiveWorkers, WorkerVersionPins],
      useFactory: async (tasks: ExternalTaskService, workers: LiveWorkers, pins: WorkerVersionPins) => {
        if (redisUrl === null) return null;
        const { WorkerBridge } = await import('./worker-bridge.js');
        return new WorkerBridge(redisUrl, redisPrefix, tasks, database, commitEvents, workers, pins, logger);
      },
    };
    return {
      module: WorkerBridgeModule,
      global: true,
      imports: [ExternalTaskModule, WorkerModule],
      providers: [bridge],
      exports: [WORKER_BRIDGE],
    };
  }
}
