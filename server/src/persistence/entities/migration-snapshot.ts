import type { Footprint, StoredInstance } from '@millrace/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An instance as it was before a migration, with the rows that the migration has changed. */
@Entity('migration_snapshot')
export class MigrationSnapshotEntity {
  @PrimaryColumn('text') id!: string;
  /** The batch's id, or that of a migration that was one request. */
  @Column('text') migrationId!: string;
  @Column('text', { nullable: true }) batchId!: string | null;
  @Column('text') processInstanceId!: string;
  @Column('text') sourceDefinitionId!: string;
  @Column('text') targetDefinitionId!: string;
  @Column('text', { nullable: true }) userId!: string | null;
  /** Of the instance when it had migrated. */
  @Column('integer') revision!: number;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) undoneAt!: Date | null;
  /** Why it can't be undone, whatever happens. */
  @Column('text', { nullable: true }) blocked!: string | null;
  @Column('jsonb') footprint!: Footprint;
  @Column('jsonb') state!: StoredInstance;
  /** The rows that have to be kept, with the columns as the database names them; by table and id. */
  @Column('jsonb') rows!: Record<string, Record<string, Record<string, unknown>> | null>;
}
