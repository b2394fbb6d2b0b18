import { Column, PrimaryColumn } from 'typeorm';

/** What every row of a running or past instance carries. */
export abstract class OfInstance {
  @PrimaryColumn('text') id!: string;
  @Column('text') rootProcessInstanceId!: string;
  @Column('text') processInstanceId!: string;
  @Column('text') processDefinitionId!: string;
  @Column('text') processDefinitionKey!: string;
  @Column('text', { nullable: true }) tenantId!: string | null;
}
