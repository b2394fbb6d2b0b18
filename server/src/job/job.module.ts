import { Module } from '@nestjs/common';
import { JobController } from './job.controller.js';
import { JobQueries } from './job.query.js';
import { JobService } from './job.service.js';

@Module({ controllers: [JobController], providers: [JobService, JobQueries] })
export class JobModule {}
