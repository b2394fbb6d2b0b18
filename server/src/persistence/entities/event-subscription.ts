import type { EventSubscriptionRow, EventType } from '@millrace/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('event_subscription')
export class EventSubscriptionEntity implements EventSubscriptionRow {
  @PrimaryColumn('text') id!: string;
  @Column('text', { nullable: true }) rootProcessInstanceId!: string | null;
  /** Null for the subscription of a start event. */
  @Column('text', { nullable: true }) processInstanceId!: string | null;
  @Column('text', { nullable: true }) activityInstanceId!: string | null;
  @Column('text') processDefinitionId!: string;
  @Column('text') processDefinitionKey!: string;
  @Column('text', { nullable: true }) tenantId!: string | null;
  @Column('text') eventType!: EventType;
  @Column('text', { nullable: true }) eventName!: string | null;
  @Column('text') elementId!: string;
  @Column('timestamptz') createdAt!: Date;
}
