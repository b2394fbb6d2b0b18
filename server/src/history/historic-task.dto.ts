import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { boolean, date, FilterError, type FilterKind, integer, text, texts, variables } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Nullable } from '../http/schema.js';
import type { HistoricTaskEntity } from '../persistence/entities/historic-task.js';

const Text = Nullable(Type.String());
const Time = Nullable(DateText());

export const HistoricTaskInstanceDto = Dto('HistoricTaskInstanceDto', {
  id: Type.String(),
  processDefinitionKey: Type.String(),
  processDefinitionId: Type.String(),
  processInstanceId: Type.String(),
  executionId: Type.String(),
  caseDefinitionKey: Type.Null(),
  caseDefinitionId: Type.Null(),
  caseInstanceId: Type.Null(),
  caseExecutionId: Type.Null(),
  activityInstanceId: Type.String(),
  name: Text,
  description: Text,
  deleteReason: Text,
  owner: Text,
  assignee: Text,
  startTime: DateText(),
  endTime: Time,
  duration: Nullable(Type.Integer()),
  taskDefinitionKey: Type.String(),
  priority: Type.Integer(),
  due: Time,
  parentTaskId: Type.Null(),
  followUp: Time,
  tenantId: Text,
  removalTime: Time,
  rootProcessInstanceId: Type.String(),
  taskState: Type.String({ description: 'Created, Updated, Completed or Deleted' }),
});
export type HistoricTaskInstanceDto = Static<typeof HistoricTaskInstanceDto>;

/** A filter on something that isn't kept for past tasks: refused, because its answer would be wrong. */
const notRecorded: FilterKind<never> = {
  fromText: refuse,
  fromJson: refuse,
  textSchema: Type.String(),
  jsonSchema: Type.Any(),
};

function refuse(): never {
  throw new FilterError('candidates and other identity links of past tasks are not recorded');
}

export const HistoricTaskInstanceQuery = defineQuery({
  name: 'HistoricTaskInstanceQueryDto',
  filters: {
    taskId: text,
    taskParentTaskId: text,
    processInstanceId: text,
    rootProcessInstanceId: text,
    processInstanceBusinessKey: text,
    processInstanceBusinessKeyIn: texts,
    processInstanceBusinessKeyLike: text,
    executionId: text,
    activityInstanceIdIn: texts,
    processDefinitionId: text,
    processDefinitionKey: text,
    processDefinitionName: text,
    caseInstanceId: text,
    caseExecutionId: text,
    caseDefinitionId: text,
    caseDefinitionKey: text,
    caseDefinitionName: text,
    taskName: text,
    taskNameLike: text,
    taskDescription: text,
    taskDescriptionLike: text,
    taskDefinitionKey: text,
    taskDefinitionKeyIn: texts,
    taskDeleteReason: text,
    taskDeleteReasonLike: text,
    taskAssignee: text,
    taskAssigneeLike: text,
    taskOwner: text,
    taskOwnerLike: text,
    taskPriority: integer,
    assigned: boolean,
    unassigned: boolean,
    finished: boolean,
    unfinished: boolean,
    processFinished: boolean,
    processUnfinished: boolean,
    taskDueDate: date,
    taskDueDateBefore: date,
    taskDueDateAfter: date,
    withoutTaskDueDate: boolean,
    taskFollowUpDate: date,
    taskFollowUpDateBefore: date,
    taskFollowUpDateAfter: date,
    startedBefore: date,
    startedAfter: date,
    finishedBefore: date,
    finishedAfter: date,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    taskVariables: variables,
    processVariables: variables,
    variableNamesIgnoreCase: boolean,
    variableValuesIgnoreCase: boolean,
    taskInvolvedUser: notRecorded,
    taskInvolvedGroup: notRecorded,
    taskHadCandidateUser: notRecorded,
    taskHadCandidateGroup: notRecorded,
    withCandidateGroups: notRecorded,
    withoutCandidateGroups: notRecorded,
  },
  sortBy: [
    'taskId',
    'activityInstanceId',
    'processDefinitionId',
    'processInstanceId',
    'executionId',
    'duration',
    'endTime',
    'startTime',
    'taskName',
    'taskDescription',
    'assignee',
    'owner',
    'dueDate',
    'followUpDate',
    'deleteReason',
    'taskDefinitionKey',
    'priority',
    'tenantId',
  ],
  orQueries: true,
});
export type HistoricTaskInstanceQuery = typeof HistoricTaskInstanceQuery;

/** @param updated whether the running task was changed since it was created */
export function toHistoricTaskInstanceDto(task: HistoricTaskEntity, updated: boolean): HistoricTaskInstanceDto {
  return {
    id: task.id,
    processDefinitionKey: task.processDefinitionKey,
    processDefinitionId: task.processDefinitionId,
    processInstanceId: task.processInstanceId,
    executionId: task.activityInstanceId,
    caseDefinitionKey: null,
    caseDefinitionId: null,
    caseInstanceId: null,
    caseExecutionId: null,
    activityInstanceId: task.activityInstanceId,
    name: task.name,
    description: task.description,
    deleteReason: task.deleteReason,
    owner: task.owner,
    assignee: task.assignee,
    startTime: formatDate(task.startedAt),
    endTime: formatDate(task.endedAt),
    duration: task.durationMs,
    taskDefinitionKey: task.elementId,
    priority: task.priority,
    due: formatDate(task.dueDate),
    parentTaskId: null,
    followUp: formatDate(task.followUpDate),
    tenantId: task.tenantId,
    removalTime: null,
    rootProcessInstanceId: task.rootProcessInstanceId,
    taskState: stateOf(task, updated),
  };
}

function stateOf({ endedAt, deleteReason }: HistoricTaskEntity, updated: boolean): string {
  if (endedAt === null) return updated ? 'Updated' : 'Created';
  return deleteReason === 'completed' ? 'Completed' : 'Deleted';
}
