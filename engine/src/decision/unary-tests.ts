import { evaluate, type FeelFunction, FeelRange, isFunction, parseUnaryTests, unaryTest } from 'feelin';
import { ExpressionSyntaxError } from '../errors.js';
import { compileFeel, guardFeel } from '../expression/feel/compile-feel.js';
import { type CellInput, feelLiteral } from './cell.js';
import type { DecisionScope } from './scope.js';

/** Whether an input value fits a cell. @throws EvaluationError */
export type UnaryTest = (value: unknown, scope: DecisionScope, input: CellInput) => boolean;

const INTERVAL = /^([[(\]])\s*(\S+)\s*\.\.\s*(\S+?)\s*([\])[])$/;
const COMPARISON = /^(<=|>=|<|>)\s*(.+)$/s;

/**
 * Compiles the tests of an input cell (DMN 1.3 §10.3.2.9); null when every value fits (`-` or nothing). Comparisons
 * with literals, intervals of numbers and lists of them, which most cells are, need no FEEL interpreter; there, unlike
 * in feelin, a text never fits a test for numbers, and an interval whose start is above its end fits nothing.
 * @throws ExpressionSyntaxError
 */
export function compileUnaryTests(source: string): UnaryTest | null {
  const text = source.trim();
  if (text === '' || text === '-') return null;
  return compileSimple(text) ?? compileParsed(text);
}

/** Undefined when some part isn't one of the frequent forms. */
function compileSimple(text: string): UnaryTest | undefined {
  const negated = /^not\s*\((.*)\)$/s.exec(text);
  const parts = splitList(negated?.[1] ?? text);
  if (!parts) return undefined;
  const tests: ((value: unknown) => boolean)[] = [];
  for (const part of parts) {
    const test = simpleTest(part.trim());
    if (!test) return undefined;
    tests.push(test);
  }
  const [first] = tests as [(value: unknown) => boolean];
  const any = tests.length === 1 ? first : (value: unknown) => tests.some((test) => test(value));
  return negated ? (value) => !any(value) : any;
}

function simpleTest(text: string): ((value: unknown) => boolean) | undefined {
  const literal = feelLiteral(text);
  if (literal !== undefined) return (value) => value === literal || (literal === null && value === undefined);
  const comparison = COMPARISON.exec(text);
  if (comparison) {
    const bound = feelLiteral(comparison[2]!.trim());
    return typeof bound === 'number' || typeof bound === 'string' ? comparisonTest(comparison[1]!, bound) : undefined;
  }
  const interval = INTERVAL.exec(text);
  if (!interval) return undefined;
  const [, open, startText, endText, close] = interval as unknown as [string, string, string, string, string];
  const start = feelLiteral(startText);
  const end = feelLiteral(endText);
  if (typeof start !== 'number' || typeof end !== 'number') return undefined;
  const fromStart = comparisonTest(open === '[' ? '>=' : '>', start);
  const toEnd = comparisonTest(close === ']' ? '<=' : '<', end);
  return (value) => fromStart(value) && toEnd(value);
}

function comparisonTest<T extends number | string>(operator: string, bound: T): (value: unknown) => boolean {
  const type = typeof bound;
  switch (operator) {
    case '<':
      return (value) => typeof value === type && (value as T) < bound;
    case '<=':
      return (value) => typeof value === type && (value as T) <= bound;
    case '>':
      return (value) => typeof value === type && (value as T) > bound;
    default:
      return (value) => typeof value === type && (value as T) >= bound;
  }
}

/** The parts between commas that aren't in a text; undefined when there are brackets in which commas could stand. */
function splitList(text: string): string[] | undefined {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/gs);
  if (!parts || parts.join(',') !== text) return undefined;
  return parts;
}

/** The other tests, each compiled from its own text. */
function compileParsed(text: string): UnaryTest {
  const { parts, isNegated } = parseTests(text);
  const tests = parts.map(
    ({ source, isSimple }) => simpleInScope(source) ?? (isSimple ? rangeTest(source) : expressionTest(source)),
  );
  return (value, scope, input) => {
    const fits = tests.some((test) => test(value, scope, input));
    return isNegated ? !fits : fits;
  };
}

function simpleInScope(source: string): UnaryTest | undefined {
  return simpleTest(source);
}

interface Part {
  readonly source: string;
  /** A comparison or an interval, other than an expression. */
  readonly isSimple: boolean;
}

/** @throws ExpressionSyntaxError */
function parseTests(text: string): { parts: Part[]; isNegated: boolean } {
  const parts: Part[] = [];
  let isNegated = false;
  let isValid = true;
  let depth = 0;
  parseUnaryTests(text, {}, undefined).iterate({
    enter({ name, from, to, type, node }) {
      if (type.isError) isValid = false;
      if (name === 'not' && depth === 1) isNegated = true;
      if (name === 'PositiveUnaryTest' && isTopLevel(node)) {
        parts.push({ source: text.slice(from, to), isSimple: node.firstChild?.name === 'SimplePositiveUnaryTest' });
      }
      depth++;
      return isValid;
    },
    leave() {
      depth--;
    },
  });
  if (isValid && parts.length > 0) return { parts, isNegated };
  throw syntaxError(text);
}

function isTopLevel(node: { parent: { name: string; parent: { name: string } | null } | null }): boolean {
  return node.parent?.name === 'PositiveUnaryTests' && node.parent.parent?.name === 'UnaryTests';
}

function syntaxError(text: string): ExpressionSyntaxError {
  try {
    unaryTest(text, { '?': null });
  } catch (error) {
    const { message, position } = error as Error & { position?: { from: number } };
    return new ExpressionSyntaxError(text, message, position?.from);
  }
  return new ExpressionSyntaxError(text, 'these are no tests for a cell');
}

/** What some take for a range: FEEL would read `>= 1 and <= 5` as one comparison with a truth value. */
const JOINED_COMPARISONS = /^\s*(?:<=|>=|<|>)[^"]*\s(?:and|or)\s+(?:<=|>=|<|>)/;

/** A comparison or an interval: the value is in it or not. */
function rangeTest(source: string): UnaryTest {
  if (JOINED_COMPARISONS.test(source))
    throw new ExpressionSyntaxError(source, "comparisons can't be joined in a cell; write an interval, such as [1..5]");
  const feel = compileFeel(`cellInput in (${source}\n)`);
  return (value, scope, input) => feel.evaluate(scope, scope.now, { ...input, cellInput: value }) === true;
}

/** An expression: it is true, or it is the value, or it contains the value. `?` in it is the value. */
function expressionTest(source: string): UnaryTest {
  const feel = compileFeel(`{"?": cellInput, "result": (${source}\n)}.result`);
  return (value, scope, input) => {
    const result = feel.evaluate(scope, scope.now, { ...input, cellInput: value });
    return guardFeel(source, () => (Array.isArray(result) ? result : [result]).some((entry) => fits(entry, value)));
  };
}

const equals = (evaluate('function(a, b) a = b').value as FeelFunction).fn as (a: unknown, b: unknown) => unknown;

function fits(result: unknown, value: unknown): boolean {
  if (typeof result === 'boolean') return result;
  if (Array.isArray(result)) return result.includes(value);
  if (result instanceof FeelRange) return result.includes(value) === true;
  if (isFunction(result)) return result.fn(value) === true;
  return equals(result, value ?? null) === true;
}
