import { EvaluationError, ExecutionError } from '../../errors.js';
import type { EvaluationContext, Expression } from '../../ports.js';

/**
 * The priority of a job or an external task. An expression that can't be evaluated gives none, as in Camunda; one that
 * gives something else than a whole number is an error.
 * @throws ExecutionError
 */
export function priorityOf(
  expression: Expression,
  context: EvaluationContext,
  { what, elementId }: { readonly what: string; readonly elementId: string },
): number {
  const value = evaluated(expression, context);
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value === 'bigint') return Number(value);
  throw new ExecutionError(
    `Expected the ${what} of '${elementId}' to be a whole number, but it is '${String(value)}'`,
    { elementId },
  );
}

function evaluated(expression: Expression, context: EvaluationContext): unknown {
  if (expression.literal !== undefined) return Number(expression.literal);
  try {
    return expression.evaluate(context);
  } catch (error) {
    if (error instanceof EvaluationError) return 0;
    throw error;
  }
}
