import { Body, UserId } from '../http/parameters.js';
import { ApiResource, Route } from '../http/route.js';
import { DryRunService } from './dry-run.service.js';
import { MigrationDryRunDto, MigrationExecutionDto } from './migration.dto.js';

/** What Camunda has no word for. */
@ApiResource('migration', 'Migration')
export class MigrationApiController {
  constructor(private readonly dryRuns: DryRunService) {}

  @Route({
    method: 'POST',
    path: 'dry-run',
    operationId: 'dryRunMigrationPlan',
    summary: 'What would become of the instances, grouped by where they stand; nothing changes',
    response: MigrationDryRunDto,
  })
  dryRun(
    @Body(MigrationExecutionDto) body: MigrationExecutionDto,
    @UserId() userId: string | null,
  ): Promise<MigrationDryRunDto> {
    return this.dryRuns.run(body, userId);
  }
}
