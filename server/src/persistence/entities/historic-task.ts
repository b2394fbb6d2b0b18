import type { HistoricTaskRow } from '@millrace/engine';
import { Column, Entity } from 'typeorm';
import { OfInstance } from './of-instance.js';

@Entity('historic_task')
export class HistoricTaskEntity extends OfInstance implements HistoricTaskRow {
  @Column('text') elementId!: string;
  @Column('text') activityInstanceId!: string;
  @Column('text', { nullable: true }) name!: string | null;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text', { nullable: true }) assignee!: string | null;
  @Column('text', { nullable: true }) owner!: string | null;
  @Column('integer') priority!: number;
  @Column('timestamptz', { nullable: true }) dueDate!: Date | null;
  @Column('timestamptz', { nullable: true }) followUpDate!: Date | null;
  @Column('timestamptz') startedAt!: Date;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  @Column('double precision', { nullable: true }) durationMs!: number | null;
  @Column('text', { nullable: true }) deleteReason!: string | null;
}
