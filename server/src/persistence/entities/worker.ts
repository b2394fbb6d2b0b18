import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A worker that comes over REST: what it announced, or what its fetches show. */
@Entity('worker')
export class WorkerEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text', { nullable: true }) version!: string | null;
  @Column('text', { nullable: true }) build!: string | null;
  /** By topic. */
  @Column('jsonb') topics!: Readonly<Record<string, WorkerTopic>>;
  /** Of an announced worker as it says, else when it was first seen. */
  @Column('timestamptz') startedAt!: Date;
  @Column('timestamptz') seenAt!: Date;
  /** It counts as gone afterwards, unless it holds locks. */
  @Column('timestamptz') liveUntil!: Date;
  /** Until then what it announced is what counts; null for one that never did. */
  @Column('timestamptz', { nullable: true }) announcedUntil!: Date | null;
}

export interface WorkerTopic {
  /** How many of its tasks the worker takes at once. */
  readonly concurrency: number;
  readonly lockDurationMs?: number;
}
