import { EvaluationError, ExpressionSyntaxError } from '../../errors.js';
import type { EvaluationContext, Expression } from '../../ports.js';
import type { TypedValue } from '../../runtime/typed-value.js';
import type { Node, Template } from './ast.js';
import { type Code, compileExact, compileLoose, compileTest, compileTyped, isBooleanNode } from './compile.js';
import { toPlain } from './convert.js';
import { Fault } from './fault.js';
import { functions } from './functions.js';
import { toText } from './java-text.js';
import { unknownMember } from './known-members.js';
import { parseTemplate } from './parser.js';
import { walk } from './walk.js';

/** An expression that can also serve as condition. */
export interface JuelExpression extends Expression {
  /** The value where only true and false will do. @throws EvaluationError when it is neither */
  test(context: EvaluationContext): boolean;
}

/**
 * Compiles text with JUEL expressions in it (`${…}`, `#{…}`). White space around the text doesn't count.
 * @throws ExpressionSyntaxError, also for functions, and methods of `execution` and the like, that aren't known
 */
export function compileJuel(text: string): JuelExpression {
  const source = text.trim();
  const template = parseTemplate(source);
  checkNames(source, template);
  const [part = ''] = template;
  if (template.length > 1) return compositeText(source, template);
  return typeof part === 'string' ? literalText(source, part) : singleExpression(source, part);
}

function singleExpression(source: string, node: Node): JuelExpression {
  const value = guarded(source, compileLoose(node), toPlain);
  const typed = guarded(source, compileTyped(node));
  const test = isBooleanNode(node) ? guarded(source, compileTest(node)) : booleanOnly(source, value);
  return { source, evaluate: value, evaluateTyped: typed, test };
}

function compositeText(source: string, template: Template): JuelExpression {
  const parts = template.map((part): Code<string> => {
    if (typeof part === 'string') return () => part;
    const code = compileExact(part);
    return (context) => toText(code(context));
  });
  const value = guarded(source, (context) => parts.map((part) => part(context)).join(''));
  return {
    source,
    evaluate: value,
    evaluateTyped: (context) => ({ type: 'String', value: value(context) }),
    test: booleanOnly(source, value),
  };
}

function literalText(source: string, literal: string): JuelExpression {
  const typed: TypedValue = { type: 'String', value: literal };
  return {
    source,
    literal,
    evaluate: () => literal,
    evaluateTyped: () => typed,
    test: booleanOnly(source, () => literal),
  };
}

function booleanOnly(source: string, code: Code<unknown>): Code<boolean> {
  return (context) => {
    const value = code(context);
    if (typeof value === 'boolean') return value;
    const found = value === null ? 'null' : `${typeof value} '${toText(value)}'`;
    throw new EvaluationError(`Expected condition '${source}' to be true or false, but it is ${found}`, {
      expression: source,
    });
  };
}

/** Runs the code so that what it throws names the expression. */
function guarded<T, R = T>(source: string, code: Code<T>, convert?: (value: T) => R): Code<R> {
  return (context) => {
    try {
      const value = code(context);
      return convert ? convert(value) : (value as unknown as R);
    } catch (error) {
      throw evaluationError(source, error);
    }
  };
}

function evaluationError(source: string, error: unknown): unknown {
  const details = { expression: source };
  if (error instanceof Fault) {
    const { message, unresolved } = error;
    if (unresolved === undefined)
      return new EvaluationError(`Error while evaluating expression: ${source}. Cause: ${message}`, details);
    const text = `Unknown property used in expression: ${source}. Cause: ${message}`;
    return new EvaluationError(text, { ...details, identifier: unresolved });
  }
  if (error instanceof RangeError) {
    const text = `Error while evaluating expression: ${source}. Cause: ${error.message}`;
    return new EvaluationError(text, details, { cause: error });
  }
  return error;
}

/** Where a name stands from which the node goes on, if it has one. */
function offsetOf(node: Node): number | undefined {
  if (node.kind === 'identifier' || node.kind === 'function') return node.offset;
  return node.kind === 'method' || node.kind === 'property' ? offsetOf(node.base) : undefined;
}

function checkNames(source: string, template: Template): void {
  for (const part of template) {
    if (typeof part === 'string') continue;
    walk(part, (node) => {
      const problem = unknownMember(node);
      if (problem !== null) throw new ExpressionSyntaxError(source, problem, offsetOf(node));
      if (node.kind !== 'function') return;
      const known = functions.get(node.name);
      if (!known) throw new ExpressionSyntaxError(source, `there is no function '${node.name}'`, node.offset);
      const count = node.args.length;
      if (count >= known.min && count <= known.max) return;
      const expected = known.min === known.max ? `${known.min}` : `${known.min} to ${known.max}`;
      throw new ExpressionSyntaxError(
        source,
        `function '${node.name}' takes ${expected} arguments, not ${count}`,
        node.offset,
      );
    });
  }
}
