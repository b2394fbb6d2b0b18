import type { BatchItemRow } from '@millrace/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One thing that a batch is about: an instance, a job, an external task. */
@Entity('batch_item')
export class BatchItemEntity implements BatchItemRow {
  @PrimaryColumn('text') id!: string;
  @Column('text') batchId!: string;
  @Column('text') subjectId!: string;
  /** Which the seed job creates; another one for an item that failed. */
  @Column('text', { nullable: true }) jobId!: string | null;
  @Column('text') state!: BatchItemRow['state'];
  /** Why it failed last, or was skipped. */
  @Column('text', { nullable: true }) reason!: string | null;
}
