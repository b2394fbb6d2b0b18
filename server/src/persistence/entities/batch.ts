import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Running and past batches: with an end it's history. */
@Entity('batch')
export class BatchEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') type!: string;
  /** As clients count: one for each thing the batch is about, however many share a job. */
  @Column('integer') totalJobs!: number;
  @Column('integer') jobsCreated!: number;
  @Column('text') seedJobDefinitionId!: string;
  @Column('text') monitorJobDefinitionId!: string;
  @Column('text') batchJobDefinitionId!: string;
  /** JSON, read by the handler of the type. */
  @Column('text') configuration!: string;
  @Column('boolean') suspended!: boolean;
  @Column('double precision') priority!: number;
  @Column('text', { nullable: true }) tenantId!: string | null;
  @Column('text', { nullable: true }) createUserId!: string | null;
  @Column('text', { nullable: true }) annotation!: string | null;
  @Column('timestamptz') startedAt!: Date;
  @Column('timestamptz', { nullable: true }) executionStartedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
}
