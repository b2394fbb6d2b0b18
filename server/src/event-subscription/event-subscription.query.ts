import { Injectable } from '@nestjs/common';
import { raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { Database } from '../persistence/database.js';
import { EventSubscriptionEntity } from '../persistence/entities/event-subscription.js';
import {
  type EventSubscriptionDto,
  type EventSubscriptionQuery,
  toEventSubscriptionDto,
} from './event-subscription.dto.js';

@Injectable()
export class EventSubscriptionQueries {
  private readonly subscriptions: ListQuery<EventSubscriptionEntity, EventSubscriptionQuery>;

  constructor(database: Database) {
    this.subscriptions = new ListQuery(database.dataSource, {
      entity: EventSubscriptionEntity,
      alias: 'subscription',
      filters: {
        eventSubscriptionId: (id) => sql`subscription.id = ${id}`,
        eventName: (name) => sql`subscription.eventName = ${name}`,
        eventType: (type) => sql`subscription.eventType = ${type}`,
        executionId: (id) => sql`subscription.activityInstanceId = ${id}`,
        processInstanceId: (id) => sql`subscription.processInstanceId = ${id}`,
        activityId: (id) => sql`subscription.elementId = ${id}`,
        tenantIdIn: (ids, all) =>
          all.includeEventSubscriptionsWithoutTenantId
            ? sql`(subscription.tenantId = ANY(${ids}) OR subscription.tenantId IS NULL)`
            : sql`subscription.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? sql`subscription.tenantId IS NULL` : null),
        includeEventSubscriptionsWithoutTenantId: () => null,
      },
      sortings: { created: raw('subscription.createdAt'), tenantId: raw('subscription.tenantId') },
    });
  }

  async list(input: QueryInput<EventSubscriptionQuery>): Promise<EventSubscriptionDto[]> {
    return (await this.subscriptions.list(input)).map(toEventSubscriptionDto);
  }

  async count(input: QueryInput<EventSubscriptionQuery>): Promise<{ count: number }> {
    return { count: await this.subscriptions.count(input) };
  }

  /** The message that an execution waits for under this name; null when it doesn't. */
  async message(executionId: string, processInstanceId: string, name: string): Promise<EventSubscriptionDto | null> {
    const filters = { executionId, processInstanceId, eventName: name, eventType: 'message' };
    const [found] = await this.list({ filters, orQueries: [], sorting: [], firstResult: 0, maxResults: 1 });
    return found ?? null;
  }
}
