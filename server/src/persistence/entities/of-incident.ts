import type { IncidentRow } from '@millrace/engine';
import { Column } from 'typeorm';
import { OfInstance } from './of-instance.js';

/** What running and historic incidents share. */
export abstract class OfIncident extends OfInstance implements IncidentRow {
  @Column('text') type!: string;
  @Column('text', { nullable: true }) message!: string | null;
  @Column('text') elementId!: string;
  @Column('text', { nullable: true }) failedElementId!: string | null;
  @Column('text') activityInstanceId!: string;
  @Column('text', { nullable: true }) configuration!: string | null;
  @Column('text') causeIncidentId!: string;
  @Column('text') rootCauseIncidentId!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('text', { nullable: true }) annotation!: string | null;
}
