import { Module } from '@nestjs/common';
import { WorkerModule } from '../worker/worker.module.js';
import { IncidentController } from './incident.controller.js';
import { IncidentQueries } from './incident.query.js';
import { IncidentService } from './incident.service.js';
import { IncidentProgressController } from './incident-progress.controller.js';
import { IncidentProgressQueries } from './incident-progress.query.js';

@Module({
  imports: [WorkerModule],
  controllers: [IncidentController, IncidentProgressController],
  providers: [IncidentService, IncidentQueries, IncidentProgressQueries],
})
export class IncidentModule {}
