import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The tasks of a deployment's processes with this topic are only for workers of these versions. */
@Entity('worker_version_pin')
export class WorkerVersionPinEntity {
  @PrimaryColumn('text') topicName!: string;
  @PrimaryColumn('text') deploymentId!: string;
  /** A range as npm writes it: `>=2 <3`. */
  @Column('text') versionRange!: string;
}
