import type { HistoricVariableRow } from '@millrace/engine';
import { Column, Entity } from 'typeorm';
import { OfVariable } from './of-variable.js';

@Entity('historic_variable')
export class HistoricVariableEntity extends OfVariable implements HistoricVariableRow {
  @Column('timestamptz') createdAt!: Date;
  @Column('text') state!: 'CREATED' | 'DELETED';
}
