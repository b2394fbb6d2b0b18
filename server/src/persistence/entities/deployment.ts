import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('deployment')
export class DeploymentEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text', { nullable: true }) name!: string | null;
  @Column('text', { nullable: true }) source!: string | null;
  @Column('timestamptz') deployedAt!: Date;
  @Column('text', { nullable: true }) tenantId!: string | null;
}
