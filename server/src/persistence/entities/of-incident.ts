import type { IncidentRow } from '@millrace/engine';
import { Column, PrimaryColumn } from 'typeorm';

type Place =
  | 'rootProcessInstanceId'
  | 'processInstanceId'
  | 'processDefinitionId'
  | 'processDefinitionKey'
  | 'elementId';

/** What running and historic incidents share. Those of a batch's jobs belong to no process. */
export abstract class OfIncident implements Omit<IncidentRow, Place | 'activityInstanceId'> {
  @PrimaryColumn('text') id!: string;
  @Column('text', { nullable: true }) rootProcessInstanceId!: string | null;
  @Column('text', { nullable: true }) processInstanceId!: string | null;
  @Column('text', { nullable: true }) processDefinitionId!: string | null;
  @Column('text', { nullable: true }) processDefinitionKey!: string | null;
  @Column('text', { nullable: true }) tenantId!: string | null;
  @Column('text') type!: string;
  @Column('text', { nullable: true }) message!: string | null;
  @Column('text', { nullable: true }) elementId!: string | null;
  @Column('text', { nullable: true }) failedElementId!: string | null;
  @Column('text', { nullable: true }) activityInstanceId!: string | null;
  @Column('text', { nullable: true }) configuration!: string | null;
  @Column('text') causeIncidentId!: string;
  @Column('text') rootCauseIncidentId!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('text', { nullable: true }) annotation!: string | null;
}
