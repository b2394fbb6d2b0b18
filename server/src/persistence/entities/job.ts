import type { JobRow, JobType } from '@millrace/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Jobs that carry out a batch: the one that shares out its items, and those that work on them. */
export type BatchJobType = 'batch-seed-job' | 'batch-job';

/** Jobs that suspend or activate definitions at a date. */
export type ScheduledJobType =
  | 'suspend-processdefinition'
  | 'activate-processdefinition'
  | 'suspend-job-definition'
  | 'activate-job-definition';

@Entity('job')
export class JobEntity implements Omit<JobRow, 'type' | 'processDefinitionId' | 'processDefinitionKey' | 'elementId'> {
  @PrimaryColumn('text') id!: string;
  @Column('text', { nullable: true }) rootProcessInstanceId!: string | null;
  /** Null for the timer of a start event. */
  @Column('text', { nullable: true }) processInstanceId!: string | null;
  @Column('text', { nullable: true }) activityInstanceId!: string | null;
  /** Null, as the key and the element, for a batch's job: it belongs to no process. */
  @Column('text', { nullable: true }) processDefinitionId!: string | null;
  @Column('text', { nullable: true }) processDefinitionKey!: string | null;
  @Column('text', { nullable: true }) tenantId!: string | null;
  @Column('text') type!: JobType | BatchJobType | ScheduledJobType;
  @Column('text', { nullable: true }) batchId!: string | null;
  @Column('text', { nullable: true }) elementId!: string | null;
  @Column('text') configuration!: string;
  @Column('timestamptz', { nullable: true }) dueDate!: Date | null;
  @Column('text', { nullable: true }) repeat!: string | null;
  @Column('integer') retries!: number;
  @Column('double precision') priority!: number;
  @Column('boolean') exclusive!: boolean;
  @Column('boolean') suspended!: boolean;
  @Column('timestamptz') createdAt!: Date;
  @Column('text', { nullable: true }) failedElementId!: string | null;
  @Column('text', { nullable: true }) exceptionMessage!: string | null;
  @Column('text', { nullable: true }) exceptionStacktrace!: string | null;
  @Column('text', { nullable: true }) lockOwner!: string | null;
  @Column('timestamptz', { nullable: true }) lockExpiresAt!: Date | null;
}
