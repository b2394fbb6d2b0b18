import type { IdentityLinkRow } from '@millrace/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('identity_link')
export class IdentityLinkEntity implements IdentityLinkRow {
  @PrimaryColumn('text') id!: string;
  @Column('text') rootProcessInstanceId!: string;
  @Column('text') processInstanceId!: string;
  @Column('text') taskId!: string;
  @Column('text') type!: string;
  @Column('text', { nullable: true }) userId!: string | null;
  @Column('text', { nullable: true }) groupId!: string | null;
}
