import { REFRESH_ASPECTS, type RefreshAspect } from '@millrace/engine';
import { type Static, Type } from '@sinclair/typebox';
import { bodySchema } from '../http/query-input.js';
import { Dto, Maybe, Nullable } from '../http/schema.js';
import { VariablesDto, VariableValueDto } from '../http/variable-value.js';
import { ProcessInstanceQuery } from '../process-instance/process-instance.dto.js';

const Ids = Maybe(Type.Array(Nullable(Type.String())));

const Choice = Maybe(Type.Union([Type.Literal('keep'), Type.Literal('refresh')]));

const MigrationRefreshDto = Dto(
  'MigrationRefreshDto',
  Object.fromEntries(REFRESH_ASPECTS.map((aspect) => [aspect, Choice])) as Record<RefreshAspect, typeof Choice>,
);

export const MigrationInstructionDto = Dto('MigrationInstructionDto', {
  sourceActivityIds: Ids,
  targetActivityIds: Ids,
  updateEventTrigger: Maybe(Type.Boolean()),
  refresh: Maybe(MigrationRefreshDto),
});
export type MigrationInstructionDto = Static<typeof MigrationInstructionDto>;

export const MigrationPlanDto = Dto('MigrationPlanDto', {
  sourceProcessDefinitionId: Maybe(Type.String()),
  targetProcessDefinitionId: Maybe(Type.String()),
  instructions: Maybe(Type.Array(MigrationInstructionDto)),
  variables: Maybe(VariablesDto),
  allowInactiveTarget: Maybe(
    Type.Boolean({ description: 'Also into a version that is draining or archived; without it that is refused' }),
  ),
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
  targetFailures: Type.Optional(
    Type.Array(Type.String(), { description: 'Why the target takes no instances; not there where it does' }),
  ),
});
export type MigrationPlanReportDto = Static<typeof MigrationPlanReportDto>;

const InstanceReportDto = Type.Unsafe<object | null>(
  Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
    description: "As `execute` refuses: the first such instance's report",
  }),
);

const Verdict = Type.Union([Type.Literal('clean'), Type.Literal('attention'), Type.Literal('refused')]);

export const MigrationDryRunDto = Dto('MigrationDryRunDto', {
  counts: Dto('MigrationDryRunCountsDto', {
    clean: Type.Integer(),
    attention: Type.Integer({ description: 'Would migrate, but something deserves a look before' }),
    refused: Type.Integer(),
  }),
  groups: Type.Array(
    Dto('MigrationDryRunGroupDto', {
      verdict: Verdict,
      signature: Type.Array(
        Dto('StateSignaturePartDto', {
          elementId: Type.String(),
          phase: Type.String(),
          waitsFor: Type.Array(Type.String()),
        }),
        { description: 'Where the instances of the group stand, all alike' },
      ),
      count: Type.Integer(),
      instanceIds: Type.Array(Type.String(), { description: 'Some of them' }),
      reasons: Type.Array(
        Dto('MigrationDryRunReasonDto', {
          code: Type.String(),
          elementId: Nullable(Type.String()),
          message: Type.String({ description: 'Of the first instance that it concerns' }),
          count: Type.Integer({ description: 'Instances that it concerns' }),
        }),
      ),
      validationReport: InstanceReportDto,
    }),
  ),
  topicsWithoutWorker: Type.Array(Type.String(), {
    description:
      'Topics at which migrated instances would wait, that no worker holds a task of or waits for at this server',
  }),
});
export type MigrationDryRunDto = Static<typeof MigrationDryRunDto>;
