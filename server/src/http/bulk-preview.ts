import { type Static, Type } from '@sinclair/typebox';
import { Dto } from './schema.js';

const PREVIEWED = 100;

/** What a bulk operation would touch. */
export const BulkPreviewDto = Dto('BulkPreviewDto', {
  dryRun: Type.Literal(true),
  type: Type.String(),
  count: Type.Integer(),
  ids: Type.Array(Type.String({ description: 'The first 100' })),
});
export type BulkPreviewDto = Static<typeof BulkPreviewDto>;

/** The answer to an operation on many things that is only to say what it would touch. */
export const BulkParameters = Type.Object({ dryRun: Type.Optional(Type.Boolean()) });
export type BulkParameters = Static<typeof BulkParameters>;

export function preview(type: string, ids: readonly string[]): BulkPreviewDto {
  const distinct = [...new Set(ids)];
  return { dryRun: true, type, count: distinct.length, ids: distinct.slice(0, PREVIEWED) };
}

/** For operations that answer nothing (204) but a preview. */
export function previewOrNothing(
  answer: BulkPreviewDto | null,
  setStatus: (status: number) => void,
): BulkPreviewDto | null {
  if (answer !== null) setStatus(200);
  return answer;
}
