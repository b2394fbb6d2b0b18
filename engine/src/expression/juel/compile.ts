import type { EvaluationContext } from '../../ports.js';
import type { TypedValue } from '../../runtime/typed-value.js';
import type { Literal, Node } from './ast.js';
import { exactValue, looseValue, toTyped, toTypedLong } from './convert.js';
import { DecisionEntry, DecisionRules } from './decision-methods.js';
import { Fault } from './fault.js';
import { functions } from './functions.js';
import { toText } from './java-text.js';
import { arithmetic, compare, equal, isEmpty, negate, toBoolean } from './operators.js';
import { invokeMethod, opened, readProperty, returnsLong } from './resolve.js';
import { ExecutionFacade, localsOf, TaskFacade, TypedBox } from './scope-facade.js';
import { WholeDouble } from './whole-double.js';

/** A compiled part of an expression. All of them throw Fault when the value can't be had. */
export type Code<T> = (context: EvaluationContext) => T;

/** Names that stand for the place of evaluation, whatever variables there are. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'execution',
  'task',
  'authenticatedUserId',
  'decisionResult',
]);

/** The value for calculating with: whole Doubles are marked (see WholeDouble). */
export function compileExact(node: Node): Code<unknown> {
  switch (node.kind) {
    case 'literal':
      return constant(literalValue(node.value));
    case 'identifier':
      return identifier(node.name, exactValue);
    case 'property': {
      const base = compileExact(node.base);
      const name = compileExact(node.name);
      return (context) => readProperty(base(context), name(context));
    }
    case 'method':
      return method(node);
    case 'function': {
      const call = functions.get(node.name)!.call;
      const args = node.args.map(compileExact);
      return (context) => call(context, evaluateAll(args, context));
    }
    case 'unary': {
      if (node.operator !== '-') return compileTest(node);
      const operand = compileExact(node.operand);
      return (context) => negate(operand(context));
    }
    case 'binary': {
      const { operator } = node;
      if (!isArithmetic(operator)) return compileTest(node);
      const left = compileExact(node.left);
      const right = compileExact(node.right);
      return (context) => arithmetic(operator, left(context), right(context));
    }
    case 'choice': {
      const condition = compileTest(node.condition);
      const yes = compileExact(node.yes);
      const no = compileExact(node.no);
      return (context) => (condition(context) ? yes(context) : no(context));
    }
  }
}

/** The value without marks, for comparing: variables and literals come as they are. */
export function compileLoose(node: Node): Code<unknown> {
  if (node.kind === 'identifier') return identifier(node.name, looseValue);
  const exact = compileExact(node);
  if (node.kind === 'literal') return constant(unmark(literalValue(node.value)));
  return (context) => unmark(exact(context));
}

/** The value as boolean, as conditions and logical operators take it. */
export function compileTest(node: Node): Code<boolean> {
  if (node.kind === 'unary') {
    if (node.operator === '!') {
      const operand = compileTest(node.operand);
      return (context) => !operand(context);
    }
    if (node.operator === 'empty') {
      const operand = compileExact(node.operand);
      return (context) => isEmpty(operand(context));
    }
  }
  if (node.kind === 'binary') {
    if (node.operator === '&&' || node.operator === '||') {
      const left = compileTest(node.left);
      const right = compileTest(node.right);
      return node.operator === '&&'
        ? (context) => left(context) && right(context)
        : (context) => left(context) || right(context);
    }
    if (!isArithmetic(node.operator)) {
      return comparison(node.operator, compileLoose(node.left), compileLoose(node.right));
    }
  }
  const value = compileLoose(node);
  return (context) => toBoolean(value(context));
}

/** The value as a variable. */
export function compileTyped(node: Node): Code<TypedValue> {
  switch (node.kind) {
    case 'identifier': {
      if (RESERVED_NAMES.has(node.name)) break;
      const { name } = node;
      return (context) => context.variables.get(name) ?? unresolved(name);
    }
    case 'choice': {
      const condition = compileTest(node.condition);
      const yes = compileTyped(node.yes);
      const no = compileTyped(node.no);
      return (context) => (condition(context) ? yes(context) : no(context));
    }
    case 'method':
      return typedMethod(node);
    case 'literal':
    case 'binary':
      return thenTyped(compileExact(node), toTypedLong);
    case 'unary': {
      const operand = node.operator === '-' ? compileTyped(node.operand) : undefined;
      if (operand) return (context) => negateTyped(operand(context));
      break;
    }
    default:
      break;
  }
  return thenTyped(compileExact(node), toTyped);
}

/** Whether the expression is a comparison, a logical operation or the like, so that its value is always boolean. */
export function isBooleanNode(node: Node): boolean {
  if (node.kind === 'unary') return node.operator !== '-';
  return node.kind === 'binary' && !isArithmetic(node.operator);
}

function identifier(name: string, read: (typed: TypedValue) => unknown): Code<unknown> {
  if (name === 'execution') return (context) => new ExecutionFacade(context);
  if (name === 'decisionResult') {
    return (context) => {
      const { decisionResult } = context;
      return decisionResult
        ? new DecisionRules(decisionResult.rules)
        : read(context.variables.get(name) ?? unresolved(name));
    };
  }
  if (name === 'authenticatedUserId') return (context) => context.userId;
  if (name === 'task') {
    return (context) => {
      if (context.task) return new TaskFacade(context, context.task);
      return read(context.variables.get(name) ?? unresolved(name));
    };
  }
  return (context) => read(context.variables.get(name) ?? unresolved(name));
}

function unresolved(name: string): never {
  throw new Fault(`Cannot resolve identifier '${name}'`, name);
}

function comparison(
  operator: '==' | '!=' | '<' | '<=' | '>' | '>=',
  left: Code<unknown>,
  right: Code<unknown>,
): Code<boolean> {
  // Two numbers are nearly always what is compared: they need none of the coercions.
  switch (operator) {
    case '==':
      return (context) => equal(left(context), right(context));
    case '!=':
      return (context) => !equal(left(context), right(context));
    case '<':
      return (context) => {
        const a = left(context);
        const b = right(context);
        return typeof a === 'number' && typeof b === 'number' ? a < b : compare('<', a, b);
      };
    case '<=':
      return (context) => {
        const a = left(context);
        const b = right(context);
        return typeof a === 'number' && typeof b === 'number' ? a <= b : compare('<=', a, b);
      };
    case '>':
      return (context) => {
        const a = left(context);
        const b = right(context);
        return typeof a === 'number' && typeof b === 'number' ? a > b : compare('>', a, b);
      };
    case '>=':
      return (context) => {
        const a = left(context);
        const b = right(context);
        return typeof a === 'number' && typeof b === 'number' ? a >= b : compare('>=', a, b);
      };
  }
}

function method(node: Node & { kind: 'method' }): Code<unknown> {
  const base = compileExact(node.base);
  const name = compileExact(node.name);
  const args = argumentsOf(node);
  const text = describe(node.base);
  return (context) => {
    const self = base(context);
    return opened(invokeMethod(self, name(context), evaluateAll(args, context), text));
  };
}

function typedMethod(node: Node & { kind: 'method' }): Code<TypedValue> {
  const base = compileExact(node.base);
  const name = compileExact(node.name);
  const args = argumentsOf(node);
  const text = describe(node.base);
  return (context) => {
    const self = base(context);
    const called = name(context);
    const values = evaluateAll(args, context);
    // A variable that is read by its name keeps its type, as one that stands alone does.
    if ((self instanceof ExecutionFacade || self instanceof TaskFacade) && values.length === 1) {
      const { variables } = self.context;
      if (called === 'getVariable') return variables.get(toText(values[0])) ?? toTyped(null);
      if (called === 'getVariableLocal') return localsOf(self).getLocal(toText(values[0])) ?? toTyped(null);
    }
    const value = invokeMethod(self, called, values, text);
    if (value instanceof DecisionEntry) return value.typed;
    return returnsLong(self, called) ? toTypedLong(value) : toTyped(value);
  };
}

/** What a variable is set to keeps its type: `setVariable('n', 1)` makes a Long. */
function argumentsOf({ name, args }: Node & { kind: 'method' }): readonly Code<unknown>[] {
  const setter = name.kind === 'literal' && (name.value === 'setVariable' || name.value === 'setVariableLocal');
  return args.map((arg, index) => {
    if (!setter || index !== 1) return compileExact(arg);
    const typed = compileTyped(arg);
    return (context) => new TypedBox(typed(context));
  });
}

function evaluateAll(codes: readonly Code<unknown>[], context: EvaluationContext): unknown[] {
  return codes.map((code) => code(context));
}

function thenTyped(code: Code<unknown>, convert: (value: unknown) => TypedValue): Code<TypedValue> {
  return (context) => convert(code(context));
}

/** A negated number keeps its type. */
function negateTyped(typed: TypedValue): TypedValue {
  const { type, value } = typed;
  if ((type === 'Integer' || type === 'Short') && typeof value === 'number') return { type, value: 0 - value };
  return toTypedLong(negate(exactValue(typed)));
}

function literalValue(value: Literal): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Number.isSafeInteger(value.double) ? new WholeDouble(value.double) : value.double;
}

function unmark(value: unknown): unknown {
  return value instanceof WholeDouble ? value.value : value;
}

function constant<T>(value: T): Code<T> {
  return () => value;
}

function isArithmetic(operator: string): operator is '+' | '-' | '*' | '/' | '%' {
  return operator === '+' || operator === '-' || operator === '*' || operator === '/' || operator === '%';
}

/** The expression before a method, for messages. */
function describe(node: Node): string {
  switch (node.kind) {
    case 'identifier':
      return node.name;
    case 'property':
      return node.name.kind === 'literal'
        ? `${describe(node.base)}.${String(node.name.value)}`
        : `${describe(node.base)}[…]`;
    case 'method':
      return node.name.kind === 'literal'
        ? `${describe(node.base)}.${String(node.name.value)}(…)`
        : describe(node.base);
    case 'function':
      return `${node.name}(…)`;
    default:
      return 'its value';
  }
}
