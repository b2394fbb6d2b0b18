import { date, evaluate, type FeelFunction, SyntaxError as FeelSyntaxError, parseExpression, toFeel } from 'feelin';
import { EvaluationError, ExpressionSyntaxError } from '../../errors.js';
import type { ReadableVariables } from '../../ports.js';
import { additionalFunction, isKnownFunction, keywordNames } from './feel-functions.js';
import { toFeelValue } from './feel-values.js';

/** A compiled FEEL expression. Source: DMN 1.3 §10.3. */
export interface FeelExpression {
  readonly source: string;
  /** The names it reads, functions among them, that nothing in the expression itself defines. */
  readonly names: readonly string[];
  /** @returns a FEEL value. @throws EvaluationError */
  evaluate(variables: ReadableVariables, now: Date, extra?: Readonly<Record<string, unknown>>): unknown;
}

type Parameters = (name: string) => unknown;

/** Names that FEEL can only tell from an operation by knowing them: `credit-score`, `applicant's age`. */
const SPECIAL_NAME = /[^\p{L}\p{N}_$?]/u;
const MAX_DEPTH = 5;

/**
 * Compiles a FEEL expression. It is parsed once: what runs later is the body of a FEEL function of the names it reads.
 * Only where a variable has a name that changes how the text reads is it parsed again, with that name known.
 * @throws ExpressionSyntaxError
 */
export function compileFeel(source: string): FeelExpression {
  const names = readNames(source);
  const call = compileFunction(source, names);
  const ambiguous = /[-+*/.' ]/.test(source.replace(/"(?:[^"\\]|\\.)*"/g, '').trim());
  const read = (variables: ReadableVariables, now: Date, extra?: Readonly<Record<string, unknown>>): Parameters => {
    return (name) => {
      if (extra && Object.hasOwn(extra, name)) return extra[name];
      const typed = variables.get(name);
      if (typed !== undefined) return toFeelValue(typed);
      // The engine has no clock: the time is that of the command.
      if (name === 'now') return clock(() => toFeel(now));
      if (name === 'today') return clock(() => date(now.toISOString().slice(0, 10)));
      return additionalFunction(name);
    };
  };
  return {
    source,
    names,
    evaluate(variables, now, extra) {
      const parameters = read(variables, now, extra);
      const values = names.map(parameters);
      if (
        ambiguous &&
        (hasSpecialName(variables.names(), source) || values.some((value) => hasSpecialKey(value, source)))
      ) {
        return evaluateWithContext(source, variables, parameters, names, extra);
      }
      return call(values);
    },
  };
}

/** Runs what calls feelin, whose errors are turned into ours. */
export function guardFeel<T>(source: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof EvaluationError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EvaluationError(
      `Error while evaluating FEEL expression: ${source}. Cause: ${reason}`,
      { expression: source },
      { cause: error },
    );
  }
}

function compileFunction(source: string, names: readonly string[]): (values: readonly unknown[]) => unknown {
  const { value, warnings } = evaluate(`function(${names.join(', ')}) (${source}\n)`, keywordNames);
  const { fn } = value as FeelFunction;
  return (values) => {
    // feelin collects warnings for as long as the function lives.
    warnings.length = 0;
    return guardFeel(source, () => fn(...values));
  };
}

function evaluateWithContext(
  source: string,
  variables: ReadableVariables,
  parameters: Parameters,
  names: readonly string[],
  extra: Readonly<Record<string, unknown>> = {},
): unknown {
  const context: Record<string, unknown> = { ...keywordNames, ...extra };
  for (const name of [...variables.names(), ...names]) {
    const value = parameters(name);
    if (value !== undefined) context[name] = value;
  }
  return guardFeel(source, () => evaluate(source, context).value);
}

/** @throws ExpressionSyntaxError */
function readNames(source: string): string[] {
  if (source.trim() === '') throw new ExpressionSyntaxError(source, 'it is empty', 0);
  const names = new Set<string>();
  const defined = new Set<string>();
  const called = new Map<string, number>();
  let isValid = true;
  let exponent = -1;
  parseExpression(source, keywordNames, undefined).iterate({
    enter({ name, from, to, type, node }) {
      const text = source.slice(from, to).replace(/\s+/g, ' ');
      if (type.isError) isValid = false;
      if (name === 'VariableName') names.add(text);
      if (name === 'VariableName' && node.parent?.name === 'FunctionInvocation') called.set(text, from);
      if (name === 'Key' || name === 'ParameterName') defined.add(text);
      if (name === 'NumericLiteral' && /e/i.test(text)) exponent = from;
      return isValid;
    },
  });
  if (!isValid) throw syntaxError(source);
  if (exponent >= 0) throw new ExpressionSyntaxError(source, 'numbers have no exponent in FEEL', exponent);
  for (const [name, from] of called)
    if (!defined.has(name) && !isKnownFunction(name))
      throw new ExpressionSyntaxError(source, `there is no function '${name}'`, from);
  names.delete('?');
  return [...names];
}

/** What feelin says about a text that has an error; it finds that before it evaluates anything. */
function syntaxError(source: string): ExpressionSyntaxError {
  try {
    evaluate(source, keywordNames);
  } catch (error) {
    if (error instanceof FeelSyntaxError) return new ExpressionSyntaxError(source, error.message, error.position.from);
  }
  return new ExpressionSyntaxError(source, 'it is no FEEL expression');
}

function hasSpecialName(names: Iterable<string>, source: string): boolean {
  for (const name of names) {
    if (SPECIAL_NAME.test(name) && mentions(source, name)) return true;
  }
  return false;
}

function hasSpecialKey(value: unknown, source: string, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.length > 0 && hasSpecialKey(value[0], source, depth + 1);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).some(
    ([key, entry]) => (SPECIAL_NAME.test(key) && mentions(source, key)) || hasSpecialKey(entry, source, depth + 1),
  );
}

/** Whether the text could mean that name: it contains it, whatever the spaces. */
function mentions(source: string, name: string): boolean {
  return source.replace(/\s+/g, '').includes(name.replace(/\s+/g, ''));
}

/** A FEEL function without parameters. */
function clock(read: () => unknown): () => unknown {
  return Object.assign(read, { $args: [] });
}
