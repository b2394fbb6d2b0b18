import { type Static, Type } from '@sinclair/typebox';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';

export const MigrationDto = Dto('MigrationDto', {
  id: Type.String({ description: "The batch's id, or that of a migration that was one request" }),
  batchId: Nullable(Type.String()),
  userId: Nullable(Type.String()),
  sourceProcessDefinitionId: Type.String(),
  targetProcessDefinitionId: Type.String(),
  createTime: DateText(),
  migrated: Type.Integer({ description: 'Instances of which a snapshot is kept' }),
  undone: Type.Integer(),
  undoable: Type.Integer({ description: 'Instances that could be put back now' }),
});
export type MigrationDto = Static<typeof MigrationDto>;

export const MigrationExecutedDto = Dto('MigrationExecutedDto', {
  id: Type.String({ description: 'By which it can be undone' }),
  migrated: Type.Integer(),
});
export type MigrationExecutedDto = Static<typeof MigrationExecutedDto>;

export const UndoDto = Dto('MigrationUndoDto', {
  processInstanceIds: Maybe(Type.Array(Type.String(), { description: 'Only these; without it all of the migration' })),
  annotation: Maybe(Type.String({ description: 'Why, for the user operation log' })),
});
export type UndoDto = Static<typeof UndoDto>;

export const UndoPreviewDto = Dto('MigrationUndoPreviewDto', {
  undoable: Type.Integer(),
  instanceIds: Type.Array(Type.String(), { description: 'Some of them' }),
  skipped: Type.Integer(),
  reasons: Type.Array(
    Dto('MigrationUndoReasonDto', {
      reason: Type.String(),
      count: Type.Integer(),
      instanceIds: Type.Array(Type.String(), { description: 'Some of them' }),
    }),
  ),
});
export type UndoPreviewDto = Static<typeof UndoPreviewDto>;
