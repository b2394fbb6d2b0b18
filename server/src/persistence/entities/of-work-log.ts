import type { WorkLogEvent } from '@millrace/engine';
import { Column, PrimaryColumn } from 'typeorm';

/** What the logs of jobs and of external tasks share. */
export abstract class OfWorkLog {
  @PrimaryColumn('text') id!: string;
  /** Null where the instance is itself the root. */
  @Column('text', { nullable: true }) rootProcessInstanceId!: string | null;
  @Column('text', { nullable: true }) processDefinitionId!: string | null;
  @Column('text', { nullable: true }) tenantId!: string | null;
  @Column('text') event!: WorkLogEvent;
  @Column('timestamptz') createdAt!: Date;
  @Column('text', { nullable: true }) activityInstanceId!: string | null;
  @Column('text', { nullable: true }) elementId!: string | null;
}
