import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { boolean, integer, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Nullable } from '../http/schema.js';
import type { ExternalTaskLogEntity } from '../persistence/entities/external-task-log.js';
import { eventFlags, keyOf, LOG_EVENTS } from './work-log.js';

const Text = Nullable(Type.String());

export const ExternalTaskLogDto = Dto('HistoricExternalTaskLogDto', {
  id: Type.String(),
  externalTaskId: Type.String(),
  timestamp: DateText(),
  topicName: Type.String(),
  workerId: Text,
  retries: Nullable(Type.Integer({ description: 'As they were before' })),
  priority: Type.Integer(),
  errorMessage: Text,
  activityId: Text,
  activityInstanceId: Text,
  executionId: Text,
  processInstanceId: Type.String(),
  processDefinitionId: Text,
  processDefinitionKey: Text,
  tenantId: Text,
  removalTime: Nullable(DateText()),
  rootProcessInstanceId: Type.String(),
  ...LOG_EVENTS,
});
export type ExternalTaskLogDto = Static<typeof ExternalTaskLogDto>;

export const ExternalTaskLogQuery = defineQuery({
  name: 'HistoricExternalTaskLogQueryDto',
  filters: {
    logId: text,
    externalTaskId: text,
    topicName: text,
    workerId: text,
    errorMessage: text,
    activityIdIn: texts,
    activityInstanceIdIn: texts,
    executionIdIn: texts,
    processInstanceId: text,
    processDefinitionId: text,
    processDefinitionKey: text,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    priorityLowerThanOrEquals: integer,
    priorityHigherThanOrEquals: integer,
    creationLog: boolean,
    failureLog: boolean,
    successLog: boolean,
    deletionLog: boolean,
  },
  sortBy: [
    'timestamp',
    'externalTaskId',
    'topicName',
    'workerId',
    'retries',
    'priority',
    'activityId',
    'activityInstanceId',
    'executionId',
    'processInstanceId',
    'processDefinitionId',
    'processDefinitionKey',
    'tenantId',
  ],
});
export type ExternalTaskLogQuery = typeof ExternalTaskLogQuery;

export function toExternalTaskLogDto(log: ExternalTaskLogEntity): ExternalTaskLogDto {
  return {
    id: log.id,
    externalTaskId: log.externalTaskId,
    timestamp: formatDate(log.createdAt),
    topicName: log.topicName,
    workerId: log.workerId,
    retries: log.retries,
    priority: log.priority,
    errorMessage: log.errorMessage,
    activityId: log.elementId,
    activityInstanceId: log.activityInstanceId,
    executionId: log.activityInstanceId,
    processInstanceId: log.processInstanceId,
    processDefinitionId: log.processDefinitionId,
    processDefinitionKey: keyOf(log.processDefinitionId),
    tenantId: log.tenantId,
    removalTime: null,
    rootProcessInstanceId: log.rootProcessInstanceId ?? log.processInstanceId,
    ...eventFlags(log.event),
  };
}
