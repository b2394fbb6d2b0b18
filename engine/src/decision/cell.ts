import { ExpressionSyntaxError } from '../errors.js';
import { compileExpression } from '../expression/compile-expression.js';
import { compileFeel } from '../expression/feel/compile-feel.js';
import { toFeelValue, typedFromFeel } from '../expression/feel/feel-values.js';
import { reservedNamesRead } from '../expression/references.js';
import type { TypedValue } from '../runtime/typed-value.js';
import { type DecisionScope, juelContext } from './scope.js';

export type CellLanguage = 'feel' | 'juel';

/** Values that only one cell sees: its input, under the names that it may use for it. */
export type CellInput = Readonly<Record<string, unknown>>;

/** An expression in a decision: of an input, of an output, or literal. */
export interface Cell {
  /** Always the same, whatever the variables. */
  readonly isConstant: boolean;
  /** As FEEL calculates with it. @throws EvaluationError */
  value(scope: DecisionScope, input?: CellInput): unknown;
  /** As variable. @throws EvaluationError */
  typed(scope: DecisionScope, input?: CellInput): TypedValue;
}

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
/** Words that stand for something else than a variable of that name. */
const FEEL_NAMES: ReadonlySet<string> = new Set([
  'item',
  'partial',
  'now',
  'today',
  'function',
  'if',
  'for',
  'some',
  'every',
  'not',
]);

/**
 * Compiles an expression. Names, numbers, texts and the like, which most cells are, need no FEEL interpreter.
 * @throws ExpressionSyntaxError
 */
export function compileCell(source: string, language: CellLanguage): Cell {
  const text = source.trim();
  if (language === 'juel') return juelCell(text);
  const literal = feelLiteral(text);
  if (literal !== undefined) {
    const typed = typedFromFeel(literal);
    return { isConstant: true, value: () => literal, typed: () => typed };
  }
  const feel = compileFeel(text);
  if (NAME.test(text) && feel.names[0] === text && !FEEL_NAMES.has(text))
    return nameCell(text, (scope) => feel.evaluate(scope, scope.now));
  return {
    isConstant: false,
    value: (scope, input) => feel.evaluate(scope, scope.now, input),
    typed: (scope, input) => typedFromFeel(feel.evaluate(scope, scope.now, input)),
  };
}

/** The value of a number, text, boolean or null written in FEEL; undefined when the text is anything else. */
export function feelLiteral(text: string): unknown {
  if (/^-?(\d+(\.\d+)?|\.\d+)$/.test(text)) return Number(text);
  if (/^"[^"\\]*"$/.test(text)) return text.slice(1, -1);
  return WORDS.get(text);
}

function nameCell(name: string, otherwise: (scope: DecisionScope) => unknown): Cell {
  const value = (scope: DecisionScope, input?: CellInput): unknown => {
    if (input && Object.hasOwn(input, name)) return input[name];
    const typed = scope.get(name);
    return typed === undefined ? otherwise(scope) : toFeelValue(typed);
  };
  return { isConstant: false, value, typed: (scope, input) => typedFromFeel(value(scope, input)) };
}

/** Text without braces is an expression as a whole, as in Camunda. */
function juelCell(text: string): Cell {
  const source = /[$#]\{/.test(text) ? text : `\${${text}}`;
  const [reserved] = reservedNamesRead(source);
  if (reserved !== undefined) throw new ExpressionSyntaxError(source, `there is no '${reserved}' in a decision`);
  const expression = compileExpression(source);
  const typed = (scope: DecisionScope, input: CellInput = {}): TypedValue => {
    const extra = new Map(Object.entries(input).map(([name, value]) => [name, typedFromFeel(value)]));
    return expression.evaluateTyped(juelContext(scope, extra));
  };
  return {
    isConstant: expression.literal !== undefined,
    value: (scope, input) => toFeelValue(typed(scope, input)),
    typed,
  };
}
