import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { boolean, date, FilterError, type FilterKind, text, texts, variables } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Nullable } from '../http/schema.js';
import type { HistoricProcessInstanceEntity } from '../persistence/entities/historic-process-instance.js';

const Text = Nullable(Type.String());
const Time = Nullable(DateText());

export const HistoricProcessInstanceDto = Dto('HistoricProcessInstanceDto', {
  id: Type.String(),
  businessKey: Text,
  processDefinitionId: Type.String(),
  processDefinitionKey: Type.String(),
  processDefinitionName: Text,
  processDefinitionVersion: Nullable(Type.Integer()),
  startTime: DateText(),
  endTime: Time,
  removalTime: Time,
  durationInMillis: Nullable(Type.Integer()),
  startUserId: Text,
  startActivityId: Text,
  deleteReason: Text,
  rootProcessInstanceId: Type.String(),
  superProcessInstanceId: Text,
  superCaseInstanceId: Type.Null(),
  caseInstanceId: Type.Null(),
  tenantId: Text,
  state: Type.String(),
  restartedProcessInstanceId: Text,
});
export type HistoricProcessInstanceDto = Static<typeof HistoricProcessInstanceDto>;

type IncidentStatus = 'open' | 'resolved';

const incidentStatus: FilterKind<IncidentStatus> = {
  fromText: toIncidentStatus,
  fromJson: (value) => toIncidentStatus(value as string),
  textSchema: text.textSchema,
  jsonSchema: text.jsonSchema,
};

function toIncidentStatus(value: string): IncidentStatus {
  if (value !== 'open' && value !== 'resolved') throw new FilterError('it is neither open nor resolved');
  return value;
}

export const HistoricProcessInstanceQuery = defineQuery({
  name: 'HistoricProcessInstanceQueryDto',
  filters: {
    processInstanceId: text,
    processInstanceIds: texts,
    processInstanceIdNotIn: texts,
    processDefinitionId: text,
    processDefinitionKey: text,
    processDefinitionKeyIn: texts,
    processDefinitionKeyNotIn: texts,
    processDefinitionName: text,
    processDefinitionNameLike: text,
    processInstanceBusinessKey: text,
    processInstanceBusinessKeyIn: texts,
    processInstanceBusinessKeyLike: text,
    rootProcessInstances: boolean,
    rootProcessInstanceId: text,
    superProcessInstanceId: text,
    subProcessInstanceId: text,
    superCaseInstanceId: text,
    subCaseInstanceId: text,
    caseInstanceId: text,
    finished: boolean,
    unfinished: boolean,
    active: boolean,
    suspended: boolean,
    completed: boolean,
    externallyTerminated: boolean,
    internallyTerminated: boolean,
    withIncidents: boolean,
    withRootIncidents: boolean,
    withJobsRetrying: boolean,
    incidentIdIn: texts,
    incidentType: text,
    incidentStatus,
    incidentMessage: text,
    incidentMessageLike: text,
    startedBefore: date,
    startedAfter: date,
    finishedBefore: date,
    finishedAfter: date,
    startedBy: text,
    executedActivityBefore: date,
    executedActivityAfter: date,
    activityIdIn: texts,
    executedActivityIdIn: texts,
    activeActivityIdIn: texts,
    executedJobBefore: date,
    executedJobAfter: date,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    variables,
    variableNamesIgnoreCase: boolean,
    variableValuesIgnoreCase: boolean,
  },
  sortBy: [
    'instanceId',
    'definitionId',
    'definitionKey',
    'definitionName',
    'definitionVersion',
    'businessKey',
    'startTime',
    'endTime',
    'duration',
    'tenantId',
  ],
  orQueries: true,
});
export type HistoricProcessInstanceQuery = typeof HistoricProcessInstanceQuery;

export function toHistoricProcessInstanceDto(
  instance: HistoricProcessInstanceEntity,
  definition: { readonly name: string | null; readonly version: number } | undefined,
): HistoricProcessInstanceDto {
  return {
    id: instance.id,
    businessKey: instance.businessKey,
    processDefinitionId: instance.processDefinitionId,
    processDefinitionKey: instance.processDefinitionKey,
    processDefinitionName: definition?.name ?? null,
    processDefinitionVersion: definition?.version ?? null,
    startTime: formatDate(instance.startedAt),
    endTime: formatDate(instance.endedAt),
    removalTime: null,
    durationInMillis: instance.durationMs,
    startUserId: instance.startUserId,
    startActivityId: instance.startActivityId,
    deleteReason: instance.deleteReason,
    rootProcessInstanceId: instance.rootProcessInstanceId,
    superProcessInstanceId: instance.superProcessInstanceId,
    superCaseInstanceId: null,
    caseInstanceId: null,
    tenantId: instance.tenantId,
    state: instance.state,
    restartedProcessInstanceId: instance.restartedProcessInstanceId,
  };
}
