import { Column, Entity } from 'typeorm';
import { OfIncident } from './of-incident.js';

@Entity('historic_incident')
export class HistoricIncidentEntity extends OfIncident {
  @Column('text', { nullable: true }) historyConfiguration!: string | null;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  @Column('text') state!: 'open' | 'resolved' | 'deleted';
}
