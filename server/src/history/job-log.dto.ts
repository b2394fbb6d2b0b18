import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { boolean, integer, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Nullable } from '../http/schema.js';
import type { JobLogEntity } from '../persistence/entities/job-log.js';
import { eventFlags, keyOf, LOG_EVENTS } from './work-log.js';

const Text = Nullable(Type.String());

export const JobLogDto = Dto('HistoricJobLogDto', {
  id: Type.String(),
  timestamp: DateText(),
  removalTime: Nullable(DateText()),
  jobId: Type.String(),
  jobDueDate: Nullable(DateText()),
  jobRetries: Type.Integer({ description: 'As they were before' }),
  jobPriority: Type.Integer(),
  jobExceptionMessage: Text,
  failedActivityId: Text,
  jobDefinitionId: Text,
  jobDefinitionType: Type.String(),
  jobDefinitionConfiguration: Type.String(),
  activityId: Text,
  executionId: Text,
  processInstanceId: Text,
  processDefinitionId: Text,
  processDefinitionKey: Text,
  deploymentId: Text,
  rootProcessInstanceId: Text,
  tenantId: Text,
  hostname: Text,
  batchId: Text,
  ...LOG_EVENTS,
});
export type JobLogDto = Static<typeof JobLogDto>;

export const JobLogQuery = defineQuery({
  name: 'HistoricJobLogQueryDto',
  filters: {
    logId: text,
    jobId: text,
    jobExceptionMessage: text,
    jobDefinitionId: text,
    jobDefinitionType: text,
    jobDefinitionConfiguration: text,
    activityIdIn: texts,
    failedActivityIdIn: texts,
    executionIdIn: texts,
    processInstanceId: text,
    processDefinitionId: text,
    processDefinitionKey: text,
    deploymentId: text,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    hostname: text,
    jobPriorityLowerThanOrEquals: integer,
    jobPriorityHigherThanOrEquals: integer,
    creationLog: boolean,
    failureLog: boolean,
    successLog: boolean,
    deletionLog: boolean,
  },
  sortBy: [
    'timestamp',
    'jobId',
    'jobDefinitionId',
    'jobDueDate',
    'jobRetries',
    'jobPriority',
    'activityId',
    'executionId',
    'processInstanceId',
    'processDefinitionId',
    'processDefinitionKey',
    'deploymentId',
    'hostname',
    'occurrence',
    'tenantId',
  ],
});
export type JobLogQuery = typeof JobLogQuery;

export function toJobLogDto(
  log: JobLogEntity,
  { jobDefinitionId, deploymentId }: { jobDefinitionId: string | null; deploymentId: string | null },
): JobLogDto {
  return {
    id: log.id,
    timestamp: formatDate(log.createdAt),
    removalTime: null,
    jobId: log.jobId,
    jobDueDate: formatDate(log.dueDate),
    jobRetries: log.retries,
    jobPriority: log.priority ?? 0,
    jobExceptionMessage: log.message,
    failedActivityId: log.failedElementId,
    jobDefinitionId,
    jobDefinitionType: log.type,
    jobDefinitionConfiguration: log.configuration,
    activityId: log.elementId,
    executionId: log.activityInstanceId,
    processInstanceId: log.processInstanceId,
    processDefinitionId: log.processDefinitionId,
    processDefinitionKey: keyOf(log.processDefinitionId),
    deploymentId,
    rootProcessInstanceId: log.rootProcessInstanceId ?? log.processInstanceId,
    tenantId: log.tenantId,
    hostname: log.hostname,
    batchId: log.batchId,
    ...eventFlags(log.event),
  };
}
