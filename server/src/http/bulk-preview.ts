import { type Static, Type } from '@sinclair/typebox';
import { Dto } from './schema.js';

const PREVIEWED = 100;

const Touched = {
  type: Type.String(),
  count: Type.Integer(),
  ids: Type.Array(Type.String({ description: 'The first 100' })),
};

/** What a bulk operation would touch. */
export const BulkPreviewDto = Dto('BulkPreviewDto', {
  dryRun: Type.Literal(true),
  ...Touched,
  included: Type.Optional(
    Dto('BulkPreviewIncludedDto', Touched, 'What would be touched along with them, where that was asked for'),
  ),
});
export type BulkPreviewDto = Static<typeof BulkPreviewDto>;

/** The answer to an operation on many things that is only to say what it would touch. */
export const BulkParameters = Type.Object({ dryRun: Type.Optional(Type.Boolean()) });
export type BulkParameters = Static<typeof BulkParameters>;

/** Things of one kind, and where they take others along, these too. */
export interface Touching {
  readonly type: string;
  readonly ids: readonly string[];
}

export function preview(type: string, ids: readonly string[], included?: Touching): BulkPreviewDto {
  return { dryRun: true, ...touched({ type, ids }), ...(included && { included: touched(included) }) };
}

function touched({ type, ids }: Touching) {
  const distinct = [...new Set(ids)];
  return { type, count: distinct.length, ids: distinct.slice(0, PREVIEWED) };
}

/** For operations that answer nothing (204) but a preview. */
export function previewOrNothing<P>(answer: P | null, setStatus: (status: number) => void): P | null {
  if (answer !== null) setStatus(200);
  return answer;
}
