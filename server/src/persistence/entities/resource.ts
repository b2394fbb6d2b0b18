import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One file of a deployment. It never changes. */
@Entity('resource')
export class ResourceEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') deploymentId!: string;
  @Column('text') name!: string;
  @Column('bytea') bytes!: Buffer;
  /** Its place in the deployment, from 0. */
  @Column('integer') position!: number;
}
