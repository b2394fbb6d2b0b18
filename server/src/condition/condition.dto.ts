import { type Static, Type } from '@sinclair/typebox';
import { Dto, Maybe } from '../http/schema.js';
import { VariablesDto } from '../http/variable-value.js';

export const EvaluationConditionDto = Dto('EvaluationConditionDto', {
  variables: Maybe(VariablesDto),
  businessKey: Maybe(Type.String({ description: 'Of the instances that start' })),
  tenantId: Maybe(Type.String()),
  withoutTenantId: Maybe(Type.Boolean()),
  processDefinitionId: Maybe(Type.String({ description: 'Only this definition, else the latest of every process' })),
});
export type EvaluationConditionDto = Static<typeof EvaluationConditionDto>;
