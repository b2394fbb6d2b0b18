import { JsonNode } from '../../runtime/typed-value.js';
import { JodaDateTime } from './joda-date-time.js';
import { WholeDouble } from './whole-double.js';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * A value as text, written as a Java engine writes it, since models compare and show such texts: null is empty, a
 * Double always has a fraction (`1000.0`), lists are `[a, b]`, maps `{a=1}`.
 */
export function toText(value: unknown): string {
  return value === null || value === undefined ? '' : write(value);
}

/** Like `toText`, for values inside of others: there null is `null`. */
function write(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isSafeInteger(value) ? String(value) : doubleText(value);
    case 'object':
      return value === null ? 'null' : objectText(value);
    default:
      return String(value);
  }
}

function objectText(value: object): string {
  if (value instanceof WholeDouble) return doubleText(value.value);
  if (value instanceof Date) return dateText(value);
  if (value instanceof JsonNode) return JSON.stringify(value.value);
  if (value instanceof JodaDateTime) return value.toString();
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  if (isPlainObject(value)) {
    return `{${Object.entries(value)
      .map(([key, entry]) => `${key}=${write(entry)}`)
      .join(', ')}}`;
  }
  return typeName(value);
}

/** Source: Java's `Double.toString`: scientific notation below 10^-3 and from 10^7 on. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

function dateText(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${WEEKDAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${time} UTC ${date.getUTCFullYear()}`;
}

/** What a value is, for error messages. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return 'a string';
  if (typeof value === 'boolean') return 'a boolean';
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof WholeDouble) return 'a number';
  if (value instanceof Date || value instanceof JodaDateTime) return 'a date';
  if (value instanceof JsonNode) return 'a JSON value';
  if (Array.isArray(value)) return 'a list';
  if (isPlainObject(value)) return 'a map';
  return `the ${'description' in (value as object) ? String((value as { description: unknown }).description) : 'object'}`;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
