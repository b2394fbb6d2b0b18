import { BatchDto } from '../batch/batch.dto.js';
import { Body, UserId } from '../http/parameters.js';
import { Resource, Route } from '../http/route.js';
import {
  MigrationExecutionDto,
  MigrationPlanDto,
  MigrationPlanGenerationDto,
  MigrationPlanReportDto,
} from './migration.dto.js';
import { MigrationService } from './migration.service.js';

@Resource('migration', 'Migration')
export class MigrationController {
  constructor(private readonly migrations: MigrationService) {}

  @Route({
    method: 'POST',
    path: 'generate',
    operationId: 'generateMigrationPlan',
    summary: 'A plan that maps the activities that two definitions have in common',
    response: MigrationPlanDto,
  })
  generate(@Body(MigrationPlanGenerationDto) body: MigrationPlanGenerationDto): Promise<MigrationPlanDto> {
    return this.migrations.generate(body);
  }

  @Route({
    method: 'POST',
    path: 'validate',
    operationId: 'validateMigrationPlan',
    summary: 'What is wrong with a plan, by instruction',
    response: MigrationPlanReportDto,
  })
  validate(@Body(MigrationPlanDto) body: MigrationPlanDto): Promise<MigrationPlanReportDto> {
    return this.migrations.validate(body);
  }

  @Route({
    method: 'POST',
    path: 'execute',
    operationId: 'executeMigrationPlan',
    summary: 'Migrate instances, all of them or none',
  })
  async execute(
    @Body(MigrationExecutionDto) body: MigrationExecutionDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    await this.migrations.execute(body, userId);
  }

  @Route({
    method: 'POST',
    path: 'executeAsync',
    operationId: 'executeMigrationPlanAsync',
    summary: 'Migrate instances, as a batch',
    response: BatchDto,
  })
  executeAsync(@Body(MigrationExecutionDto) body: MigrationExecutionDto, @UserId() userId: string | null) {
    return this.migrations.executeAsync(body, userId);
  }
}
