import { type Static, Type } from '@sinclair/typebox';
import { boolean, text, texts, variables } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { Dto, Maybe, Nullable } from '../http/schema.js';
import { VariablesDto } from '../http/variable-value.js';

export const ExecutionDto = Dto('ExecutionDto', {
  id: Type.String(),
  processInstanceId: Type.String(),
  ended: Type.Boolean(),
  tenantId: Nullable(Type.String()),
});
export type ExecutionDto = Static<typeof ExecutionDto>;

export const ExecutionQuery = defineQuery({
  name: 'ExecutionQueryDto',
  filters: {
    businessKey: text,
    processDefinitionId: text,
    processDefinitionKey: text,
    processInstanceId: text,
    activityId: text,
    signalEventSubscriptionName: text,
    messageEventSubscriptionName: text,
    active: boolean,
    suspended: boolean,
    incidentId: text,
    incidentType: text,
    incidentMessage: text,
    incidentMessageLike: text,
    tenantIdIn: texts,
    variables,
    processVariables: variables,
    variableNamesIgnoreCase: boolean,
    variableValuesIgnoreCase: boolean,
  },
  sortBy: ['instanceId', 'definitionKey', 'definitionId', 'tenantId'],
});
export type ExecutionQuery = typeof ExecutionQuery;

export const ExecutionTriggerDto = Dto('ExecutionTriggerDto', { variables: Maybe(VariablesDto) });
export type ExecutionTriggerDto = Static<typeof ExecutionTriggerDto>;
