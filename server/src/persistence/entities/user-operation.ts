import type { UserOperationRow } from '@millrace/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('user_operation')
export class UserOperationEntity implements UserOperationRow {
  @PrimaryColumn('text') id!: string;
  @Column('text') operationId!: string;
  @Column('text') operationType!: string;
  @Column('text') entityType!: string;
  @Column('text') category!: string;
  @Column('text', { nullable: true }) property!: string | null;
  @Column('text', { nullable: true }) orgValue!: string | null;
  @Column('text', { nullable: true }) newValue!: string | null;
  /** Null for what was done without a login. */
  @Column('text', { nullable: true }) userId!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('text', { nullable: true }) annotation!: string | null;
  @Column('text', { nullable: true }) deploymentId!: string | null;
  @Column('text', { nullable: true }) processDefinitionId!: string | null;
  @Column('text', { nullable: true }) processDefinitionKey!: string | null;
  @Column('text', { nullable: true }) processInstanceId!: string | null;
  @Column('text', { nullable: true }) rootProcessInstanceId!: string | null;
  @Column('text', { nullable: true }) executionId!: string | null;
  @Column('text', { nullable: true }) taskId!: string | null;
  @Column('text', { nullable: true }) externalTaskId!: string | null;
  @Column('text', { nullable: true }) batchId!: string | null;
  @Column('text', { nullable: true }) jobId!: string | null;
  @Column('text', { nullable: true }) jobDefinitionId!: string | null;
  @Column('text', { nullable: true }) tenantId!: string | null;
}
