import { type Static, Type } from '@sinclair/typebox';
import { BatchDto } from '../batch/batch.dto.js';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { PAGING } from '../http/query-input.js';
import { ApiResource, Route } from '../http/route.js';
import { DryRunService } from './dry-run.service.js';
import { MigrationDryRunDto } from './migration.dto.js';
import { MigrationService } from './migration.service.js';
import { MigrationLogQueries } from './migration-log.query.js';
import { MigrationPlanFileDto, PlannedMigrationDto, ResolvedPlanDto } from './plan-file.dto.js';
import { PlanFiles } from './plan-files.service.js';
import { MigrationDto, MigrationExecutedDto, UndoDto, UndoPreviewDto } from './undo.dto.js';
import { UndoService } from './undo.service.js';

const UndoParameters = Type.Object({ dryRun: Type.Optional(Type.Boolean()) });
type UndoParameters = Static<typeof UndoParameters>;
const ListParameters = Type.Object({
  ...PAGING.properties,
  processInstanceId: Type.Optional(Type.String()),
  processDefinitionId: Type.Optional(Type.String({ description: 'Its source or its target' })),
  processDefinitionKey: Type.Optional(Type.String({ description: 'Of its source or its target' })),
});
type ListParameters = Static<typeof ListParameters>;

/** What Camunda has no word for. */
@ApiResource('migration', 'Migration')
export class MigrationApiController {
  constructor(
    private readonly dryRuns: DryRunService,
    private readonly migrations: MigrationService,
    private readonly log: MigrationLogQueries,
    private readonly undos: UndoService,
    private readonly planFiles: PlanFiles,
  ) {}

  @Route({
    method: 'POST',
    path: 'plan',
    operationId: 'resolveMigrationPlan',
    summary:
      "A plan from a file, which names definitions by key and version: with this installation's ids, and checked",
    response: ResolvedPlanDto,
  })
  plan(@Body(MigrationPlanFileDto) body: MigrationPlanFileDto): Promise<ResolvedPlanDto> {
    return this.planFiles.resolve(body);
  }

  @Route({
    method: 'POST',
    path: 'dry-run',
    operationId: 'dryRunMigrationPlan',
    summary: 'What would become of the instances, grouped by where they stand; nothing changes',
    response: MigrationDryRunDto,
  })
  async dryRun(
    @Body(PlannedMigrationDto) body: PlannedMigrationDto,
    @UserId() userId: string | null,
  ): Promise<MigrationDryRunDto> {
    return this.dryRuns.run(await this.planFiles.planned(body), userId);
  }

  @Route({
    method: 'POST',
    path: 'execute',
    operationId: 'executeUndoableMigrationPlan',
    summary: 'Migrate instances, all of them or none; the answer says by which id it can be undone',
    response: MigrationExecutedDto,
  })
  async execute(
    @Body(PlannedMigrationDto) body: PlannedMigrationDto,
    @UserId() userId: string | null,
  ): Promise<MigrationExecutedDto> {
    return this.migrations.execute(await this.planFiles.planned(body), userId);
  }

  @Route({
    method: 'POST',
    path: 'execute-async',
    operationId: 'executePlannedMigrationAsync',
    summary: 'Migrate instances, as a batch; its id is that of the migration',
    response: BatchDto,
  })
  async executeAsync(
    @Body(PlannedMigrationDto) body: PlannedMigrationDto,
    @UserId() userId: string | null,
  ): Promise<BatchDto> {
    return this.migrations.executeAsync(await this.planFiles.planned(body), userId);
  }

  @Route({
    method: 'GET',
    operationId: 'getMigrations',
    summary: 'Migrations of which snapshots are kept, the newest first',
    response: Type.Array(MigrationDto),
  })
  list(@QueryParams(ListParameters) { firstResult, maxResults, ...filter }: ListParameters) {
    return this.log.list(filter, firstResult, maxResults);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getMigration',
    summary: 'A migration, and how many of its instances can still be put back',
    response: MigrationDto,
  })
  get(@Path('id') id: string): Promise<MigrationDto> {
    return this.log.get(id);
  }

  @Route({
    method: 'POST',
    path: ':id/undo',
    operationId: 'undoMigration',
    summary: 'Put the instances of a migration back that have not moved on since, as a batch; `dryRun` only tells',
    response: Type.Union([BatchDto, UndoPreviewDto]),
  })
  undo(
    @Path('id') id: string,
    @Body(UndoDto) body: UndoDto,
    @QueryParams(UndoParameters) { dryRun }: UndoParameters,
    @UserId() userId: string | null,
  ): Promise<BatchDto | UndoPreviewDto> {
    return dryRun ? this.log.preview(id, body.processInstanceIds ?? null) : this.undos.undo(id, body, userId);
  }
}
