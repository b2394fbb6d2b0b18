import type { ExternalTaskRow } from '@millrace/engine';
import { Column, Entity } from 'typeorm';
import { OfInstance } from './of-instance.js';

@Entity('external_task')
export class ExternalTaskEntity extends OfInstance implements ExternalTaskRow {
  @Column('text') elementId!: string;
  @Column('text') activityInstanceId!: string;
  @Column('text') topicName!: string;
  @Column('text', { nullable: true }) businessKey!: string | null;
  // Camunda's priorities of external tasks and jobs are long; a double holds every one that JSON can.
  @Column('double precision') priority!: number;
  @Column('integer', { nullable: true }) retries!: number | null;
  @Column('text', { nullable: true }) errorMessage!: string | null;
  @Column('text', { nullable: true }) errorDetails!: string | null;
  @Column('boolean') suspended!: boolean;
  @Column('timestamptz') createdAt!: Date;
  @Column('text', { nullable: true }) workerId!: string | null;
  @Column('timestamptz', { nullable: true }) lockExpiresAt!: Date | null;
  @Column('jsonb', { nullable: true }) extensionProperties!: Readonly<Record<string, string>> | null;
}
