import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { boolean, date, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Nullable } from '../http/schema.js';
import type { HistoricIncidentEntity } from '../persistence/entities/historic-incident.js';

const Text = Nullable(Type.String());
const Time = Nullable(DateText());

export const HistoricIncidentDto = Dto('HistoricIncidentDto', {
  id: Type.String(),
  processDefinitionKey: Nullable(Type.String()),
  processDefinitionId: Nullable(Type.String()),
  processInstanceId: Nullable(Type.String()),
  executionId: Nullable(Type.String()),
  rootProcessInstanceId: Nullable(Type.String()),
  createTime: DateText(),
  endTime: Time,
  removalTime: Time,
  incidentType: Type.String(),
  activityId: Nullable(Type.String()),
  failedActivityId: Text,
  causeIncidentId: Type.String(),
  rootCauseIncidentId: Type.String(),
  configuration: Text,
  historyConfiguration: Nullable(
    Type.String({ description: 'The entry of the failure in the log of jobs or external tasks' }),
  ),
  incidentMessage: Text,
  tenantId: Text,
  jobDefinitionId: Text,
  open: Type.Boolean(),
  deleted: Type.Boolean(),
  resolved: Type.Boolean(),
  annotation: Text,
});
export type HistoricIncidentDto = Static<typeof HistoricIncidentDto>;

export const HistoricIncidentQuery = defineQuery({
  name: 'HistoricIncidentQueryDto',
  filters: {
    incidentId: text,
    incidentType: text,
    incidentMessage: text,
    incidentMessageLike: text,
    processDefinitionId: text,
    processDefinitionKey: text,
    processDefinitionKeyIn: texts,
    processInstanceId: text,
    executionId: text,
    createTimeBefore: date,
    createTimeAfter: date,
    endTimeBefore: date,
    endTimeAfter: date,
    activityId: text,
    failedActivityId: text,
    causeIncidentId: text,
    rootCauseIncidentId: text,
    configuration: text,
    historyConfiguration: text,
    open: boolean,
    resolved: boolean,
    deleted: boolean,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    jobDefinitionIdIn: texts,
  },
  sortBy: [
    'incidentId',
    'incidentMessage',
    'createTime',
    'endTime',
    'incidentType',
    'executionId',
    'activityId',
    'processInstanceId',
    'processDefinitionId',
    'processDefinitionKey',
    'causeIncidentId',
    'rootCauseIncidentId',
    'configuration',
    'tenantId',
    'incidentState',
  ],
});
export type HistoricIncidentQuery = typeof HistoricIncidentQuery;

export function toHistoricIncidentDto(
  incident: HistoricIncidentEntity,
  jobDefinitionId: string | null,
): HistoricIncidentDto {
  return {
    id: incident.id,
    processDefinitionKey: incident.processDefinitionKey,
    processDefinitionId: incident.processDefinitionId,
    processInstanceId: incident.processInstanceId,
    executionId: incident.activityInstanceId,
    rootProcessInstanceId: incident.rootProcessInstanceId,
    createTime: formatDate(incident.createdAt),
    endTime: formatDate(incident.endedAt),
    removalTime: null,
    incidentType: incident.type,
    activityId: incident.elementId,
    failedActivityId: incident.failedElementId,
    causeIncidentId: incident.causeIncidentId,
    rootCauseIncidentId: incident.rootCauseIncidentId,
    configuration: incident.configuration,
    historyConfiguration: incident.historyConfiguration,
    incidentMessage: incident.message,
    tenantId: incident.tenantId,
    jobDefinitionId,
    open: incident.state === 'open',
    deleted: incident.state === 'deleted',
    resolved: incident.state === 'resolved',
    annotation: incident.annotation,
  };
}
