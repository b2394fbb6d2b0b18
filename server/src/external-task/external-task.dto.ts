import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { boolean, date, integer, text, texts, variables } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';
import { VariablesDto } from '../http/variable-value.js';
import type { ExternalTaskEntity } from '../persistence/entities/external-task.js';
import type { FetchedTask } from './fetch-queue.js';

const Text = Nullable(Type.String());
const Time = Nullable(DateText());

const EXTERNAL_TASK = {
  activityId: Type.String(),
  activityInstanceId: Type.String(),
  errorMessage: Text,
  executionId: Type.String(),
  id: Type.String(),
  lockExpirationTime: Time,
  createTime: DateText(),
  processDefinitionId: Type.String(),
  processDefinitionKey: Type.String(),
  processDefinitionVersionTag: Text,
  processInstanceId: Type.String(),
  retries: Nullable(Type.Integer({ description: 'Null until a first failure set it' })),
  suspended: Type.Boolean(),
  workerId: Text,
  topicName: Type.String(),
  tenantId: Text,
  priority: Type.Integer(),
  businessKey: Text,
};

export const ExternalTaskDto = Dto('ExternalTaskDto', EXTERNAL_TASK);
export type ExternalTaskDto = Static<typeof ExternalTaskDto>;

export const LockedExternalTaskDto = Dto('LockedExternalTaskDto', {
  ...EXTERNAL_TASK,
  errorDetails: Text,
  variables: VariablesDto,
  extensionProperties: Type.Record(Type.String(), Type.String()),
});
export type LockedExternalTaskDto = Static<typeof LockedExternalTaskDto>;

export const ExternalTaskQuery = defineQuery({
  name: 'ExternalTaskQueryDto',
  filters: {
    externalTaskId: text,
    externalTaskIdIn: texts,
    topicName: text,
    workerId: text,
    locked: boolean,
    notLocked: boolean,
    withRetriesLeft: boolean,
    noRetriesLeft: boolean,
    lockExpirationAfter: date,
    lockExpirationBefore: date,
    activityId: text,
    activityIdIn: texts,
    executionId: text,
    processInstanceId: text,
    processInstanceIdIn: texts,
    processDefinitionId: text,
    processDefinitionKey: text,
    processDefinitionKeyIn: texts,
    processDefinitionName: text,
    processDefinitionNameLike: text,
    tenantIdIn: texts,
    active: boolean,
    suspended: boolean,
    priorityHigherThanOrEquals: integer,
    priorityLowerThanOrEquals: integer,
    processVariables: variables,
    variableNamesIgnoreCase: boolean,
    variableValuesIgnoreCase: boolean,
  },
  sortBy: [
    'id',
    'lockExpirationTime',
    'processInstanceId',
    'processDefinitionId',
    'processDefinitionKey',
    'taskPriority',
    'createTime',
    'tenantId',
  ],
});
export type ExternalTaskQuery = typeof ExternalTaskQuery;

const FetchTopicDto = Dto('FetchExternalTaskTopicDto', {
  topicName: Type.String(),
  lockDuration: Type.Integer({ minimum: 1, description: 'In milliseconds' }),
  variables: Maybe(Type.Array(Type.String(), { description: 'Names of the variables to hand over; all when absent' })),
  localVariables: Maybe(Type.Boolean()),
  deserializeValues: Maybe(Type.Boolean()),
  includeExtensionProperties: Maybe(Type.Boolean()),
  businessKey: Maybe(Type.String()),
  processDefinitionId: Maybe(Type.String()),
  processDefinitionIdIn: Maybe(Type.Array(Type.String())),
  processDefinitionKey: Maybe(Type.String()),
  processDefinitionKeyIn: Maybe(Type.Array(Type.String())),
  processDefinitionVersionTag: Maybe(Type.String()),
  withoutTenantId: Maybe(Type.Boolean()),
  tenantIdIn: Maybe(Type.Array(Type.String())),
  processVariables: Maybe(
    Type.Record(Type.String(), Nullable(Type.Union([Type.String(), Type.Number(), Type.Boolean()])), {
      description: 'Variables of the process instance that must have exactly these values',
    }),
  ),
});
export type FetchTopicDto = Static<typeof FetchTopicDto>;

/** The longest wait of a long poll, in milliseconds. */
export const MAX_WAIT_MS = 1_800_000;

export const FetchExternalTasksDto = Dto('FetchExternalTasksDto', {
  workerId: Type.String(),
  maxTasks: Maybe(Type.Integer({ minimum: 0 })),
  usePriority: Maybe(Type.Boolean({ description: 'Tasks always come by priority; without it the order is open' })),
  asyncResponseTimeout: Maybe(
    Type.Integer({ description: `How long to wait for a first task, in milliseconds; at most ${MAX_WAIT_MS}` }),
  ),
  topics: Maybe(Type.Array(FetchTopicDto)),
  sorting: Maybe(
    Type.Array(
      Dto('FetchExternalTasksSortingDto', {
        sortBy: Type.Literal('createTime'),
        sortOrder: Type.Union([Type.Literal('asc'), Type.Literal('desc')]),
      }),
    ),
  ),
});
export type FetchExternalTasksDto = Static<typeof FetchExternalTasksDto>;

const WORKER = { workerId: Type.String({ description: 'Who holds the lock' }) };
const OUTCOME = { ...WORKER, variables: Maybe(VariablesDto) };

export const CompleteExternalTaskDto = Dto('CompleteExternalTaskDto', {
  ...OUTCOME,
  localVariables: Maybe(VariablesDto),
});
export type CompleteExternalTaskDto = Static<typeof CompleteExternalTaskDto>;

export const ExternalTaskFailureDto = Dto('ExternalTaskFailureDto', {
  ...OUTCOME,
  localVariables: Maybe(VariablesDto),
  errorMessage: Maybe(Type.String()),
  errorDetails: Maybe(Type.String()),
  retries: Maybe(Type.Integer({ minimum: 0, description: 'How many attempts are left; 0 opens an incident' })),
  retryTimeout: Maybe(Type.Integer({ minimum: 0, description: 'In milliseconds' })),
});
export type ExternalTaskFailureDto = Static<typeof ExternalTaskFailureDto>;

export const ExternalTaskBpmnErrorDto = Dto('ExternalTaskBpmnError', {
  ...OUTCOME,
  errorCode: Type.String(),
  errorMessage: Maybe(Type.String()),
});
export type ExternalTaskBpmnErrorDto = Static<typeof ExternalTaskBpmnErrorDto>;

export const ExtendLockDto = Dto('ExtendLockOnExternalTaskDto', {
  ...WORKER,
  newDuration: Type.Integer({ minimum: 1, description: 'From now on, in milliseconds' }),
});
export type ExtendLockDto = Static<typeof ExtendLockDto>;

export const LockExternalTaskDto = Dto('LockExternalTaskDto', {
  ...WORKER,
  lockDuration: Type.Integer({ minimum: 1, description: 'In milliseconds' }),
});
export type LockExternalTaskDto = Static<typeof LockExternalTaskDto>;

export const ExternalTaskRetriesDto = Dto('RetriesDto', { retries: Maybe(Type.Integer()) });
export type ExternalTaskRetriesDto = Static<typeof ExternalTaskRetriesDto>;

export const SetExternalTaskRetriesDto = Dto('SetRetriesForExternalTasksDto', {
  retries: Maybe(Type.Integer()),
  externalTaskIds: Maybe(Type.Array(Nullable(Type.String()))),
  processInstanceIds: Maybe(Type.Array(Nullable(Type.String()))),
  externalTaskQuery: Maybe(Type.Any({ description: 'Not supported: list the ids' })),
  processInstanceQuery: Maybe(Type.Any({ description: 'Not supported: list the ids' })),
  historicProcessInstanceQuery: Maybe(Type.Any({ description: 'Not supported: list the ids' })),
});
export type SetExternalTaskRetriesDto = Static<typeof SetExternalTaskRetriesDto>;

export const ExternalTaskPriorityDto = Dto('PriorityDto', { priority: Maybe(Type.Integer()) });
export type ExternalTaskPriorityDto = Static<typeof ExternalTaskPriorityDto>;

export const TopicNamesQuery = Type.Object({
  withLockedTasks: Type.Optional(Type.Boolean()),
  withUnlockedTasks: Type.Optional(Type.Boolean()),
  withRetriesLeft: Type.Optional(Type.Boolean()),
});
export type TopicNamesQuery = Static<typeof TopicNamesQuery>;

type TaskRow = Omit<ExternalTaskEntity, 'rootProcessInstanceId'>;

function commonMembers(task: Omit<TaskRow, 'errorDetails' | 'extensionProperties'>, versionTag: string | null) {
  return {
    activityId: task.elementId,
    activityInstanceId: task.activityInstanceId,
    errorMessage: task.errorMessage,
    executionId: task.activityInstanceId,
    id: task.id,
    lockExpirationTime: formatDate(task.lockExpiresAt),
    createTime: formatDate(task.createdAt),
    processDefinitionId: task.processDefinitionId,
    processDefinitionKey: task.processDefinitionKey,
    processDefinitionVersionTag: versionTag,
    processInstanceId: task.processInstanceId,
    retries: task.retries,
    suspended: task.suspended,
    workerId: task.workerId,
    topicName: task.topicName,
    tenantId: task.tenantId,
    priority: task.priority,
    businessKey: task.businessKey,
  };
}

export function toExternalTaskDto(task: TaskRow, versionTag: string | null): ExternalTaskDto {
  return commonMembers(task, versionTag);
}

export function toLockedDto({ task, variables }: FetchedTask, withProperties: boolean): LockedExternalTaskDto {
  return {
    ...commonMembers(task, task.versionTag),
    errorDetails: task.errorDetails,
    variables,
    extensionProperties: withProperties ? { ...task.extensionProperties } : {},
  };
}
