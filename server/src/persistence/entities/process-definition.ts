import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Whether a version takes new instances. `canary`: a share of the starts by key, while an older active version takes the
 * rest and remains the latest. `draining`: only those that running instances call. `archived`: none at all, and lists don't
 * show it. That a draining version is drained is found out when somebody asks.
 */
export type VersionState = 'active' | 'canary' | 'draining' | 'archived';

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
  @Column('text') state!: VersionState;
  /** When it got that state; null for one that was never anything but active. */
  @Column('timestamptz', { nullable: true }) stateSince!: Date | null;
  /** Whether what it calls is in `call_reference`. */
  @Column('boolean') callsKnown!: boolean;
}
