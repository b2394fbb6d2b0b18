import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How a canary ended. `superseded`: a newer version was deployed meanwhile. */
export type CanaryOutcome = 'promoted' | 'stopped' | 'superseded';

/** A version that gets a share of its key's starts until it is promoted or stopped. Kept afterwards, to be looked at. */
@Entity('canary')
export class CanaryEntity {
  @PrimaryColumn('text') processDefinitionId!: string;
  /** Of the starts by key. */
  @Column('integer') percent!: number;
  /** One more stops it. */
  @Column('integer') maxIncidents!: number;
  /** … if a greater share of its instances than this has had incidents; null to look at their number alone. */
  @Column('integer', { nullable: true }) maxIncidentPercent!: number | null;
  /** Instances that have ended well, after which it's promoted by itself. */
  @Column('integer', { nullable: true }) promoteAfterInstances!: number | null;
  /** When it's promoted by itself. */
  @Column('timestamptz', { nullable: true }) promoteAt!: Date | null;
  /** Starts that failed at once and succeeded with the latest version. */
  @Column('integer') failedStarts!: number;
  @Column('timestamptz') startedAt!: Date;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  @Column('text', { nullable: true }) outcome!: CanaryOutcome | null;
  @Column('text', { nullable: true }) reason!: string | null;
}
