import type { VariableRow } from '@millrace/engine';
import { Entity } from 'typeorm';
import { OfVariable } from './of-variable.js';

@Entity('variable')
export class VariableEntity extends OfVariable implements VariableRow {}
