import type { UserTaskRow } from '@millrace/engine';
import { Column, Entity } from 'typeorm';
import { OfInstance } from './of-instance.js';

@Entity('user_task')
export class UserTaskEntity extends OfInstance implements UserTaskRow {
  @Column('text') elementId!: string;
  @Column('text') activityInstanceId!: string;
  @Column('text', { nullable: true }) name!: string | null;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text', { nullable: true }) assignee!: string | null;
  @Column('text', { nullable: true }) owner!: string | null;
  @Column('integer') priority!: number;
  @Column('timestamptz', { nullable: true }) dueDate!: Date | null;
  @Column('timestamptz', { nullable: true }) followUpDate!: Date | null;
  @Column('text', { nullable: true }) delegationState!: 'PENDING' | 'RESOLVED' | null;
  @Column('text', { nullable: true }) formKey!: string | null;
  @Column('text', { nullable: true }) formRef!: string | null;
  @Column('text', { nullable: true }) formRefBinding!: string | null;
  @Column('integer', { nullable: true }) formRefVersion!: number | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) updatedAt!: Date | null;
  @Column('boolean') suspended!: boolean;
}
