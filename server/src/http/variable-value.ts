import type { TypedValue, Variables, VariableType } from '@millrace/engine';
import { fromNative, NULL } from '@millrace/engine';
import { type Static, Type } from '@sinclair/typebox';
import { formatDate, parseDate } from './date.js';
import { invalidRequest } from './rest-error.js';
import { Dto, Maybe } from './schema.js';

/** A variable's value as clients write and read it. */
export const VariableValueDto = Dto('VariableValueDto', {
  value: Maybe(
    Type.Any({ description: 'The value; serialized for the types Object, Json and Xml, base64 for Bytes and File' }),
  ),
  type: Maybe(
    Type.String({
      description:
        'Null, Boolean, Short, Integer, Long, Double, String, Date, Bytes, File, Object, Json or Xml; told from the value when it is not given',
    }),
  ),
  valueInfo: Maybe(Type.Record(Type.String(), Type.Any())),
  local: Maybe(Type.Boolean()),
});
export type VariableValueDto = Static<typeof VariableValueDto>;

export const VariablesDto = Type.Record(Type.String(), VariableValueDto);

/** A variable's value in an answer. */
export interface VariableValueAnswer {
  type: string;
  value: unknown;
  valueInfo: Record<string, unknown>;
}

const TYPES: readonly VariableType[] = [
  'Null',
  'Boolean',
  'Short',
  'Integer',
  'Long',
  'Double',
  'String',
  'Date',
  'Bytes',
  'File',
  'Object',
  'Json',
  'Xml',
];
const BY_NAME = new Map(TYPES.map((type) => [type.toLowerCase(), type]));
const LIMITS: Readonly<Partial<Record<VariableType, number>>> = { Short: 2 ** 15, Integer: 2 ** 31, Long: 2 ** 63 };

/** @throws RestError (400) that names the variable */
export function toVariables(
  given: Readonly<Record<string, VariableValueDto | null>> | null | undefined,
): Variables | undefined {
  if (!given) return undefined;
  const entries = Object.entries(given).map(([name, dto]) => [name, toTypedValue(dto ?? {}, name)] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** @throws RestError (400) that names the variable */
export function toTypedValue({ type, value, valueInfo }: VariableValueDto, name: string): TypedValue {
  const transient = valueInfo?.['transient'] === true ? { transient: true } : {};
  if (type === undefined || type === null || type === '') return { ...fromNative(value), ...transient };
  const known = BY_NAME.get(type.toLowerCase());
  if (!known) throw wrong(name, `'${type}' is none of the types ${TYPES.join(', ')}`);
  if (known === 'Null') return { ...NULL, ...transient };
  const info = infoOf(known, valueInfo, name);
  const read = value === null || value === undefined ? null : readValue(known, value, name);
  return { type: known, value: read, ...(info && { valueInfo: info }), ...transient };
}

function readValue(type: VariableType, value: unknown, name: string): string | number | boolean {
  switch (type) {
    case 'Boolean':
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      throw wrong(name, `${show(value)} is not a Boolean`);
    case 'Short':
    case 'Integer':
    case 'Long':
      return wholeNumber(type, value, name);
    case 'Double': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number === 'number' && Number.isFinite(number)) return number;
      throw wrong(name, `${show(value)} is not a Double`);
    }
    case 'Date': {
      const date = typeof value === 'string' ? parseDate(value) : null;
      if (date) return date.toISOString();
      throw wrong(name, `${show(value)} is not a Date like 2026-11-23T03:00:00.000+0000`);
    }
    case 'Bytes':
    case 'File':
      if (typeof value === 'string' && isBase64(value)) return value;
      throw wrong(name, `the value of type ${type} must be base64 text`);
    case 'String':
      if (typeof value === 'string') return value;
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      throw wrong(name, `${show(value)} is not a String`);
    case 'Json':
      return jsonText(value, name);
    default:
      if (typeof value === 'string') return value;
      throw wrong(name, `the value of type ${type} must be its serialized text`);
  }
}

function wholeNumber(type: VariableType, value: unknown, name: string): number | string {
  const limit = LIMITS[type] ?? 0;
  const fits =
    typeof value === 'number' ? Number.isInteger(value) : typeof value === 'string' && /^[+-]?\d+$/.test(value);
  if (!fits) throw wrong(name, `${show(value)} is not of type ${type}`);
  const number = Number(value);
  if (number >= limit || number < -limit) throw wrong(name, `${show(value)} is too large for type ${type}`);
  return Number.isSafeInteger(number) || typeof value === 'number' ? number : BigInt(value as string).toString();
}

function jsonText(value: unknown, name: string): string {
  if (typeof value !== 'string') throw wrong(name, 'the value of type Json must be JSON text');
  try {
    JSON.parse(value);
  } catch {
    throw wrong(name, `${show(value)} is not JSON text`);
  }
  return value;
}

function infoOf(
  type: VariableType,
  given: Readonly<Record<string, unknown>> | null | undefined,
  name: string,
): Record<string, string | boolean> | undefined {
  const info: Record<string, string | boolean> = {};
  for (const [key, value] of Object.entries(given ?? {}))
    if (key !== 'transient' && (typeof value === 'string' || typeof value === 'boolean')) info[key] = value;
  if (type === 'File' && typeof info['filename'] !== 'string') throw wrong(name, "a File needs 'valueInfo.filename'");
  if (type === 'Object') {
    if (typeof info['objectTypeName'] !== 'string') throw wrong(name, "an Object needs 'valueInfo.objectTypeName'");
    info['serializationDataFormat'] ??= 'application/json';
  }
  return Object.keys(info).length === 0 ? undefined : info;
}

/**
 * A variable as clients read it. Objects in JSON are given as their structure when `deserialize` is set,
 * else as text; files are fetched apart, so their value is null here.
 */
export function toVariableValue(typed: TypedValue, options: { deserialize: boolean }): VariableValueAnswer {
  const valueInfo = { ...typed.valueInfo };
  switch (typed.type) {
    case 'Date':
      return {
        type: 'Date',
        value: typed.value === null ? null : formatDate(new Date(String(typed.value))),
        valueInfo,
      };
    case 'File':
      return { type: 'File', value: null, valueInfo };
    case 'Object':
      return { type: 'Object', value: options.deserialize ? structure(typed) : typed.value, valueInfo };
    default:
      return { type: typed.type, value: typed.value, valueInfo };
  }
}

export function toVariableValues(
  variables: Variables,
  options: { deserialize: boolean },
): Record<string, VariableValueAnswer> {
  return Object.fromEntries(Object.entries(variables).map(([name, typed]) => [name, toVariableValue(typed, options)]));
}

function structure({ value, valueInfo }: TypedValue): unknown {
  if (value === null || valueInfo?.['serializationDataFormat'] !== 'application/json') return value;
  try {
    return JSON.parse(String(value));
  } catch {
    return value; // written by a client that didn't keep its word; the text is all there is
  }
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function wrong(name: string, reason: string) {
  return invalidRequest(`Cannot read the value of variable '${name}': ${reason}`);
}
