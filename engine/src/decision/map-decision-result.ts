import { EvaluationError } from '../errors.js';
import type { DecisionResult } from '../ports.js';
import { fromNative, JsonNode, NULL, type TypedValue, toNative } from '../runtime/typed-value.js';

/** How a decision's result becomes a variable: `camunda:mapDecisionResult`. */
export type DecisionMapping = 'singleEntry' | 'singleResult' | 'collectEntries' | 'resultList';

type Outputs = Readonly<Record<string, TypedValue>>;

/**
 * The variable that a decision's result becomes: one value (`singleEntry`), one map (`singleResult`), a list of the
 * values of one output (`collectEntries`) or a list of maps (`resultList`).
 * @throws EvaluationError when the result has more rules or outputs than the mapping takes
 */
export function mapDecisionResult(result: DecisionResult, mapping: DecisionMapping): TypedValue {
  const { rules } = result;
  switch (mapping) {
    case 'singleEntry': {
      const outputs = onlyRule(rules, mapping);
      if (!outputs) return result.aggregated ?? NULL;
      const values = Object.values(outputs);
      if (values.length <= 1) return values[0] ?? NULL;
      throw new EvaluationError(
        `Expected one output at most for mapping 'singleEntry', but there are: ${Object.keys(outputs).join(', ')}`,
      );
    }
    case 'singleResult': {
      const outputs = onlyRule(rules, mapping);
      return outputs ? fromNative(nativeMap(outputs)) : NULL;
    }
    case 'collectEntries': {
      const names = new Set(rules.flatMap((outputs) => Object.keys(outputs)));
      if (names.size > 1) {
        throw new EvaluationError(
          `Expected one output at most for mapping 'collectEntries', but there are: ${[...names].join(', ')}`,
        );
      }
      return fromNative(rules.flatMap((outputs) => Object.values(outputs).map(native)));
    }
    case 'resultList':
      return fromNative(rules.map(nativeMap));
  }
}

function onlyRule(rules: readonly Outputs[], mapping: DecisionMapping): Outputs | undefined {
  if (rules.length <= 1) return rules[0];
  throw new EvaluationError(`Expected one rule at most to fit for mapping '${mapping}', but ${rules.length} do`);
}

function nativeMap(outputs: Outputs): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, native(value)]));
}

/** A value inside of a list or map, which is kept as JSON: there a Long beyond 2^53 is only nearly right. */
function native(typed: TypedValue): unknown {
  const value = toNative(typed);
  if (typeof value === 'bigint') return Number(value);
  return value instanceof JsonNode ? value.value : value;
}
