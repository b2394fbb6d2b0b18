import type { TypedValue } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { allOf, anyOf, type Condition, FALSE, not, raw, sql } from '../http/condition.js';
import type { VariableFilter } from '../http/filters.js';
import { ListQuery } from '../http/list-query.js';
import type { FiltersOf, QueryInput, Sorting } from '../http/query-input.js';
import { invalidRequest, noSuchResource } from '../http/rest-error.js';
import { variableExists } from '../http/variable-condition.js';
import { toVariableValues } from '../http/variable-value.js';
import { Database } from '../persistence/database.js';
import { IdentityLinkEntity } from '../persistence/entities/identity-link.js';
import { UserTaskEntity } from '../persistence/entities/user-task.js';
import { localVariables, visibleVariables } from '../variable-instance/visible-variables.js';
import {
  type IdentityLinkDto,
  type TaskCountByCandidateGroupDto,
  type TaskDto,
  toIdentityLinkDto,
  toTaskDto,
} from './task.dto.js';
import type { TaskQuery } from './task.filters.js';

type Filters = FiltersOf<TaskQuery['filters']>;

const NUMERIC: ReadonlySet<string> = new Set(['boolean', 'short', 'integer', 'long', 'double', 'date']);
const PROCESS_SCOPE = raw(
  'v.process_instance_id = task.processInstanceId AND v.activity_instance_id = task.processInstanceId AND v.task_id IS NULL',
);
const EXECUTION_SCOPE = raw('v.activity_instance_id = task.activityInstanceId AND v.task_id IS NULL');
const TASK_SCOPE = raw('v.task_id = task.id');

@Injectable()
export class TaskQueries {
  private readonly tasks: ListQuery<UserTaskEntity, TaskQuery>;

  constructor(private readonly database: Database) {
    const unknown = () => FALSE; // there are no cases, and no tasks of tasks
    const nothing = () => null; // read together with another filter, or about the answer only
    const never = () => null; // refused when it is read
    this.tasks = new ListQuery<UserTaskEntity, TaskQuery>(database.dataSource, {
      entity: UserTaskEntity,
      alias: 'task',
      filters: {
        taskId: (id) => sql`task.id = ${id}`,
        taskIdIn: (ids) => sql`task.id = ANY(${ids})`,
        processInstanceId: (id) => sql`task.processInstanceId = ${id}`,
        processInstanceIdIn: (ids) => sql`task.processInstanceId = ANY(${ids})`,
        processInstanceBusinessKey: (key) => instance(sql`i.business_key = ${key}`),
        processInstanceBusinessKeyExpression: never,
        processInstanceBusinessKeyIn: (keys) => instance(sql`i.business_key = ANY(${keys})`),
        processInstanceBusinessKeyLike: (key) => instance(sql`i.business_key LIKE ${key}`),
        processInstanceBusinessKeyLikeExpression: never,
        processDefinitionId: (id) => sql`task.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`task.processDefinitionKey = ${key}`,
        processDefinitionKeyIn: (keys) => sql`task.processDefinitionKey = ANY(${keys})`,
        processDefinitionName: (name) => definition(sql`d.name = ${name}`),
        processDefinitionNameLike: (name) => definition(sql`d.name LIKE ${name}`),
        executionId: (id) => sql`task.activityInstanceId = ${id}`,
        activityInstanceIdIn: (ids) => sql`task.activityInstanceId = ANY(${ids})`,
        tenantIdIn: (ids) => sql`task.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('task.tenantId IS NULL') : null),
        caseInstanceId: unknown,
        caseInstanceBusinessKey: unknown,
        caseInstanceBusinessKeyLike: unknown,
        caseDefinitionId: unknown,
        caseDefinitionKey: unknown,
        caseDefinitionName: unknown,
        caseDefinitionNameLike: unknown,
        caseExecutionId: unknown,
        caseInstanceVariables: unknown,
        parentTaskId: unknown,
        assignee: (user) => sql`task.assignee = ${user}`,
        assigneeExpression: never,
        assigneeLike: (pattern) => sql`task.assignee LIKE ${pattern}`,
        assigneeLikeExpression: never,
        assigneeIn: (users) => sql`task.assignee = ANY(${users})`,
        assigneeNotIn: (users) => sql`task.assignee <> ALL(${users})`,
        assigned: (yes) => (yes ? raw('task.assignee IS NOT NULL') : null),
        unassigned: (yes) => (yes ? raw('task.assignee IS NULL') : null),
        owner: (user) => sql`task.owner = ${user}`,
        ownerExpression: never,
        involvedUser: (user) =>
          anyOf([sql`task.assignee = ${user}`, sql`task.owner = ${user}`, link(sql`l.user_id = ${user}`)]),
        involvedUserExpression: never,
        delegationState: (state) => sql`task.delegationState = ${state}`,
        candidateGroup: (group, all) => candidate(sql`l.group_id = ${group}`, all),
        candidateGroupLike: (pattern, all) => candidate(sql`l.group_id LIKE ${pattern}`, all),
        candidateGroupExpression: never,
        candidateGroups: (groups, all) => candidate(sql`l.group_id = ANY(${groups})`, all),
        candidateGroupsExpression: never,
        candidateUser: (user, all) => {
          if (all.candidateGroup !== undefined || all.candidateGroups !== undefined)
            throw invalidRequest('A query can have candidateUser or candidate groups, but not both');
          return candidate(sql`l.user_id = ${user}`, all);
        },
        candidateUserExpression: never,
        withCandidateGroups: (yes, all) => (yes ? candidate(raw('l.group_id IS NOT NULL'), all) : null),
        withoutCandidateGroups: (yes, all) => (yes ? noCandidate(raw('l.group_id IS NOT NULL'), all) : null),
        withCandidateUsers: (yes, all) => (yes ? candidate(raw('l.user_id IS NOT NULL'), all) : null),
        withoutCandidateUsers: (yes, all) => (yes ? noCandidate(raw('l.user_id IS NOT NULL'), all) : null),
        includeAssignedTasks: nothing,
        taskDefinitionKey: (key) => sql`task.elementId = ${key}`,
        taskDefinitionKeyIn: (keys) => sql`task.elementId = ANY(${keys})`,
        taskDefinitionKeyNotIn: (keys) => sql`task.elementId <> ALL(${keys})`,
        taskDefinitionKeyLike: (pattern) => sql`task.elementId LIKE ${pattern}`,
        // Names and descriptions compare without regard to case, as in Camunda.
        name: (name) => sql`lower(task.name) = lower(${name})`,
        nameNotEqual: (name) => sql`lower(task.name) <> lower(${name})`,
        nameLike: (pattern) => sql`lower(task.name) LIKE lower(${pattern})`,
        nameNotLike: (pattern) => sql`lower(task.name) NOT LIKE lower(${pattern})`,
        description: (description) => sql`lower(task.description) = lower(${description})`,
        descriptionLike: (pattern) => sql`lower(task.description) LIKE lower(${pattern})`,
        priority: (priority) => sql`task.priority = ${priority}`,
        maxPriority: (priority) => sql`task.priority <= ${priority}`,
        minPriority: (priority) => sql`task.priority >= ${priority}`,
        dueDate: (at) => sql`task.dueDate = ${at}`,
        dueDateExpression: never,
        dueAfter: (at) => sql`task.dueDate > ${at}`,
        dueAfterExpression: never,
        dueBefore: (at) => sql`task.dueDate < ${at}`,
        dueBeforeExpression: never,
        withoutDueDate: (yes) => (yes ? raw('task.dueDate IS NULL') : null),
        followUpDate: (at) => sql`task.followUpDate = ${at}`,
        followUpDateExpression: never,
        followUpAfter: (at) => sql`task.followUpDate > ${at}`,
        followUpAfterExpression: never,
        followUpBefore: (at) => sql`task.followUpDate < ${at}`,
        followUpBeforeExpression: never,
        followUpBeforeOrNotExistent: (at) => sql`(task.followUpDate IS NULL OR task.followUpDate < ${at})`,
        followUpBeforeOrNotExistentExpression: never,
        createdOn: (at) => sql`task.createdAt = ${at}`,
        createdOnExpression: never,
        createdAfter: (at) => sql`task.createdAt > ${at}`,
        createdAfterExpression: never,
        createdBefore: (at) => sql`task.createdAt < ${at}`,
        createdBeforeExpression: never,
        updatedAfter: (at) => sql`coalesce(task.updatedAt, task.createdAt) > ${at}`,
        updatedAfterExpression: never,
        active: (yes) => (yes ? raw('NOT task.suspended') : null),
        suspended: (yes) => (yes ? raw('task.suspended') : null),
        taskVariables: (filters, all) => holding(TASK_SCOPE, filters, all),
        processVariables: (filters, all) => holding(PROCESS_SCOPE, filters, all),
        variableNamesIgnoreCase: nothing,
        variableValuesIgnoreCase: nothing,
        withCommentAttachmentInfo: nothing,
        withTaskVariablesInReturn: nothing,
        withTaskLocalVariablesInReturn: nothing,
      },
      // By id it would be the same, but no index has one process's tasks in that order.
      usualOrder: raw('task.createdAt'),
      sortings: {
        instanceId: raw('task.processInstanceId'),
        caseInstanceId: raw('task.id'),
        dueDate: raw('task.dueDate'),
        followUpDate: raw('task.followUpDate'),
        executionId: raw('task.activityInstanceId'),
        caseExecutionId: raw('task.id'),
        assignee: raw('task.assignee'),
        created: raw('task.createdAt'),
        lastUpdated: raw('coalesce(task.updatedAt, task.createdAt)'),
        description: raw('task.description'),
        id: raw('task.id'),
        name: raw('task.name'),
        nameCaseInsensitive: raw('lower(task.name)'),
        priority: raw('task.priority'),
        processVariable: (sorting) => variable(PROCESS_SCOPE, sorting),
        executionVariable: (sorting) => variable(EXECUTION_SCOPE, sorting),
        taskVariable: (sorting) => variable(TASK_SCOPE, sorting),
      },
    });
  }

  async list(input: QueryInput<TaskQuery>): Promise<TaskDto[]> {
    const tasks = await this.tasks.list(input);
    const { withCommentAttachmentInfo, withTaskVariablesInReturn, withTaskLocalVariablesInReturn } = input.filters;
    const extras = withCommentAttachmentInfo ? { attachment: false, comment: false } : {};
    if (!withTaskVariablesInReturn && !withTaskLocalVariablesInReturn)
      return tasks.map((task) => ({ ...toTaskDto(task), ...extras }));
    const read = withTaskVariablesInReturn ? visibleVariables : localVariables;
    const values = await read(this.database, tasks.map(scopeOf), null);
    return tasks.map((task, i) => ({
      ...toTaskDto(task),
      ...extras,
      variables: toVariableValues(values[i] ?? {}, { deserialize: true }),
    }));
  }

  async count(input: QueryInput<TaskQuery>): Promise<{ count: number }> {
    return { count: await this.tasks.count(input) };
  }

  async get(id: string): Promise<TaskDto> {
    return toTaskDto(await this.find(id));
  }

  /** @throws RestError (404) */
  async find(id: string): Promise<UserTaskEntity> {
    const task = await this.database.dataSource.getRepository(UserTaskEntity).findOneBy({ id });
    if (!task) throw noSuchResource(`No matching task with id ${id}`);
    return task;
  }

  /** @param names null for all */
  async variables(
    task: UserTaskEntity,
    local: boolean,
    names: readonly string[] | null,
  ): Promise<Record<string, TypedValue>> {
    const [values] = await (local ? localVariables : visibleVariables)(this.database, [scopeOf(task)], names);
    return values ?? {};
  }

  /** One variable, files with their bytes. @throws RestError (404) */
  async variable(id: string, name: string, local: boolean): Promise<TypedValue> {
    const read = local ? localVariables : visibleVariables;
    const [values] = await read(this.database, [scopeOf(await this.find(id))], [name], true);
    const value = values?.[name];
    if (!value) throw noSuchResource(`task variable with name ${name} does not exist`);
    return value;
  }

  async identityLinks(id: string, type: string | undefined): Promise<IdentityLinkDto[]> {
    const task = await this.find(id);
    const links = await this.database.dataSource
      .getRepository(IdentityLinkEntity)
      .find({ where: { taskId: id }, order: { id: 'ASC' } });
    const all = links.map(toIdentityLinkDto);
    if (task.assignee !== null) all.push({ userId: task.assignee, groupId: null, type: 'assignee' });
    if (task.owner !== null) all.push({ userId: task.owner, groupId: null, type: 'owner' });
    return type === undefined ? all : all.filter((link) => link.type === type);
  }

  /** Of unassigned and assigned tasks alike; those without a candidate group under null. */
  countByCandidateGroup(): Promise<TaskCountByCandidateGroupDto[]> {
    return this.database.query(
      `SELECT l.group_id AS "groupName", count(DISTINCT t.id)::integer AS "taskCount"
       FROM user_task t LEFT JOIN identity_link l ON l.task_id = t.id AND l.type = 'candidate' AND l.group_id IS NOT NULL
       GROUP BY l.group_id ORDER BY l.group_id`,
    );
  }
}

function scopeOf({ id, processInstanceId, activityInstanceId }: UserTaskEntity) {
  return { processInstanceId, activityInstanceId, taskId: id };
}

function instance(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM process_instance i WHERE i.id = task.processInstanceId AND ${condition})`;
}

function definition(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM process_definition d WHERE d.id = task.processDefinitionId AND ${condition})`;
}

function link(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM identity_link l WHERE l.task_id = task.id AND ${condition})`;
}

/** Who asks for candidates wants tasks that somebody can still claim, unless the query says otherwise. */
function candidate(condition: Condition, { includeAssignedTasks }: Filters): Condition {
  const linked = link(sql`l.type = 'candidate' AND ${condition}`);
  return includeAssignedTasks ? linked : sql`(task.assignee IS NULL AND ${linked})`;
}

function noCandidate(condition: Condition, { includeAssignedTasks }: Filters): Condition {
  const unlinked = not(link(sql`l.type = 'candidate' AND ${condition}`));
  return includeAssignedTasks ? unlinked : sql`(task.assignee IS NULL AND ${unlinked})`;
}

function holding(scope: Condition, filters: readonly VariableFilter[], all: Filters): Condition {
  const matching = { namesIgnoreCase: all.variableNamesIgnoreCase, valuesIgnoreCase: all.variableValuesIgnoreCase };
  return allOf(filters.map((filter) => variableExists(scope, filter, matching)));
}

/** A variable's value to sort by. @throws RestError (400) without the variable's name and type */
function variable(scope: Condition, { by, parameters }: Sorting): Condition {
  const { variable: name, type } = parameters;
  if (typeof name !== 'string' || typeof type !== 'string')
    throw invalidRequest(`Sorting by ${by} needs the parameters 'variable' and 'type'`);
  const column = raw(NUMERIC.has(type.toLowerCase()) ? 'v.number_value' : 'v.text_value');
  return sql`(SELECT ${column} FROM variable v WHERE ${scope} AND v.name = ${name} LIMIT 1)`;
}
