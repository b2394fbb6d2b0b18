import type { HistoricInstanceState, HistoricProcessInstanceRow, ValueColumns } from '@millrace/engine';
import { Column, Entity } from 'typeorm';
import { OfInstance } from './of-instance.js';

@Entity('historic_process_instance')
export class HistoricProcessInstanceEntity extends OfInstance implements HistoricProcessInstanceRow {
  @Column('text', { nullable: true }) businessKey!: string | null;
  @Column('text', { nullable: true }) superProcessInstanceId!: string | null;
  @Column('timestamptz') startedAt!: Date;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  /** A double, because drivers hand out bigint as text. */
  @Column('double precision', { nullable: true }) durationMs!: number | null;
  @Column('text', { nullable: true }) startUserId!: string | null;
  @Column('text', { nullable: true }) startActivityId!: string | null;
  @Column('text', { nullable: true }) endActivityId!: string | null;
  @Column('text', { nullable: true }) deleteReason!: string | null;
  @Column('text') state!: HistoricInstanceState;
  @Column('text', { nullable: true }) restartedProcessInstanceId!: string | null;
  @Column('jsonb', { nullable: true, select: false }) initialVariables!: Readonly<Record<string, ValueColumns>> | null;
}
