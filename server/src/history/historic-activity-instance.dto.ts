import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { boolean, date, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Nullable } from '../http/schema.js';
import type { HistoricActivityInstanceEntity } from '../persistence/entities/historic-activity-instance.js';

const Text = Nullable(Type.String());
const Time = Nullable(DateText());

export const HistoricActivityInstanceDto = Dto('HistoricActivityInstanceDto', {
  id: Type.String(),
  parentActivityInstanceId: Text,
  activityId: Type.String(),
  activityName: Text,
  activityType: Type.String(),
  processDefinitionKey: Type.String(),
  processDefinitionId: Type.String(),
  processInstanceId: Type.String(),
  executionId: Type.String(),
  taskId: Text,
  calledProcessInstanceId: Text,
  calledCaseInstanceId: Type.Null(),
  assignee: Text,
  startTime: DateText(),
  endTime: Time,
  durationInMillis: Nullable(Type.Integer()),
  canceled: Type.Boolean(),
  completeScope: Type.Boolean(),
  tenantId: Text,
  removalTime: Time,
  rootProcessInstanceId: Type.String(),
});
export type HistoricActivityInstanceDto = Static<typeof HistoricActivityInstanceDto>;

export const HistoricActivityInstanceQuery = defineQuery({
  name: 'HistoricActivityInstanceQueryDto',
  filters: {
    activityInstanceId: text,
    processInstanceId: text,
    processDefinitionId: text,
    executionId: text,
    activityId: text,
    activityName: text,
    activityType: text,
    taskAssignee: text,
    finished: boolean,
    unfinished: boolean,
    canceled: boolean,
    completeScope: boolean,
    startedBefore: date,
    startedAfter: date,
    finishedBefore: date,
    finishedAfter: date,
    tenantIdIn: texts,
    withoutTenantId: boolean,
  },
  sortBy: [
    'activityInstanceId',
    'instanceId',
    'executionId',
    'activityId',
    'activityName',
    'activityType',
    'startTime',
    'endTime',
    'duration',
    'definitionId',
    'occurrence',
    'tenantId',
  ],
});
export type HistoricActivityInstanceQuery = typeof HistoricActivityInstanceQuery;

export function toHistoricActivityInstanceDto(activity: HistoricActivityInstanceEntity): HistoricActivityInstanceDto {
  return {
    id: activity.id,
    parentActivityInstanceId: activity.parentActivityInstanceId,
    activityId: activity.elementId,
    activityName: activity.elementName,
    activityType: activity.elementType,
    processDefinitionKey: activity.processDefinitionKey,
    processDefinitionId: activity.processDefinitionId,
    processInstanceId: activity.processInstanceId,
    executionId: activity.id,
    taskId: activity.taskId,
    calledProcessInstanceId: activity.calledProcessInstanceId,
    calledCaseInstanceId: null,
    assignee: activity.assignee,
    startTime: formatDate(activity.startedAt),
    endTime: formatDate(activity.endedAt),
    durationInMillis: activity.durationMs,
    canceled: activity.canceled,
    completeScope: activity.completeScope,
    tenantId: activity.tenantId,
    removalTime: null,
    rootProcessInstanceId: activity.rootProcessInstanceId,
  };
}
