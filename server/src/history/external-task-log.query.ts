import { Injectable } from '@nestjs/common';
import { raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { ExternalTaskLogEntity } from '../persistence/entities/external-task-log.js';
import { type ExternalTaskLogDto, type ExternalTaskLogQuery, toExternalTaskLogDto } from './external-task-log.dto.js';
import { withRemovalTimes } from './removal-times.js';

@Injectable()
export class ExternalTaskLogQueries {
  private readonly logs: ListQuery<ExternalTaskLogEntity, ExternalTaskLogQuery>;

  constructor(private readonly database: Database) {
    this.logs = new ListQuery<ExternalTaskLogEntity, ExternalTaskLogQuery>(database.dataSource, {
      entity: ExternalTaskLogEntity,
      alias: 'log',
      filters: {
        logId: (id) => sql`log.id = ${id}`,
        externalTaskId: (id) => sql`log.externalTaskId = ${id}`,
        topicName: (name) => sql`log.topicName = ${name}`,
        workerId: (id) => sql`log.workerId = ${id}`,
        errorMessage: (message) => sql`log.errorMessage = ${message}`,
        activityIdIn: (ids) => sql`log.elementId = ANY(${ids})`,
        activityInstanceIdIn: (ids) => sql`log.activityInstanceId = ANY(${ids})`,
        executionIdIn: (ids) => sql`log.activityInstanceId = ANY(${ids})`,
        processInstanceId: (id) => sql`log.processInstanceId = ${id}`,
        processDefinitionId: (id) => sql`log.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`log.processDefinitionId ^@ ${`${key}:`}`,
        tenantIdIn: (ids) => sql`log.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('log.tenantId IS NULL') : null),
        priorityLowerThanOrEquals: (priority) => sql`log.priority <= ${priority}`,
        priorityHigherThanOrEquals: (priority) => sql`log.priority >= ${priority}`,
        creationLog: (yes) => (yes ? raw("log.event = 'created'") : null),
        failureLog: (yes) => (yes ? raw("log.event = 'failed'") : null),
        successLog: (yes) => (yes ? raw("log.event = 'successful'") : null),
        deletionLog: (yes) => (yes ? raw("log.event = 'deleted'") : null),
      },
      sortings: {
        timestamp: raw('log.createdAt'),
        externalTaskId: raw('log.externalTaskId'),
        topicName: raw('log.topicName'),
        workerId: raw('log.workerId'),
        retries: raw('log.retries'),
        priority: raw('log.priority'),
        activityId: raw('log.elementId'),
        activityInstanceId: raw('log.activityInstanceId'),
        executionId: raw('log.activityInstanceId'),
        processInstanceId: raw('log.processInstanceId'),
        processDefinitionId: raw('log.processDefinitionId'),
        processDefinitionKey: raw('log.processDefinitionId'), // begins with the key
        tenantId: raw('log.tenantId'),
      },
    });
  }

  async list(input: QueryInput<ExternalTaskLogQuery>): Promise<ExternalTaskLogDto[]> {
    return withRemovalTimes(this.database, (await this.logs.list(input)).map(toExternalTaskLogDto));
  }

  async count(input: QueryInput<ExternalTaskLogQuery>): Promise<{ count: number }> {
    return { count: await this.logs.count(input) };
  }

  /** @throws RestError (404) */
  async get(id: string): Promise<ExternalTaskLogDto> {
    const log = await this.find(id);
    if (!log) throw noSuchResource(`Historic external task log with id ${id} does not exist`);
    const [dto] = await withRemovalTimes(this.database, [toExternalTaskLogDto(log)]);
    return dto!;
  }

  /** Null where nothing failed. @throws RestError (404) */
  async errorDetails(id: string): Promise<string | null> {
    const log = await this.find(id);
    if (!log) throw noSuchResource(`No historic external task log found with id ${id}`);
    return log.errorDetails;
  }

  private find(id: string): Promise<ExternalTaskLogEntity | null> {
    return this.database.dataSource.getRepository(ExternalTaskLogEntity).findOneBy({ id });
  }
}
