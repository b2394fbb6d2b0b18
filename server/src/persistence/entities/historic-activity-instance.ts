import type { HistoricActivityInstanceRow } from '@millrace/engine';
import { Column, Entity } from 'typeorm';
import { OfInstance } from './of-instance.js';

@Entity('historic_activity_instance')
export class HistoricActivityInstanceEntity extends OfInstance implements HistoricActivityInstanceRow {
  @Column('text') elementId!: string;
  @Column('text', { nullable: true }) elementName!: string | null;
  @Column('text') elementType!: string;
  @Column('text', { nullable: true }) parentActivityInstanceId!: string | null;
  @Column('text', { nullable: true }) taskId!: string | null;
  @Column('text', { nullable: true }) assignee!: string | null;
  @Column('text', { nullable: true }) calledProcessInstanceId!: string | null;
  @Column('timestamptz') startedAt!: Date;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  @Column('double precision', { nullable: true }) durationMs!: number | null;
  @Column('boolean') canceled!: boolean;
  @Column('boolean') completeScope!: boolean;
}
