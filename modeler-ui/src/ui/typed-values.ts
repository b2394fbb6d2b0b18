import type { VariableValue } from '../api/types.js';

/**
 * Variables as a person types and reads them. The API's side is Camunda's typed value: `Json` and `Object` carry text,
 * `Date` is ISO 8601 with milliseconds and a numeric offset.
 */

/** The types that can be typed into a field, in the order in which they are offered. */
export const EDITABLE_TYPES = [
  'String',
  'Boolean',
  'Integer',
  'Long',
  'Double',
  'Date',
  'Json',
  'Short',
  'Xml',
  'Null',
] as const;

export type EditableType = (typeof EDITABLE_TYPES)[number];

export type Parsed = { ok: true; value: VariableValue } | { ok: false; message: string };

const INTEGER_RANGES: Record<string, [bigint, bigint]> = {
  Short: [-32768n, 32767n],
  Integer: [-2147483648n, 2147483647n],
  Long: [-9223372036854775808n, 9223372036854775807n],
};

export function isEditableType(type: string | null | undefined): type is EditableType {
  return EDITABLE_TYPES.some((editable) => editable === type);
}

/** What was typed for a type → the value to send, or a sentence about what is wrong with it. */
export function parseTyped(type: EditableType, text: string): Parsed {
  const trimmed = text.trim();
  switch (type) {
    case 'Null':
      return ok('Null', null);
    case 'String':
    case 'Xml':
      return ok(type, text);
    case 'Boolean':
      if (trimmed === 'true' || trimmed === 'false') return ok(type, trimmed === 'true');
      return bad(`Expected true or false, but got “${trimmed}”`);
    case 'Short':
    case 'Integer':
    case 'Long':
      return parseInteger(type, trimmed);
    case 'Double': {
      if (trimmed === '' || !Number.isFinite(Number(trimmed))) return bad(`Expected a number, but got “${trimmed}”`);
      return ok(type, Number(trimmed));
    }
    case 'Date': {
      const date = new Date(trimmed);
      if (trimmed === '' || Number.isNaN(date.getTime())) return bad('Expected a date with time');
      return ok(type, toApiDate(date));
    }
    case 'Json':
      try {
        JSON.parse(trimmed);
        return ok(type, trimmed);
      } catch (error) {
        return bad(`Expected JSON, but: ${(error as Error).message}`);
      }
  }
}

/** The text to put into the input of `parseTyped`; dates as `<input type="datetime-local">` wants them, in local time. */
export function editText(variable: VariableValue): string {
  const { type, value } = variable;
  if (value === null || value === undefined) return '';
  if (type === 'Date') return toLocalInput(new Date(String(value)));
  if (typeof value === 'string') return type === 'Json' ? prettyJson(value) : value;
  if (typeof value === 'object') return JSON.stringify(value, null, 2);
  return String(value);
}

/** One line for tables. */
export function displayText(variable: VariableValue): string {
  const { type, value, valueInfo } = variable;
  if (type === 'File') return String(valueInfo?.['filename'] ?? 'file');
  if (type === 'Bytes') return 'binary data';
  if (value === null || value === undefined) return 'null';
  if (type === 'Date') return new Date(String(value)).toLocaleString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `2026-11-23T10:00:00.000+0000`, the one form of a date that every Camunda 7 server reads. */
export function toApiDate(date: Date): string {
  return date.toISOString().replace('Z', '+0000');
}

/** `2026-11-23T11:00`, local time, as a datetime-local input holds it; with seconds only when there are some. */
export function toLocalInput(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return date.getSeconds() === 0 && date.getMilliseconds() === 0 ? local.slice(0, 16) : local.slice(0, 19);
}

function parseInteger(type: 'Short' | 'Integer' | 'Long', text: string): Parsed {
  if (!/^[+-]?\d+$/.test(text)) return bad(`Expected a whole number, but got “${text}”`);
  const value = BigInt(text.replace('+', ''));
  const [min, max] = INTEGER_RANGES[type] as [bigint, bigint];
  if (value < min || value > max) return bad(`Expected ${type} between ${min} and ${max}`);
  const isSafe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return ok(type, isSafe ? Number(value) : value.toString()); // a number would lose its last digits on the way
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const ok = (type: EditableType, value: unknown): Parsed => ({ ok: true, value: { type, value } });
const bad = (message: string): Parsed => ({ ok: false, message });
