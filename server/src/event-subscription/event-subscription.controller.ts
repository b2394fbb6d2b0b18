import { Type } from '@sinclair/typebox';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { EventSubscriptionDto, EventSubscriptionQuery } from './event-subscription.dto.js';
import { EventSubscriptionQueries } from './event-subscription.query.js';

@Resource('event-subscription', 'Event Subscription')
export class EventSubscriptionController {
  constructor(private readonly queries: EventSubscriptionQueries) {}

  @Route({
    method: 'GET',
    operationId: 'getEventSubscriptions',
    summary: 'What instances and start events wait for: messages, signals, conditions, compensation',
    response: Type.Array(EventSubscriptionDto),
  })
  list(@QueryInput(EventSubscriptionQuery) input: QueryInput<EventSubscriptionQuery>): Promise<EventSubscriptionDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getEventSubscriptionsCount',
    summary: 'How many event subscriptions there are',
    response: CountDto,
  })
  count(@QueryInput(EventSubscriptionQuery, { paged: false }) input: QueryInput<EventSubscriptionQuery>) {
    return this.queries.count(input);
  }
}
