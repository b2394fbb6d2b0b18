import { type Static, Type } from '@sinclair/typebox';
import { formatDate, parseDate } from '../http/date.js';
import { boolean, FilterError, type FilterKind, integer, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';
import type { JobEntity } from '../persistence/entities/job.js';

const Text = Nullable(Type.String());

export const JobDto = Dto('JobDto', {
  id: Type.String(),
  jobDefinitionId: Text,
  processInstanceId: Text,
  processDefinitionId: Text,
  processDefinitionKey: Text,
  executionId: Text,
  exceptionMessage: Text,
  failedActivityId: Text,
  retries: Type.Integer(),
  dueDate: Nullable(DateText()),
  suspended: Type.Boolean(),
  priority: Type.Integer(),
  tenantId: Text,
  createTime: DateText(),
  batchId: Text,
});
export type JobDto = Static<typeof JobDto>;

/** Before or after a moment. */
export interface TimeCondition {
  readonly operator: 'gt' | 'lt';
  readonly value: Date;
}

/** `gt_<date>,lt_<date>` in a query string, `[{ operator, value }]` in a body. */
const times: FilterKind<TimeCondition[]> = {
  fromText: (value) =>
    value.split(',').map((part) => {
      const [, operator, moment] = /^([^_]+)_(.+)$/.exec(part) ?? [];
      if (operator === undefined || moment === undefined) throw new FilterError('it has not the form OPERATOR_VALUE');
      return timeCondition(operator, moment);
    }),
  fromJson: (value) =>
    (value as { operator: string; value: string }[]).map((given) => timeCondition(given.operator, given.value)),
  textSchema: Type.String({ description: 'Conditions `gt_<date>` and `lt_<date>`, separated by commas' }),
  jsonSchema: Type.Array(
    Dto('JobConditionQueryParameterDto', { operator: Type.String({ description: 'gt or lt' }), value: DateText() }),
  ),
};

function timeCondition(operator: string, moment: string): TimeCondition {
  if (operator !== 'gt' && operator !== 'lt') throw new FilterError(`'${operator}' is neither gt nor lt`);
  const value = parseDate(moment);
  if (!value) throw new FilterError(`'${moment}' is not a date like 2026-11-23T03:00:00.000+0000`);
  return { operator, value };
}

export const JobQuery = defineQuery({
  name: 'JobQueryDto',
  filters: {
    jobId: text,
    jobIds: texts,
    jobDefinitionId: text,
    processInstanceId: text,
    processInstanceIds: texts,
    executionId: text,
    processDefinitionId: text,
    processDefinitionKey: text,
    activityId: text,
    withRetriesLeft: boolean,
    noRetriesLeft: boolean,
    executable: boolean,
    timers: boolean,
    messages: boolean,
    dueDates: times,
    createTimes: times,
    withException: boolean,
    exceptionMessage: text,
    failedActivityId: text,
    active: boolean,
    suspended: boolean,
    acquired: boolean,
    priorityLowerThanOrEquals: integer,
    priorityHigherThanOrEquals: integer,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    includeJobsWithoutTenantId: boolean,
  },
  sortBy: [
    'jobId',
    'executionId',
    'processInstanceId',
    'processDefinitionId',
    'processDefinitionKey',
    'jobPriority',
    'jobRetries',
    'jobDueDate',
    'tenantId',
  ],
});
export type JobQuery = typeof JobQuery;

export const JobRetriesDto = Dto('JobRetriesDto', {
  retries: Type.Integer({ minimum: 0 }),
  dueDate: Maybe(DateText()),
});
export type JobRetriesDto = Static<typeof JobRetriesDto>;

export const JobDuedateDto = Dto('JobDuedateDto', {
  duedate: Maybe(DateText()),
  cascade: Maybe(Type.Boolean({ description: 'Whether the later turns of a repeating timer move too' })),
});
export type JobDuedateDto = Static<typeof JobDuedateDto>;

export const JobPriorityDto = Dto('PriorityDto', { priority: Maybe(Type.Integer()) });
export type JobPriorityDto = Static<typeof JobPriorityDto>;

export const SuspensionStateDto = Dto('SuspensionStateDto', { suspended: Maybe(Type.Boolean()) });
export type SuspensionStateDto = Static<typeof SuspensionStateDto>;

export const JobSuspensionStateDto = Dto('JobSuspensionStateDto', {
  suspended: Maybe(Type.Boolean()),
  jobDefinitionId: Maybe(Type.String()),
  processInstanceId: Maybe(Type.String()),
  processDefinitionId: Maybe(Type.String()),
  processDefinitionKey: Maybe(Type.String()),
  processDefinitionTenantId: Maybe(Type.String()),
  processDefinitionWithoutTenantId: Maybe(Type.Boolean()),
});
export type JobSuspensionStateDto = Static<typeof JobSuspensionStateDto>;

export const RecalculateQuery = Type.Object({
  creationDateBased: Type.Optional(
    Type.Boolean({ description: 'From when the job was created (the default), or else from now' }),
  ),
});
export type RecalculateQuery = Static<typeof RecalculateQuery>;

export function toJobDto(job: JobEntity, jobDefinitionId: string | null): JobDto {
  return {
    id: job.id,
    jobDefinitionId,
    processInstanceId: job.processInstanceId,
    processDefinitionId: job.processDefinitionId,
    processDefinitionKey: job.processDefinitionKey,
    executionId: job.activityInstanceId,
    exceptionMessage: job.exceptionMessage,
    failedActivityId: job.failedElementId,
    retries: job.retries,
    dueDate: formatDate(job.dueDate),
    suspended: job.suspended,
    priority: job.priority,
    tenantId: job.tenantId,
    createTime: formatDate(job.createdAt),
    batchId: job.batchId,
  };
}
