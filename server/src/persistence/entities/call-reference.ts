import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A call as a definition's model writes it down; what it was pinned to is in `call_binding`. */
@Entity('call_reference')
export class CallReferenceEntity {
  @PrimaryColumn('text') processDefinitionId!: string;
  @PrimaryColumn('text') elementId!: string;
  @PrimaryColumn('text') kind!: 'process' | 'decision' | 'form';
  /** Null where an expression computes it. */
  @Column('text', { nullable: true }) targetKey!: string | null;
  /** `computed` where an expression gives version or tag. */
  @Column('text') binding!: 'default' | 'latest' | 'deployment' | 'version' | 'versionTag' | 'computed';
  @Column('integer', { nullable: true }) targetVersion!: number | null;
  @Column('text', { nullable: true }) targetTag!: string | null;
}
