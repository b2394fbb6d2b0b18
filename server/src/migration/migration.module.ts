import { Module } from '@nestjs/common';
import { ProcessInstanceModule } from '../process-instance/process-instance.module.js';
import { MigrationController } from './migration.controller.js';
import { MigrationService } from './migration.service.js';

@Module({ imports: [ProcessInstanceModule], controllers: [MigrationController], providers: [MigrationService] })
export class MigrationModule {}
