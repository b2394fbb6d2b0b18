import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { LiveWorkers } from '../worker-bridge/live-workers.js';
import { RestWorkers } from './rest-workers.js';
import { RetirementService } from './retirement.service.js';
import { WorkerController, WorkerVersionController, WorkerVersionPinsController } from './worker.controller.js';
import { WorkerQueries } from './worker.query.js';
import { WorkerVersionPins } from './worker-version-pins.js';

/** Who works for this installation, in which versions. */
@Global()
@Module({
  controllers: [WorkerController, WorkerVersionController, WorkerVersionPinsController],
  providers: [LiveWorkers, RestWorkers, WorkerQueries, WorkerVersionPins, RetirementService],
  exports: [LiveWorkers, RestWorkers, WorkerVersionPins],
})
export class WorkerModule implements OnModuleInit {
  constructor(
    private readonly live: LiveWorkers,
    private readonly rest: RestWorkers,
  ) {}

  onModuleInit(): void {
    this.live.add(this.rest);
  }
}
