import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { boolean, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Nullable } from '../http/schema.js';
import type { EventSubscriptionEntity } from '../persistence/entities/event-subscription.js';

export const EventSubscriptionDto = Dto('EventSubscriptionDto', {
  id: Type.String(),
  eventType: Type.String({ description: 'message, signal, compensate or conditional' }),
  eventName: Nullable(Type.String()),
  executionId: Nullable(Type.String({ description: 'Null for the start event of a process' })),
  processInstanceId: Nullable(Type.String()),
  activityId: Type.String(),
  createdDate: DateText(),
  tenantId: Nullable(Type.String()),
});
export type EventSubscriptionDto = Static<typeof EventSubscriptionDto>;

export function toEventSubscriptionDto(subscription: EventSubscriptionEntity): EventSubscriptionDto {
  return {
    id: subscription.id,
    eventType: subscription.eventType,
    eventName: subscription.eventName,
    executionId: subscription.activityInstanceId,
    processInstanceId: subscription.processInstanceId,
    activityId: subscription.elementId,
    createdDate: formatDate(subscription.createdAt),
    tenantId: subscription.tenantId,
  };
}

export const EventSubscriptionQuery = defineQuery({
  name: 'EventSubscriptionQueryDto',
  filters: {
    eventSubscriptionId: text,
    eventName: text,
    eventType: text,
    executionId: text,
    processInstanceId: text,
    activityId: text,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    includeEventSubscriptionsWithoutTenantId: boolean,
  },
  sortBy: ['created', 'tenantId'],
});
export type EventSubscriptionQuery = typeof EventSubscriptionQuery;
