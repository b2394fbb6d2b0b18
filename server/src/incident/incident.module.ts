import { Module } from '@nestjs/common';
import { IncidentController } from './incident.controller.js';
import { IncidentQueries } from './incident.query.js';
import { IncidentService } from './incident.service.js';

@Module({ controllers: [IncidentController], providers: [IncidentService, IncidentQueries] })
export class IncidentModule {}
