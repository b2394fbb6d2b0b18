import { sharedNative } from '../../runtime/shared-native.js';
import { fromNative, JsonNode, NULL, type TypedValue } from '../../runtime/typed-value.js';
import { Fault } from './fault.js';
import { isPlainObject, typeName } from './java-text.js';
import { JodaDateTime } from './joda-date-time.js';
import { makeDouble } from './numbers.js';
import { WholeDouble } from './whole-double.js';

/** A variable's value as expressions calculate with it: whole Doubles are marked, Json is a JsonNode. @throws Fault */
export function exactValue(typed: TypedValue): unknown {
  if (typed.type === 'Double') return typeof typed.value === 'number' ? makeDouble(typed.value) : typed.value;
  return looseValue(typed);
}

/** Like `exactValue`, without marking whole Doubles: enough for comparing and for results. @throws Fault */
export function looseValue(typed: TypedValue): unknown {
  switch (typed.type) {
    case 'Boolean':
    case 'Integer':
    case 'String':
    case 'Double':
    case 'Short':
    case 'Null':
      return typed.value;
    case 'Json':
      return typed.value === null ? null : new JsonNode(parsed(typed));
    default:
      return parsed(typed);
  }
}

/** What leaves an expression: plain JavaScript values. @throws Fault when the value can't leave */
export function toPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value === undefined ? null : value;
  if (value instanceof WholeDouble) return value.value;
  if (value instanceof JsonNode) return value.value;
  if (value instanceof JodaDateTime) return value.date;
  if (hasPlainForm(value)) return value.toPlain();
  if (value instanceof Date) return value;
  // A list of JSON nodes keeps them: what loops over it gets each one as a Json variable, as in Camunda.
  if (Array.isArray(value)) return value.some(isWrapped) ? value.map(toItem) : value;
  if (!isPlainObject(value)) throw new Fault(`${typeName(value)} can't be the value of an expression`);
  if (!Object.values(value).some(isWrapped)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toPlain(entry)]));
}

function hasPlainForm(value: object): value is { toPlain(): unknown } {
  return 'toPlain' in value && typeof value.toPlain === 'function';
}

function toItem(value: unknown): unknown {
  return value instanceof JsonNode ? value : toPlain(value);
}

/** The variable that a value becomes. @throws Fault when it can't be one */
export function toTyped(value: unknown): TypedValue {
  if (value === null || value === undefined) return NULL;
  if (value instanceof WholeDouble) return { type: 'Double', value: value.value };
  if (value instanceof JsonNode) return fromNative(value);
  return fromNative(toPlain(value));
}

/** The variable that a result of arithmetic or a number literal becomes: whole numbers are Long. */
export function toTypedLong(value: unknown): TypedValue {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { type: 'Long', value };
  return toTyped(value);
}

function parsed(typed: TypedValue): unknown {
  try {
    return sharedNative(typed);
  } catch {
    throw new Fault(`A variable of type ${typed.type} doesn't hold JSON`);
  }
}

function isWrapped(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
