import type { ValueColumns, VariableType } from '@millrace/engine';
import { Column } from 'typeorm';
import { OfInstance } from './of-instance.js';

/** A variable's value in columns that can be compared; the engine's `fromColumns` makes the value of them. */
export abstract class OfVariable extends OfInstance implements ValueColumns {
  @Column('text') name!: string;
  @Column('text') activityInstanceId!: string;
  @Column('text', { nullable: true }) taskId!: string | null;
  @Column('text') type!: VariableType;
  @Column('text', { nullable: true }) textValue!: string | null;
  @Column('double precision', { nullable: true }) numberValue!: number | null;
  @Column('jsonb', { nullable: true }) valueInfo!: Readonly<Record<string, string | boolean>> | null;
}
