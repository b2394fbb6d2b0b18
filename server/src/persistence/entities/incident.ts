import { Entity } from 'typeorm';
import { OfIncident } from './of-incident.js';

@Entity('incident')
export class IncidentEntity extends OfIncident {}
