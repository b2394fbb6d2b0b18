import { EvaluationError } from '../errors.js';
import type { EvaluationContext, Expression } from '../ports.js';
import { BoundedCache } from './bounded-cache.js';
import { compileFeel } from './feel/compile-feel.js';
import { fromFeelValue, typedFromFeel } from './feel/feel-values.js';
import { compileJuel, type JuelExpression } from './juel/compile-juel.js';
import { variablesRead } from './references.js';

export interface ExpressionOptions {
  /** JUEL when it isn't given: text with `${…}` in it. FEEL text is one expression as a whole. */
  readonly language?: 'juel' | 'feel';
}

/** Enough for every expression of some hundred process definitions. */
const CACHE_SIZE = 10_000;
const juelCache = new BoundedCache<JuelExpression>(CACHE_SIZE);
const feelCache = new BoundedCache<JuelExpression>(CACHE_SIZE);

/**
 * Compiles an expression, once for each text.
 * @throws ExpressionSyntaxError with reason and offset
 */
export function compileExpression(source: string, options: ExpressionOptions = {}): Expression {
  return compileAny(source, options);
}

/**
 * Compiles a condition. What is neither true nor false when it is evaluated is an EvaluationError.
 * @throws ExpressionSyntaxError with reason and offset
 */
export function compileCondition(
  source: string,
  options: ExpressionOptions = {},
): ((context: EvaluationContext) => boolean) & { readonly reads: readonly string[] } {
  const { test } = compileAny(source, options);
  return Object.assign((context: EvaluationContext) => test(context), { reads: variablesRead(source, options) });
}

function compileAny(source: string, { language = 'juel' }: ExpressionOptions): JuelExpression {
  return language === 'feel'
    ? feelCache.get(source, () => compileFeelText(source))
    : juelCache.get(source, () => compileJuel(source));
}

function compileFeelText(source: string): JuelExpression {
  const feel = compileFeel(source);
  const evaluate = ({ variables, now }: EvaluationContext) => feel.evaluate(variables, now);
  return {
    source,
    evaluate: (context) => fromFeelValue(evaluate(context)),
    evaluateTyped: (context) => {
      // A variable's name alone gives the variable as it is.
      const typed = feel.names[0] === source.trim() ? context.variables.get(feel.names[0]) : undefined;
      return typed ?? typedFromFeel(evaluate(context));
    },
    test: (context) => {
      const value = evaluate(context);
      if (typeof value === 'boolean') return value;
      throw new EvaluationError(`Expected condition '${source}' to be true or false, but it is ${describe(value)}`, {
        expression: source,
      });
    },
  };
}

function describe(value: unknown): string {
  return value === null || value === undefined ? 'null' : `${typeof value} '${String(value)}'`;
}
