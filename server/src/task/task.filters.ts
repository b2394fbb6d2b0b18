import { boolean, date, FilterError, type FilterKind, integer, text, texts, variables } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';

type DelegationState = 'PENDING' | 'RESOLVED';

const delegation: FilterKind<DelegationState> = {
  fromText: delegationState,
  fromJson: (value) => delegationState(value as string),
  textSchema: text.textSchema,
  jsonSchema: text.jsonSchema,
};

function delegationState(value: string): DelegationState {
  const word = value.toUpperCase();
  if (word !== 'PENDING' && word !== 'RESOLVED') throw new FilterError('it is neither PENDING nor RESOLVED');
  return word;
}

/** An expression instead of a value: Camunda takes none in queries that come by REST, and neither do we. */
const expression: FilterKind<never> = {
  fromText: refuseExpression,
  fromJson: refuseExpression,
  textSchema: text.textSchema,
  jsonSchema: text.jsonSchema,
};

function refuseExpression(): never {
  throw new FilterError('expressions are not evaluated in queries, give the value itself');
}

const candidates = {
  candidateGroup: text,
  candidateGroupLike: text,
  candidateGroupExpression: expression,
  candidateGroups: texts,
  candidateGroupsExpression: expression,
  candidateUser: text,
  candidateUserExpression: expression,
  withCandidateGroups: boolean,
  withoutCandidateGroups: boolean,
  withCandidateUsers: boolean,
  withoutCandidateUsers: boolean,
  includeAssignedTasks: boolean,
};

const people = {
  assignee: text,
  assigneeExpression: expression,
  assigneeLike: text,
  assigneeLikeExpression: expression,
  assigneeIn: texts,
  assigneeNotIn: texts,
  assigned: boolean,
  unassigned: boolean,
  owner: text,
  ownerExpression: expression,
  involvedUser: text,
  involvedUserExpression: expression,
  delegationState: delegation,
};

const places = {
  processInstanceId: text,
  processInstanceIdIn: texts,
  processInstanceBusinessKey: text,
  processInstanceBusinessKeyExpression: expression,
  processInstanceBusinessKeyIn: texts,
  processInstanceBusinessKeyLike: text,
  processInstanceBusinessKeyLikeExpression: expression,
  processDefinitionId: text,
  processDefinitionKey: text,
  processDefinitionKeyIn: texts,
  processDefinitionName: text,
  processDefinitionNameLike: text,
  executionId: text,
  activityInstanceIdIn: texts,
  tenantIdIn: texts,
  withoutTenantId: boolean,
  caseInstanceId: text,
  caseInstanceBusinessKey: text,
  caseInstanceBusinessKeyLike: text,
  caseDefinitionId: text,
  caseDefinitionKey: text,
  caseDefinitionName: text,
  caseDefinitionNameLike: text,
  caseExecutionId: text,
  parentTaskId: text,
};

const dates = {
  dueDate: date,
  dueDateExpression: expression,
  dueAfter: date,
  dueAfterExpression: expression,
  dueBefore: date,
  dueBeforeExpression: expression,
  withoutDueDate: boolean,
  followUpDate: date,
  followUpDateExpression: expression,
  followUpAfter: date,
  followUpAfterExpression: expression,
  followUpBefore: date,
  followUpBeforeExpression: expression,
  followUpBeforeOrNotExistent: date,
  followUpBeforeOrNotExistentExpression: expression,
  createdOn: date,
  createdOnExpression: expression,
  createdAfter: date,
  createdAfterExpression: expression,
  createdBefore: date,
  createdBeforeExpression: expression,
  updatedAfter: date,
  updatedAfterExpression: expression,
};

/** Everything that tasks can be asked by. */
export const TaskQuery = defineQuery({
  name: 'TaskQueryDto',
  filters: {
    taskId: text,
    taskIdIn: texts,
    ...places,
    ...people,
    ...candidates,
    taskDefinitionKey: text,
    taskDefinitionKeyIn: texts,
    taskDefinitionKeyNotIn: texts,
    taskDefinitionKeyLike: text,
    name: text,
    nameNotEqual: text,
    nameLike: text,
    nameNotLike: text,
    description: text,
    descriptionLike: text,
    priority: integer,
    maxPriority: integer,
    minPriority: integer,
    ...dates,
    active: boolean,
    suspended: boolean,
    taskVariables: variables,
    processVariables: variables,
    caseInstanceVariables: variables,
    variableNamesIgnoreCase: boolean,
    variableValuesIgnoreCase: boolean,
    withCommentAttachmentInfo: boolean,
    withTaskVariablesInReturn: boolean,
    withTaskLocalVariablesInReturn: boolean,
  },
  sortBy: [
    'instanceId',
    'caseInstanceId',
    'dueDate',
    'followUpDate',
    'executionId',
    'caseExecutionId',
    'assignee',
    'created',
    'lastUpdated',
    'description',
    'id',
    'name',
    'nameCaseInsensitive',
    'priority',
    'processVariable',
    'executionVariable',
    'taskVariable',
  ],
  orQueries: true,
});
export type TaskQuery = typeof TaskQuery;
