import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a call of a definition was pinned to when it was deployed. */
@Entity('call_binding')
export class CallBindingEntity {
  @PrimaryColumn('text') processDefinitionId!: string;
  @PrimaryColumn('text') elementId!: string;
  @PrimaryColumn('text') kind!: 'process' | 'decision' | 'form';
  @Column('text') targetDefinitionId!: string;
}
