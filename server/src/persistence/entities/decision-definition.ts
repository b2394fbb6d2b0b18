import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('decision_definition')
export class DecisionDefinitionEntity {
  /** `key:version:uuid`, as Camunda's clients know it. */
  @PrimaryColumn('text') id!: string;
  @Column('text') key!: string;
  @Column('integer') version!: number;
  @Column('text', { nullable: true }) versionTag!: string | null;
  @Column('text', { nullable: true }) name!: string | null;
  /** The namespace of the DMN resource. */
  @Column('text', { nullable: true }) category!: string | null;
  @Column('text') deploymentId!: string;
  @Column('text') resourceName!: string;
  @Column('text', { nullable: true }) decisionRequirementsDefinitionId!: string | null;
  @Column('text', { nullable: true }) decisionRequirementsDefinitionKey!: string | null;
  @Column('integer', { nullable: true }) historyTimeToLive!: number | null;
  @Column('text', { nullable: true }) tenantId!: string | null;
}
