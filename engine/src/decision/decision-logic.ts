import { EvaluationError } from '../errors.js';
import type { DecisionResult } from '../ports.js';
import { fromNative, type TypedValue, toNative } from '../runtime/typed-value.js';
import type { Cell } from './cell.js';
import { convertOutput, type DataType } from './data-types.js';
import type { DecisionScope } from './scope.js';

/** What a decision is made by: a table or an expression. */
export interface DecisionLogic {
  /** @throws EvaluationError naming rule and cell */
  evaluate(scope: DecisionScope): DecisionResult;
}

/** A decision with the ones that it needs. */
export interface DecisionNode {
  readonly key: string;
  readonly logic: DecisionLogic;
  readonly required: readonly DecisionNode[];
}

/** A literal expression; its result has one value under the name of the decision's variable. */
export function literalExpression(name: string, cell: Cell, type: DataType | null): DecisionLogic {
  return {
    evaluate: (scope) => ({ rules: [{ [name]: type ? convertOutput(cell.value(scope), type) : cell.typed(scope) }] }),
  };
}

/**
 * Evaluates a decision after the ones that it needs, each of them once; what they result in can be read by the names
 * of their outputs, as a list where several rules fit.
 * @throws EvaluationError naming the decision
 */
export function evaluateNode(
  node: DecisionNode,
  scope: DecisionScope,
  done: Set<DecisionNode> = new Set(),
): DecisionResult {
  for (const required of node.required) {
    if (done.has(required)) continue;
    done.add(required);
    const { rules } = evaluateNode(required, scope, done);
    for (const [name, value] of combine(rules)) scope.add(name, value);
  }
  try {
    return node.logic.evaluate(scope);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const message = `Error while evaluating decision '${node.key}': ${error.message}`;
    throw new EvaluationError(message, { ...error.details, decision: node.key }, { cause: error });
  }
}

function combine(rules: DecisionResult['rules']): Map<string, TypedValue> {
  if (rules.length <= 1) return new Map(Object.entries(rules[0] ?? {}));
  const lists = new Map<string, unknown[]>();
  for (const outputs of rules) {
    for (const [name, value] of Object.entries(outputs)) {
      const list = lists.get(name) ?? [];
      list.push(toNative(value));
      lists.set(name, list);
    }
  }
  return new Map([...lists].map(([name, list]) => [name, fromNative(list)]));
}
