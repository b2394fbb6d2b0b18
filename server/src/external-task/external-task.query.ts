import { Injectable } from '@nestjs/common';
import { allOf, raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { RestError } from '../http/rest-error.js';
import { variableExists } from '../http/variable-condition.js';
import { Database } from '../persistence/database.js';
import { ExternalTaskEntity } from '../persistence/entities/external-task.js';
import {
  type ExternalTaskDto,
  type ExternalTaskQuery,
  type TopicNamesQuery,
  toExternalTaskDto,
} from './external-task.dto.js';

const definition = (condition: ReturnType<typeof sql>) =>
  sql`EXISTS (SELECT 1 FROM process_definition d WHERE d.id = task.processDefinitionId AND ${condition})`;
const LOCKED = raw('task.lockExpiresAt > now()');
const NOT_LOCKED = raw('(task.lockExpiresAt IS NULL OR task.lockExpiresAt <= now())');
const RETRIES_LEFT = raw('(task.retries IS NULL OR task.retries > 0)');

@Injectable()
export class ExternalTaskQueries {
  private readonly tasks: ListQuery<ExternalTaskEntity, ExternalTaskQuery>;

  constructor(private readonly database: Database) {
    this.tasks = new ListQuery(database.dataSource, {
      entity: ExternalTaskEntity,
      alias: 'task',
      filters: {
        externalTaskId: (id) => sql`task.id = ${id}`,
        externalTaskIdIn: (ids) => sql`task.id = ANY(${ids})`,
        topicName: (topic) => sql`task.topicName = ${topic}`,
        workerId: (worker) => sql`task.workerId = ${worker}`,
        locked: (yes) => (yes ? LOCKED : null),
        notLocked: (yes) => (yes ? NOT_LOCKED : null),
        withRetriesLeft: (yes) => (yes ? RETRIES_LEFT : null),
        noRetriesLeft: (yes) => (yes ? raw('task.retries = 0') : null),
        lockExpirationAfter: (at) => sql`task.lockExpiresAt > ${at}`,
        lockExpirationBefore: (at) => sql`task.lockExpiresAt < ${at}`,
        activityId: (id) => sql`task.elementId = ${id}`,
        activityIdIn: (ids) => sql`task.elementId = ANY(${ids})`,
        executionId: (id) => sql`task.activityInstanceId = ${id}`,
        processInstanceId: (id) => sql`task.processInstanceId = ${id}`,
        processInstanceIdIn: (ids) => sql`task.processInstanceId = ANY(${ids})`,
        processDefinitionId: (id) => sql`task.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`task.processDefinitionKey = ${key}`,
        processDefinitionKeyIn: (keys) => sql`task.processDefinitionKey = ANY(${keys})`,
        processDefinitionName: (name) => definition(sql`d.name = ${name}`),
        processDefinitionNameLike: (name) => definition(sql`d.name LIKE ${name}`),
        tenantIdIn: (ids) => sql`task.tenantId = ANY(${ids})`,
        active: (yes) => (yes ? raw('NOT task.suspended') : null),
        suspended: (yes) => (yes ? raw('task.suspended') : null),
        priorityHigherThanOrEquals: (priority) => sql`task.priority >= ${priority}`,
        priorityLowerThanOrEquals: (priority) => sql`task.priority <= ${priority}`,
        processVariables: (filters, all) =>
          allOf(
            filters.map((filter) =>
              variableExists(
                raw(
                  'v.process_instance_id = task.processInstanceId AND v.activity_instance_id = task.processInstanceId',
                ),
                filter,
                { namesIgnoreCase: all.variableNamesIgnoreCase, valuesIgnoreCase: all.variableValuesIgnoreCase },
              ),
            ),
          ),
        variableNamesIgnoreCase: () => null,
        variableValuesIgnoreCase: () => null,
      },
      sortings: {
        id: raw('task.id'),
        lockExpirationTime: raw('task.lockExpiresAt'),
        processInstanceId: raw('task.processInstanceId'),
        processDefinitionId: raw('task.processDefinitionId'),
        processDefinitionKey: raw('task.processDefinitionKey'),
        taskPriority: raw('task.priority'),
        createTime: raw('task.createdAt'),
        tenantId: raw('task.tenantId'),
      },
    });
  }

  async list(input: QueryInput<ExternalTaskQuery>): Promise<ExternalTaskDto[]> {
    return this.toDtos(await this.tasks.list(input));
  }

  /** All of them. */
  async ids(input: QueryInput<ExternalTaskQuery>): Promise<string[]> {
    return (await this.tasks.list(input)).map(({ id }) => id);
  }

  async count(input: QueryInput<ExternalTaskQuery>): Promise<{ count: number }> {
    return { count: await this.tasks.count(input) };
  }

  async get(id: string): Promise<ExternalTaskDto> {
    const task = await this.database.dataSource.getRepository(ExternalTaskEntity).findOneBy({ id });
    const [dto] = await this.toDtos(task ? [task] : []);
    if (!dto) throw new RestError(404, 'RestException', `External task with id ${id} does not exist`);
    return dto;
  }

  async topicNames({ withLockedTasks, withUnlockedTasks, withRetriesLeft }: TopicNamesQuery): Promise<string[]> {
    const locked = withLockedTasks ? 'AND t.lock_expires_at > $1' : '';
    const unlocked = withUnlockedTasks ? 'AND (t.lock_expires_at IS NULL OR t.lock_expires_at <= $1)' : '';
    const retries = withRetriesLeft ? 'AND (t.retries IS NULL OR t.retries > 0)' : '';
    const rows = await this.database.query<{ topic_name: string }>(
      `SELECT DISTINCT t.topic_name FROM external_task t
       WHERE $1::timestamptz IS NOT NULL ${locked} ${unlocked} ${retries} ORDER BY t.topic_name`,
      [new Date()],
    );
    return rows.map((row) => row.topic_name);
  }

  private async toDtos(tasks: readonly ExternalTaskEntity[]): Promise<ExternalTaskDto[]> {
    if (tasks.length === 0) return [];
    const definitions = await this.database.query<{ id: string; version_tag: string | null }>(
      'SELECT id, version_tag FROM process_definition WHERE id = ANY($1)',
      [[...new Set(tasks.map((task) => task.processDefinitionId))]],
    );
    const tags = new Map(definitions.map(({ id, version_tag }) => [id, version_tag]));
    return tasks.map((task) => toExternalTaskDto(task, tags.get(task.processDefinitionId) ?? null));
  }
}
