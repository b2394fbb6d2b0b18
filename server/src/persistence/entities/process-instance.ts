import type { StoredInstance } from '@millrace/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A running instance: the tree of its activity instances as JSON, and what is asked for in lists. */
@Entity('process_instance')
export class ProcessInstanceEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') rootProcessInstanceId!: string;
  @Column('text', { nullable: true }) superProcessInstanceId!: string | null;
  @Column('text', { nullable: true }) superActivityInstanceId!: string | null;
  @Column('text') processDefinitionId!: string;
  @Column('text') processDefinitionKey!: string;
  @Column('text', { nullable: true }) businessKey!: string | null;
  @Column('text', { nullable: true }) tenantId!: string | null;
  @Column('boolean') suspended!: boolean;
  @Column('timestamptz') startedAt!: Date;
  /** Counts the commands that were committed; a command is written only over the revision that it was decided on. */
  @Column('integer') revision!: number;
  @Column('jsonb') state!: StoredInstance;
}
