import { type Static, Type } from '@sinclair/typebox';
import { Dto, Maybe } from '../http/schema.js';
import { VariablesDto } from '../http/variable-value.js';
import {
  MigrationExecutionDto,
  MigrationInstructionDto,
  MigrationPlanDto,
  MigrationPlanReportDto,
} from './migration.dto.js';

const DefinitionReferenceDto = Dto('MigrationDefinitionReferenceDto', {
  key: Type.String(),
  version: Maybe(Type.Integer({ minimum: 1 })),
  versionTag: Maybe(Type.String({ description: 'The newest version that has it' })),
  tenantId: Maybe(Type.String()),
});
export type DefinitionReferenceDto = Static<typeof DefinitionReferenceDto>;

export const MigrationPlanFileDto = Dto('MigrationPlanFileDto', {
  source: DefinitionReferenceDto,
  target: DefinitionReferenceDto,
  instructions: Maybe(
    Type.Array(MigrationInstructionDto, {
      description: 'Without them they are generated, as by `/migration/generate`',
    }),
  ),
  updateEventTriggers: Maybe(Type.Boolean({ description: 'Of generated instructions' })),
  variables: Maybe(VariablesDto),
  allowInactiveTarget: MigrationPlanDto.properties.allowInactiveTarget,
});
export type MigrationPlanFileDto = Static<typeof MigrationPlanFileDto>;

export const ResolvedPlanDto = Dto('ResolvedMigrationPlanDto', {
  migrationPlan: MigrationPlanDto,
  validation: MigrationPlanReportDto,
});
export type ResolvedPlanDto = Static<typeof ResolvedPlanDto>;

export const PlannedMigrationDto = Dto('PlannedMigrationDto', {
  ...MigrationExecutionDto.properties,
  planFile: Maybe(MigrationPlanFileDto),
});
export type PlannedMigrationDto = Static<typeof PlannedMigrationDto>;
