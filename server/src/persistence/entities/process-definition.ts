import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('process_definition')
export class ProcessDefinitionEntity {
  /** `key:version:uuid`, as Camunda's clients know it. */
  @PrimaryColumn('text') id!: string;
  @Column('text') key!: string;
  @Column('integer') version!: number;
  @Column('text', { nullable: true }) versionTag!: string | null;
  @Column('text', { nullable: true }) name!: string | null;
  /** The target namespace of the BPMN resource. */
  @Column('text', { nullable: true }) category!: string | null;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text') deploymentId!: string;
  @Column('text') resourceName!: string;
  @Column('text', { nullable: true }) diagramResourceName!: string | null;
  @Column('boolean') suspended!: boolean;
  @Column('text', { nullable: true }) tenantId!: string | null;
  /** In days; null keeps history for ever. */
  @Column('integer', { nullable: true }) historyTimeToLive!: number | null;
  @Column('boolean') startableInTasklist!: boolean;
  @Column('boolean') hasStartForm!: boolean;
}
