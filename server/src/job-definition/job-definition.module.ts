import { Module } from '@nestjs/common';
import { JobDefinitionController } from './job-definition.controller.js';
import { JobDefinitionQueries } from './job-definition.query.js';
import { JobDefinitionService } from './job-definition.service.js';

@Module({ controllers: [JobDefinitionController], providers: [JobDefinitionService, JobDefinitionQueries] })
export class JobDefinitionModule {}
