import { Injectable } from '@nestjs/common';
import { invalidRequest } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import type { MigrationExecutionDto, MigrationPlanDto } from './migration.dto.js';
import { MigrationService } from './migration.service.js';
import type {
  DefinitionReferenceDto,
  MigrationPlanFileDto,
  PlannedMigrationDto,
  ResolvedPlanDto,
} from './plan-file.dto.js';

/** Plans that name their definitions by key and version, so that one file serves every installation. */
@Injectable()
export class PlanFiles {
  constructor(
    private readonly database: Database,
    private readonly migrations: MigrationService,
  ) {}

  /** The plan with this installation's ids, and what is wrong with it. @throws RestError (400) */
  async resolve(file: MigrationPlanFileDto): Promise<ResolvedPlanDto> {
    const migrationPlan = await this.plan(file);
    return { migrationPlan, validation: await this.migrations.validate(migrationPlan) };
  }

  /** A request whose plan is given directly, whichever way it came. @throws RestError (400) for both or a bad reference */
  async planned({ planFile, ...body }: PlannedMigrationDto): Promise<MigrationExecutionDto> {
    if (!planFile) return body;
    if (body.migrationPlan) throw invalidRequest("Expected either 'migrationPlan' or 'planFile', but both are given");
    return { ...body, migrationPlan: await this.plan(planFile) };
  }

  private async plan(file: MigrationPlanFileDto): Promise<MigrationPlanDto> {
    const ends = {
      sourceProcessDefinitionId: await this.definitionId('source', file.source),
      targetProcessDefinitionId: await this.definitionId('target', file.target),
    };
    const more = {
      variables: file.variables ?? null,
      ...(file.allowInactiveTarget && { allowInactiveTarget: true }),
    };
    if (file.instructions) return { ...ends, instructions: file.instructions, ...more };
    const { instructions = [] } = await this.migrations.generate({
      ...ends,
      updateEventTriggers: file.updateEventTriggers ?? false,
    });
    return { ...ends, instructions, ...more };
  }

  private async definitionId(end: string, reference: DefinitionReferenceDto): Promise<string> {
    const { key, version = null, versionTag = null, tenantId = null } = reference;
    if ((version === null) === (versionTag === null))
      throw invalidRequest(`Expected '${end}' to name '${key}' by either 'version' or 'versionTag'`);
    const [definition] = await this.database.query<{ id: string }>(
      `SELECT id FROM process_definition WHERE key = $1 AND tenant_id IS NOT DISTINCT FROM $2::text
         AND ($3::integer IS NULL OR version = $3) AND ($4::text IS NULL OR version_tag = $4)
       ORDER BY version DESC LIMIT 1`,
      [key, tenantId, version, versionTag],
    );
    if (definition) return definition.id;
    const which = version === null ? `version tag '${versionTag}'` : `version ${version}`;
    const whose = tenantId === null ? '' : ` of tenant '${tenantId}'`;
    throw invalidRequest(`Expected '${end}' to be deployed, but there is no process '${key}' with ${which}${whose}`);
  }
}
