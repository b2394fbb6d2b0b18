import type { EvaluationContext } from '../../ports.js';
import { JodaDateTime } from './joda-date-time.js';
import { parseJsonNode } from './json-methods.js';

interface JuelFunction {
  readonly min: number;
  readonly max: number;
  readonly call: (context: EvaluationContext, args: readonly unknown[]) => unknown;
}

const json: JuelFunction = { min: 1, max: 2, call: (_context, [value]) => parseJsonNode(value) };

/** The functions that expressions know, beside the methods of values. */
export const functions: ReadonlyMap<string, JuelFunction> = new Map<string, JuelFunction>([
  ['dateTime', { min: 0, max: 0, call: ({ now }) => new JodaDateTime(now) }],
  ['now', { min: 0, max: 0, call: ({ now }) => new Date(now) }],
  ['currentUser', { min: 0, max: 0, call: ({ userId }) => userId }],
  ['currentUserGroups', { min: 0, max: 0, call: ({ userId }) => (userId === null ? null : []) }],
  ['S', json],
  ['JSON', json],
]);
