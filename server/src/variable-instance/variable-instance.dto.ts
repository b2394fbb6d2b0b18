import { fromColumns } from '@millrace/engine';
import { type Static, Type } from '@sinclair/typebox';
import { boolean, text, texts, variables } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { Dto, Nullable } from '../http/schema.js';
import { toVariableValue } from '../http/variable-value.js';
import type { VariableEntity } from '../persistence/entities/variable.js';
import type { OwningInstance } from './owning-instances.js';

const Text = Nullable(Type.String());

export const VariableInstanceDto = Dto('VariableInstanceDto', {
  type: Type.String(),
  value: Type.Any(),
  valueInfo: Type.Record(Type.String(), Type.Any()),
  id: Type.String(),
  name: Type.String(),
  processDefinitionId: Type.String(),
  processInstanceId: Type.String(),
  executionId: Type.String(),
  caseInstanceId: Type.Null(),
  caseExecutionId: Type.Null(),
  taskId: Text,
  batchId: Type.Null(),
  activityInstanceId: Type.String(),
  errorMessage: Type.Null(),
  tenantId: Text,
});
export type VariableInstanceDto = Static<typeof VariableInstanceDto>;

export const VariableInstanceQuery = defineQuery({
  name: 'VariableInstanceQueryDto',
  filters: {
    variableName: text,
    variableNameLike: text,
    processInstanceIdIn: texts,
    executionIdIn: texts,
    caseInstanceIdIn: texts,
    caseExecutionIdIn: texts,
    taskIdIn: texts,
    batchIdIn: texts,
    activityInstanceIdIn: texts,
    tenantIdIn: texts,
    variableScopeIdIn: texts,
    variableValues: variables,
    variableNamesIgnoreCase: boolean,
    variableValuesIgnoreCase: boolean,
  },
  sortBy: ['variableName', 'variableType', 'activityInstanceId', 'tenantId'],
});
export type VariableInstanceQuery = typeof VariableInstanceQuery;

export function toVariableInstanceDto(
  variable: VariableEntity & Pick<OwningInstance, 'processDefinitionId'>,
  options: { deserialize: boolean },
): VariableInstanceDto {
  return {
    ...toVariableValue(fromColumns(variable), options),
    id: variable.id,
    name: variable.name,
    processDefinitionId: variable.processDefinitionId,
    processInstanceId: variable.processInstanceId,
    executionId: variable.activityInstanceId,
    caseInstanceId: null,
    caseExecutionId: null,
    taskId: variable.taskId,
    batchId: null,
    activityInstanceId: variable.activityInstanceId,
    errorMessage: null,
    tenantId: variable.tenantId,
  };
}
