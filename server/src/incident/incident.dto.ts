import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { date, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';
import type { IncidentEntity } from '../persistence/entities/incident.js';

const Text = Nullable(Type.String());

export const IncidentDto = Dto('IncidentDto', {
  id: Type.String(),
  processDefinitionId: Nullable(Type.String()),
  processInstanceId: Nullable(Type.String()),
  executionId: Nullable(Type.String()),
  incidentTimestamp: DateText(),
  incidentType: Type.String(),
  activityId: Nullable(Type.String()),
  failedActivityId: Text,
  causeIncidentId: Type.String(),
  rootCauseIncidentId: Type.String(),
  configuration: Text,
  incidentMessage: Text,
  tenantId: Text,
  jobDefinitionId: Text,
  annotation: Text,
});
export type IncidentDto = Static<typeof IncidentDto>;

export const IncidentQuery = defineQuery({
  name: 'IncidentQueryDto',
  filters: {
    incidentId: text,
    incidentType: text,
    incidentMessage: text,
    incidentMessageLike: text,
    processDefinitionId: text,
    processDefinitionKeyIn: texts,
    processInstanceId: text,
    executionId: text,
    incidentTimestampBefore: date,
    incidentTimestampAfter: date,
    activityId: text,
    failedActivityId: text,
    causeIncidentId: text,
    rootCauseIncidentId: text,
    configuration: text,
    tenantIdIn: texts,
    jobDefinitionIdIn: texts,
  },
  sortBy: [
    'incidentId',
    'incidentMessage',
    'incidentTimestamp',
    'incidentType',
    'executionId',
    'activityId',
    'processInstanceId',
    'processDefinitionId',
    'causeIncidentId',
    'rootCauseIncidentId',
    'configuration',
    'tenantId',
  ],
});
export type IncidentQuery = typeof IncidentQuery;

export const AnnotationDto = Dto('AnnotationDto', { annotation: Maybe(Type.String()) });
export type AnnotationDto = Static<typeof AnnotationDto>;

export function toIncidentDto(incident: IncidentEntity, jobDefinitionId: string | null): IncidentDto {
  return {
    id: incident.id,
    processDefinitionId: incident.processDefinitionId,
    processInstanceId: incident.processInstanceId,
    executionId: incident.activityInstanceId,
    incidentTimestamp: formatDate(incident.createdAt),
    incidentType: incident.type,
    activityId: incident.elementId,
    failedActivityId: incident.failedElementId,
    causeIncidentId: incident.causeIncidentId,
    rootCauseIncidentId: incident.rootCauseIncidentId,
    configuration: incident.configuration,
    incidentMessage: incident.message,
    tenantId: incident.tenantId,
    jobDefinitionId,
    annotation: incident.annotation,
  };
}
