import { Injectable } from '@nestjs/common';
import { raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { HistoricActivityInstanceEntity } from '../persistence/entities/historic-activity-instance.js';
import {
  type HistoricActivityInstanceDto,
  type HistoricActivityInstanceQuery,
  toHistoricActivityInstanceDto,
} from './historic-activity-instance.dto.js';
import { withRemovalTimes } from './removal-times.js';

@Injectable()
export class HistoricActivityInstanceQueries {
  private readonly activities: ListQuery<HistoricActivityInstanceEntity, HistoricActivityInstanceQuery>;

  constructor(private readonly database: Database) {
    this.activities = new ListQuery<HistoricActivityInstanceEntity, HistoricActivityInstanceQuery>(
      database.dataSource,
      {
        entity: HistoricActivityInstanceEntity,
        alias: 'activity',
        filters: {
          activityInstanceId: (id) => sql`activity.id = ${id}`,
          processInstanceId: (id) => sql`activity.processInstanceId = ${id}`,
          processDefinitionId: (id) => sql`activity.processDefinitionId = ${id}`,
          executionId: (id) => sql`activity.id = ${id}`,
          activityId: (id) => sql`activity.elementId = ${id}`,
          activityName: (name) => sql`activity.elementName = ${name}`,
          activityType: (type) => sql`activity.elementType = ${type}`,
          taskAssignee: (user) => sql`activity.assignee = ${user}`,
          finished: (yes) => (yes ? raw('activity.endedAt IS NOT NULL') : null),
          unfinished: (yes) => (yes ? raw('activity.endedAt IS NULL') : null),
          canceled: (yes) => (yes ? raw('activity.canceled') : null),
          completeScope: (yes) => (yes ? raw('activity.completeScope') : null),
          startedBefore: (at) => sql`activity.startedAt <= ${at}`,
          startedAfter: (at) => sql`activity.startedAt >= ${at}`,
          finishedBefore: (at) => sql`activity.endedAt <= ${at}`,
          finishedAfter: (at) => sql`activity.endedAt >= ${at}`,
          tenantIdIn: (ids) => sql`activity.tenantId = ANY(${ids})`,
          withoutTenantId: (yes) => (yes ? raw('activity.tenantId IS NULL') : null),
        },
        sortings: {
          activityInstanceId: raw('activity.id'),
          instanceId: raw('activity.processInstanceId'),
          executionId: raw('activity.id'),
          activityId: raw('activity.elementId'),
          activityName: raw('activity.elementName'),
          activityType: raw('activity.elementType'),
          startTime: raw('activity.startedAt'),
          endTime: raw('activity.endedAt'),
          duration: raw('activity.durationMs'),
          definitionId: raw('activity.processDefinitionId'),
          occurrence: raw('activity.id'), // ids are ordered by the time at which they were made
          tenantId: raw('activity.tenantId'),
        },
      },
    );
  }

  async list(input: QueryInput<HistoricActivityInstanceQuery>): Promise<HistoricActivityInstanceDto[]> {
    const found = await this.activities.list(input);
    return withRemovalTimes(this.database, found.map(toHistoricActivityInstanceDto));
  }

  async count(input: QueryInput<HistoricActivityInstanceQuery>): Promise<{ count: number }> {
    return { count: await this.activities.count(input) };
  }

  async get(id: string): Promise<HistoricActivityInstanceDto> {
    const activity = await this.database.dataSource.getRepository(HistoricActivityInstanceEntity).findOneBy({ id });
    if (!activity) throw noSuchResource(`Historic activity instance with id '${id}' does not exist`);
    const [dto] = await withRemovalTimes(this.database, [toHistoricActivityInstanceDto(activity)]);
    return dto!;
  }
}
