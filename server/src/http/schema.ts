import {
  FormatRegistry,
  type StringOptions,
  type TObject,
  type TProperties,
  type TSchema,
  Type,
} from '@sinclair/typebox';
import { isDateText } from './date.js';

FormatRegistry.Set('date-time', isDateText);

/** An optional member of a JSON body: absent and null mean the same, as in Camunda. */
export function Maybe<S extends TSchema>(schema: S) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

/** A member of an answer that is always there but may be null. */
export function Nullable<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

/** A date as text, `2026-11-23T03:00:00.000+0000`; taken with `+0000`, `+00:00` or `Z`. */
export function DateText(options: StringOptions = {}) {
  return Type.String({ ...options, format: 'date-time' });
}

/** A named object: it becomes `#/components/schemas/<name>` in the API description. */
export function Dto<P extends TProperties>(name: string, properties: P, description?: string): TObject<P> {
  return Type.Object(properties, { $id: name, ...(description && { description }) });
}

export const CountDto = Dto('CountResultDto', { count: Type.Integer() });
export const ExceptionDto = Dto('ExceptionDto', {
  type: Type.String({ description: 'The kind of the error' }),
  message: Nullable(Type.String({ description: 'What is wrong, and where' })),
  code: Nullable(Type.Integer({ description: 'A number that clients can act on' })),
});
