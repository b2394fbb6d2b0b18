import type { JobLogRow } from '@millrace/engine';
import { Column, Entity } from 'typeorm';
import { OfWorkLog } from './of-work-log.js';

/** What happened to jobs. */
@Entity('job_log')
export class JobLogEntity extends OfWorkLog implements JobLogRow {
  /** Null for the timer of a start event, and for what a batch or a suspension to come needs. */
  @Column('text', { nullable: true }) processInstanceId!: string | null;
  @Column('text', { nullable: true }) batchId!: string | null;
  @Column('text') jobId!: string;
  @Column('text') type!: string;
  @Column('text') configuration!: string;
  @Column('timestamptz', { nullable: true }) dueDate!: Date | null;
  @Column('integer') retries!: number;
  @Column('double precision', { nullable: true }) priority!: number | null;
  @Column('text', { nullable: true }) failedElementId!: string | null;
  @Column('text', { nullable: true }) message!: string | null;
  @Column('text', { nullable: true }) stacktrace!: string | null;
  @Column('text', { nullable: true }) hostname!: string | null;
}
