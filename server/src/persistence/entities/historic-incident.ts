import type { HistoricIncidentRow } from '@millrace/engine';
import { Column, Entity } from 'typeorm';
import { OfIncident } from './of-incident.js';

@Entity('historic_incident')
export class HistoricIncidentEntity extends OfIncident implements HistoricIncidentRow {
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  @Column('text') state!: 'open' | 'resolved' | 'deleted';
}
