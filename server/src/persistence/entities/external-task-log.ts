import type { ExternalTaskLogRow } from '@millrace/engine';
import { Column, Entity } from 'typeorm';
import { OfWorkLog } from './of-work-log.js';

/** What happened to external tasks. */
@Entity('external_task_log')
export class ExternalTaskLogEntity extends OfWorkLog implements ExternalTaskLogRow {
  @Column('text') processInstanceId!: string;
  @Column('text') externalTaskId!: string;
  @Column('text') topicName!: string;
  @Column('double precision') priority!: number;
  @Column('integer', { nullable: true }) retries!: number | null;
  @Column('text', { nullable: true }) workerId!: string | null;
  @Column('text', { nullable: true }) errorMessage!: string | null;
  @Column('text', { nullable: true }) errorDetails!: string | null;
}
