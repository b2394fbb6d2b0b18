import type { JobType } from '@millrace/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A place in a process where jobs come from. */
@Entity('job_definition')
export class JobDefinitionEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') processDefinitionId!: string;
  @Column('text') processDefinitionKey!: string;
  @Column('text') elementId!: string;
  @Column('text') type!: JobType;
  @Column('text') configuration!: string;
  @Column('boolean') suspended!: boolean;
  /** Overrides the priority from the model. */
  @Column('double precision', { nullable: true }) priority!: number | null;
  @Column('text') deploymentId!: string;
  @Column('text', { nullable: true }) tenantId!: string | null;
}
