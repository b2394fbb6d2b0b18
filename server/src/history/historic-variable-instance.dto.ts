import { fromColumns } from '@millrace/engine';
import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { boolean, type FilterKind, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Nullable } from '../http/schema.js';
import { toVariableValue } from '../http/variable-value.js';
import type { HistoricVariableEntity } from '../persistence/entities/historic-variable.js';
import type { OwningInstance } from '../variable-instance/owning-instances.js';

const Text = Nullable(Type.String());

export const HistoricVariableInstanceDto = Dto('HistoricVariableInstanceDto', {
  type: Type.String(),
  value: Type.Any(),
  valueInfo: Type.Record(Type.String(), Type.Any()),
  id: Type.String(),
  name: Type.String(),
  processDefinitionKey: Type.String(),
  processDefinitionId: Type.String(),
  processInstanceId: Type.String(),
  executionId: Type.String(),
  activityInstanceId: Type.String(),
  caseDefinitionKey: Type.Null(),
  caseDefinitionId: Type.Null(),
  caseInstanceId: Type.Null(),
  caseExecutionId: Type.Null(),
  taskId: Text,
  errorMessage: Type.Null(),
  tenantId: Text,
  state: Type.Union([Type.Literal('CREATED'), Type.Literal('DELETED')]),
  createTime: DateText(),
  removalTime: Nullable(DateText()),
  rootProcessInstanceId: Type.String(),
});
export type HistoricVariableInstanceDto = Static<typeof HistoricVariableInstanceDto>;

/** A value to compare with: a text in a query string, any JSON value in a body. */
const value: FilterKind<unknown> = {
  fromText: (given) => given,
  fromJson: (given) => given,
  textSchema: Type.String(),
  jsonSchema: Type.Any(),
};

export const HistoricVariableInstanceQuery = defineQuery({
  name: 'HistoricVariableInstanceQueryDto',
  filters: {
    variableName: text,
    variableNameLike: text,
    variableNameIn: texts,
    variableValue: value,
    variableNamesIgnoreCase: boolean,
    variableValuesIgnoreCase: boolean,
    variableTypeIn: texts,
    includeDeleted: boolean,
    processInstanceId: text,
    processInstanceIdIn: texts,
    processDefinitionId: text,
    processDefinitionKey: text,
    executionIdIn: texts,
    caseInstanceId: text,
    caseExecutionIdIn: texts,
    caseActivityIdIn: texts,
    taskIdIn: texts,
    activityInstanceIdIn: texts,
    tenantIdIn: texts,
    withoutTenantId: boolean,
  },
  sortBy: ['instanceId', 'variableName', 'tenantId'],
});
export type HistoricVariableInstanceQuery = typeof HistoricVariableInstanceQuery;

export function toHistoricVariableInstanceDto(
  variable: HistoricVariableEntity & OwningInstance,
  options: { deserialize: boolean },
): HistoricVariableInstanceDto {
  return {
    ...toVariableValue(fromColumns(variable), options),
    id: variable.id,
    name: variable.name,
    processDefinitionKey: variable.processDefinitionKey,
    processDefinitionId: variable.processDefinitionId,
    processInstanceId: variable.processInstanceId,
    executionId: variable.activityInstanceId,
    activityInstanceId: variable.activityInstanceId,
    caseDefinitionKey: null,
    caseDefinitionId: null,
    caseInstanceId: null,
    caseExecutionId: null,
    taskId: variable.taskId,
    errorMessage: null,
    tenantId: variable.tenantId,
    state: variable.state,
    createTime: formatDate(variable.createdAt),
    removalTime: null,
    rootProcessInstanceId: variable.rootProcessInstanceId,
  };
}
