// PLACEHOLDER to be overwritten.
import type { DecisionResult } from '../ports.js';
import type { TypedValue } from '../runtime/typed-value.js';

export type DecisionMapping = 'singleEntry' | 'singleResult' | 'collectEntries' | 'resultList';

export function mapDecisionResult(_result: DecisionResult, _mapping: DecisionMapping): TypedValue {
  throw new Error('not there yet');
}
