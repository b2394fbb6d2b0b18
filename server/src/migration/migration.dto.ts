import { type Static, Type } from '@sinclair/typebox';
import { bodySchema } from '../http/query-input.js';
import { Dto, Maybe, Nullable } from '../http/schema.js';
import { VariablesDto, VariableValueDto } from '../http/variable-value.js';
import { ProcessInstanceQuery } from '../process-instance/process-instance.dto.js';

const Ids = Maybe(Type.Array(Nullable(Type.String())));

export const MigrationInstructionDto = Dto('MigrationInstructionDto', {
  sourceActivityIds: Ids,
  targetActivityIds: Ids,
  updateEventTrigger: Maybe(Type.Boolean()),
});
export type MigrationInstructionDto = Static<typeof MigrationInstructionDto>;

export const MigrationPlanDto = Dto('MigrationPlanDto', {
  sourceProcessDefinitionId: Maybe(Type.String()),
  targetProcessDefinitionId: Maybe(Type.String()),
  instructions: Maybe(Type.Array(MigrationInstructionDto)),
  variables: Maybe(VariablesDto),
});
export type MigrationPlanDto = Static<typeof MigrationPlanDto>;

export const MigrationPlanGenerationDto = Dto('MigrationPlanGenerationDto', {
  sourceProcessDefinitionId: Maybe(Type.String()),
  targetProcessDefinitionId: Maybe(Type.String()),
  updateEventTriggers: Maybe(Type.Boolean()),
  variables: Maybe(VariablesDto),
});
export type MigrationPlanGenerationDto = Static<typeof MigrationPlanGenerationDto>;

export const MigrationExecutionDto = Dto('MigrationExecutionDto', {
  migrationPlan: Maybe(MigrationPlanDto),
  processInstanceIds: Ids,
  processInstanceQuery: Maybe(bodySchema(ProcessInstanceQuery)),
  skipCustomListeners: Maybe(Type.Boolean()),
  skipIoMappings: Maybe(Type.Boolean()),
});
export type MigrationExecutionDto = Static<typeof MigrationExecutionDto>;

const Failures = Type.Array(Type.String());

export const MigrationPlanReportDto = Dto('MigrationPlanReportDto', {
  instructionReports: Type.Array(
    Dto('MigrationInstructionValidationReportDto', { instruction: MigrationInstructionDto, failures: Failures }),
  ),
  variableReports: Type.Record(
    Type.String(),
    Dto('MigrationVariableValidationReportDto', { ...VariableValueDto.properties, failures: Failures }),
  ),
});
export type MigrationPlanReportDto = Static<typeof MigrationPlanReportDto>;
