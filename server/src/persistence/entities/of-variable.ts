import type { ValueColumns, VariableType } from '@millrace/engine';
import { Column, PrimaryColumn } from 'typeorm';

/** A variable's value in columns that can be compared; the engine's `fromColumns` makes the value of them. */
export abstract class OfVariable implements ValueColumns {
  @PrimaryColumn('text') id!: string;
  @Column('text') processInstanceId!: string;
  @Column('text', { nullable: true }) tenantId!: string | null;
  @Column('text') name!: string;
  @Column('text') activityInstanceId!: string;
  @Column('text', { nullable: true }) taskId!: string | null;
  @Column('text') type!: VariableType;
  @Column('text', { nullable: true }) textValue!: string | null;
  @Column('double precision', { nullable: true }) numberValue!: number | null;
  @Column('jsonb', { nullable: true }) valueInfo!: Readonly<Record<string, string | boolean>> | null;
}
