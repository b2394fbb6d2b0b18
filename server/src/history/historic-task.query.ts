import { Injectable } from '@nestjs/common';
import { allOf, type Condition, FALSE, raw, sql } from '../http/condition.js';
import type { VariableFilter } from '../http/filters.js';
import { ListQuery } from '../http/list-query.js';
import type { FiltersOf, QueryInput } from '../http/query-input.js';
import { variableExists } from '../http/variable-condition.js';
import { Database } from '../persistence/database.js';
import { HistoricTaskEntity } from '../persistence/entities/historic-task.js';
import {
  type HistoricTaskInstanceDto,
  type HistoricTaskInstanceQuery,
  toHistoricTaskInstanceDto,
} from './historic-task.dto.js';

type Filters = FiltersOf<HistoricTaskInstanceQuery['filters']>;

const TASK_SCOPE = raw("v.task_id = task.id AND v.state = 'CREATED'");
const PROCESS_SCOPE = raw(
  "v.process_instance_id = task.processInstanceId AND v.activity_instance_id = task.processInstanceId AND v.task_id IS NULL AND v.state = 'CREATED'",
);

import { withRemovalTimes } from './removal-times.js';

@Injectable()
export class HistoricTaskQueries {
  private readonly tasks: ListQuery<HistoricTaskEntity, HistoricTaskInstanceQuery>;

  constructor(private readonly database: Database) {
    const unknown = () => FALSE; // there are no cases, and no tasks of tasks
    const never = () => null; // refused when it is read
    this.tasks = new ListQuery<HistoricTaskEntity, HistoricTaskInstanceQuery>(database.dataSource, {
      entity: HistoricTaskEntity,
      alias: 'task',
      filters: {
        taskId: (id) => sql`task.id = ${id}`,
        taskParentTaskId: unknown,
        processInstanceId: (id) => sql`task.processInstanceId = ${id}`,
        rootProcessInstanceId: (id) => sql`task.rootProcessInstanceId = ${id}`,
        processInstanceBusinessKey: (key) => instance(sql`i.business_key = ${key}`),
        processInstanceBusinessKeyIn: (keys) => instance(sql`i.business_key = ANY(${keys})`),
        processInstanceBusinessKeyLike: (pattern) => instance(sql`i.business_key LIKE ${pattern}`),
        executionId: (id) => sql`task.activityInstanceId = ${id}`,
        activityInstanceIdIn: (ids) => sql`task.activityInstanceId = ANY(${ids})`,
        processDefinitionId: (id) => sql`task.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`task.processDefinitionKey = ${key}`,
        processDefinitionName: (name) =>
          sql`EXISTS (SELECT 1 FROM process_definition d WHERE d.id = task.processDefinitionId AND d.name = ${name})`,
        caseInstanceId: unknown,
        caseExecutionId: unknown,
        caseDefinitionId: unknown,
        caseDefinitionKey: unknown,
        caseDefinitionName: unknown,
        taskName: (name) => sql`task.name = ${name}`,
        taskNameLike: (pattern) => sql`task.name LIKE ${pattern}`,
        taskDescription: (description) => sql`task.description = ${description}`,
        taskDescriptionLike: (pattern) => sql`task.description LIKE ${pattern}`,
        taskDefinitionKey: (key) => sql`task.elementId = ${key}`,
        taskDefinitionKeyIn: (keys) => sql`task.elementId = ANY(${keys})`,
        taskDeleteReason: (reason) => sql`task.deleteReason = ${reason}`,
        taskDeleteReasonLike: (pattern) => sql`task.deleteReason LIKE ${pattern}`,
        taskAssignee: (user) => sql`task.assignee = ${user}`,
        taskAssigneeLike: (pattern) => sql`task.assignee LIKE ${pattern}`,
        taskOwner: (user) => sql`task.owner = ${user}`,
        taskOwnerLike: (pattern) => sql`task.owner LIKE ${pattern}`,
        taskPriority: (priority) => sql`task.priority = ${priority}`,
        assigned: (yes) => (yes ? raw('task.assignee IS NOT NULL') : null),
        unassigned: (yes) => (yes ? raw('task.assignee IS NULL') : null),
        finished: (yes) => (yes ? raw('task.endedAt IS NOT NULL') : null),
        unfinished: (yes) => (yes ? raw('task.endedAt IS NULL') : null),
        processFinished: (yes) => (yes ? instance(raw('i.ended_at IS NOT NULL')) : null),
        processUnfinished: (yes) => (yes ? instance(raw('i.ended_at IS NULL')) : null),
        taskDueDate: (at) => sql`task.dueDate = ${at}`,
        taskDueDateBefore: (at) => sql`task.dueDate <= ${at}`,
        taskDueDateAfter: (at) => sql`task.dueDate >= ${at}`,
        withoutTaskDueDate: (yes) => (yes ? raw('task.dueDate IS NULL') : null),
        taskFollowUpDate: (at) => sql`task.followUpDate = ${at}`,
        taskFollowUpDateBefore: (at) => sql`task.followUpDate <= ${at}`,
        taskFollowUpDateAfter: (at) => sql`task.followUpDate >= ${at}`,
        startedBefore: (at) => sql`task.startedAt <= ${at}`,
        startedAfter: (at) => sql`task.startedAt >= ${at}`,
        finishedBefore: (at) => sql`task.endedAt <= ${at}`,
        finishedAfter: (at) => sql`task.endedAt >= ${at}`,
        tenantIdIn: (ids) => sql`task.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('task.tenantId IS NULL') : null),
        taskVariables: (filters, all) => holding(TASK_SCOPE, filters, all),
        processVariables: (filters, all) => holding(PROCESS_SCOPE, filters, all),
        variableNamesIgnoreCase: () => null,
        variableValuesIgnoreCase: () => null,
        taskInvolvedUser: never,
        taskInvolvedGroup: never,
        taskHadCandidateUser: never,
        taskHadCandidateGroup: never,
        withCandidateGroups: never,
        withoutCandidateGroups: never,
      },
      sortings: {
        taskId: raw('task.id'),
        activityInstanceId: raw('task.activityInstanceId'),
        processDefinitionId: raw('task.processDefinitionId'),
        processInstanceId: raw('task.processInstanceId'),
        executionId: raw('task.activityInstanceId'),
        duration: raw('task.durationMs'),
        endTime: raw('task.endedAt'),
        startTime: raw('task.startedAt'),
        taskName: raw('task.name'),
        taskDescription: raw('task.description'),
        assignee: raw('task.assignee'),
        owner: raw('task.owner'),
        dueDate: raw('task.dueDate'),
        followUpDate: raw('task.followUpDate'),
        deleteReason: raw('task.deleteReason'),
        taskDefinitionKey: raw('task.elementId'),
        priority: raw('task.priority'),
        tenantId: raw('task.tenantId'),
      },
    });
  }

  async list(input: QueryInput<HistoricTaskInstanceQuery>): Promise<HistoricTaskInstanceDto[]> {
    const tasks = await this.tasks.list(input);
    const running = tasks.filter(({ endedAt }) => endedAt === null).map(({ id }) => id);
    const updated = new Set(running.length === 0 ? [] : await this.updated(running));
    const dtos = tasks.map((task) => toHistoricTaskInstanceDto(task, updated.has(task.id)));
    return withRemovalTimes(this.database, dtos);
  }

  async count(input: QueryInput<HistoricTaskInstanceQuery>): Promise<{ count: number }> {
    return { count: await this.tasks.count(input) };
  }

  private async updated(ids: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      'SELECT id FROM user_task WHERE id = ANY($1) AND updated_at IS NOT NULL',
      [ids],
    );
    return rows.map(({ id }) => id);
  }
}

function instance(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM historic_process_instance i WHERE i.id = task.processInstanceId AND ${condition})`;
}

function holding(scope: Condition, filters: readonly VariableFilter[], all: Filters): Condition {
  const matching = { namesIgnoreCase: all.variableNamesIgnoreCase, valuesIgnoreCase: all.variableValuesIgnoreCase };
  return allOf(filters.map((filter) => variableExists(scope, filter, matching, 'historic_variable')));
}
