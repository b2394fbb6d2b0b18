import { Module } from '@nestjs/common';
import { EventSubscriptionController } from './event-subscription.controller.js';
import { EventSubscriptionQueries } from './event-subscription.query.js';

@Module({
  controllers: [EventSubscriptionController],
  providers: [EventSubscriptionQueries],
  exports: [EventSubscriptionQueries],
})
export class EventSubscriptionModule {}
