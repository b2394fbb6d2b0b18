import { JsonNode } from '../../runtime/typed-value.js';
import type { ArithmeticOperator, ComparisonOperator } from './ast.js';
import { Fault } from './fault.js';
import { isPlainObject, toText, typeName } from './java-text.js';
import { JodaDateTime } from './joda-date-time.js';
import { isDouble, isNumeric, makeDouble, makeLong, toDouble, toLong, toNumber } from './numbers.js';
import { WholeDouble } from './whole-double.js';

/** Source: EL 2.1 §1.7. `/` is always Double; the others are Long unless a side is a Double, or text that reads as one. */
export function arithmetic(operator: ArithmeticOperator, left: unknown, right: unknown): number | bigint | WholeDouble {
  const a = typeof left === 'number' ? left : toNumber(left);
  const b = typeof right === 'number' ? right : toNumber(right);
  if (operator === '/') {
    if ((left === null || left === undefined) && (right === null || right === undefined)) return 0;
    return makeDouble(toDouble(a) / toDouble(b));
  }
  if (isDouble(a) || isDouble(b)) return makeDouble(calculate(operator, toDouble(a), toDouble(b)));
  if (operator === '%' && Number(b) === 0) throw new Fault('Division by zero');
  if (typeof a === 'number' && typeof b === 'number') {
    const result = calculate(operator, a, b);
    // `+ 0` turns the -0 that JavaScript has into 0.
    if (Number.isSafeInteger(result)) return result + 0;
  }
  return makeLong(calculateLong(operator, toLong(a), toLong(b)));
}

function calculate(operator: ArithmeticOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}

function calculateLong(operator: Exclude<ArithmeticOperator, '/'>, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '%':
      return a % b;
  }
}

export function negate(value: unknown): number | bigint | WholeDouble {
  const number = toNumber(value);
  if (number instanceof WholeDouble) return new WholeDouble(-number.value);
  if (typeof number === 'bigint') return makeLong(-number);
  return Number.isSafeInteger(number) ? 0 - number : -number;
}

/** Source: EL 2.1 §1.8.1. Two nulls are equal in order, and nothing else has an order with null. */
export function compare(operator: ComparisonOperator, left: unknown, right: unknown): boolean {
  if (left === right || (isNil(left) && isNil(right))) return operator === '<=' || operator === '>=';
  if (isNil(left) || isNil(right)) return false;
  const order = orderOf(left, right);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** Negative, zero or positive; NaN when a side is NaN, which then compares as false with everything. */
function orderOf(left: unknown, right: unknown): number {
  if (isNumeric(left) || isNumeric(right)) {
    const a = plain(toNumber(left));
    const b = plain(toNumber(right));
    return a < b ? -1 : a > b ? 1 : a === b || Number(a) === Number(b) ? 0 : Number.NaN;
  }
  if (typeof left === 'string' || typeof right === 'string') {
    const a = toText(left);
    const b = toText(right);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  const a = timeOf(left);
  const b = timeOf(right);
  if (a !== null && b !== null) return a - b;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  throw new Fault(`Cannot compare ${typeName(left)} with ${typeName(right)}`);
}

/** Source: EL 2.1 §1.8.2. Numbers are compared as numbers and booleans as booleans, whatever is on the other side. */
export function equal(left: unknown, right: unknown): boolean {
  if (left === right || (isNil(left) && isNil(right))) return true;
  if (isNil(left) || isNil(right)) return false;
  if (isNumeric(left) || isNumeric(right)) {
    const a = plain(toNumber(left));
    const b = plain(toNumber(right));
    return sameNumber(a, b);
  }
  if (typeof left === 'boolean' || typeof right === 'boolean') return toBoolean(left) === toBoolean(right);
  if (typeof left === 'string' || typeof right === 'string') return toText(left) === toText(right);
  return sameValue(left, right);
}

/** Equality without coercion, as Java's `equals` on values; numbers are equal by value, whatever their type. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right || (isNil(left) && isNil(right))) return true;
  if (isNil(left) || isNil(right)) return false;
  if (isNumeric(left) && isNumeric(right)) return sameNumber(plain(left), plain(right));
  if (left instanceof JsonNode && right instanceof JsonNode) return sameValue(left.value, right.value);
  const time = timeOf(left);
  if (time !== null) return time === timeOf(right);
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((entry, i) => sameValue(entry, right[i]));
  }
  if (!isPlainObject(left) || !isPlainObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]))
  );
}

/** Source: EL 2.1 §1.18.5. Null and empty text are false; text is true when it reads `true`. */
export function toBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null || value === undefined) return false;
  if (typeof value === 'string') return value.toLowerCase() === 'true';
  throw new Fault(`Cannot coerce ${typeName(value)} to a boolean`);
}

export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isPlainObject(value) && Object.keys(value).length === 0;
}

/** Numbers and bigints are compared exactly by order, where `===` tells their types apart. */
function sameNumber(a: number | bigint, b: number | bigint): boolean {
  return a === b || (a <= b && a >= b);
}

function plain(value: number | bigint | WholeDouble): number | bigint {
  return value instanceof WholeDouble ? value.value : value;
}

function timeOf(value: unknown): number | null {
  if (value instanceof Date) return value.getTime();
  return value instanceof JodaDateTime ? value.date.getTime() : null;
}

function isNil(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
