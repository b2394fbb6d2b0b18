import { FeelDate, FeelDateTime } from 'feelin';
import { EvaluationError } from '../errors.js';
import { fromFeelValue, toFeelValue, typedFromFeel } from '../expression/feel/feel-values.js';
import type { TypedValue } from '../runtime/typed-value.js';
import { parseDateTime } from '../time/date-time.js';

/** The types of inputs and outputs that values are converted to. Others, `number` for example, leave values alone. */
export type DataType = 'string' | 'boolean' | 'integer' | 'long' | 'double' | 'date';

const DATA_TYPES: ReadonlySet<string> = new Set<DataType>(['string', 'boolean', 'integer', 'long', 'double', 'date']);

/** The data type that a `typeRef` names, with or without prefix (`feel:string`); null when it is none of ours. */
export function dataType(typeRef: string | null | undefined): DataType | null {
  const name =
    typeRef
      ?.slice(typeRef.indexOf(':') + 1)
      .trim()
      .toLowerCase() ?? '';
  return DATA_TYPES.has(name) ? (name as DataType) : null;
}

/** A FEEL value as one of the type, for an input. @throws EvaluationError when it can't be one */
export function convertInput(value: unknown, type: DataType | null): unknown {
  if (type === null || value === null || value === undefined) return value ?? null;
  if (typeof value === 'number' && (type === 'double' || (type === 'integer' && (value | 0) === value))) return value;
  if (typeof value === type) return value;
  // FEEL's own function where a variable of that name (`sum`, `count`) is missing: no value either
  if (fromFeelValue(value) === null) return null;
  return toFeelValue(convertOutput(value, type));
}

/** A FEEL value as a variable of the type, for an output. @throws EvaluationError when it can't be one */
export function convertOutput(value: unknown, type: DataType | null): TypedValue {
  if (type === null || value === null || value === undefined) return typedFromFeel(value);
  const converted = convert(value, type);
  if (converted) return converted;
  throw new EvaluationError(`Expected a value of type '${type}', but it is ${describe(value)}`, {
    fault: 'decision',
  });
}

function convert(value: unknown, type: DataType): TypedValue | null {
  switch (type) {
    case 'string':
      return { type: 'String', value: textOf(value) };
    case 'boolean':
      return booleanOf(value);
    case 'double': {
      const number = numberOf(value, /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/);
      return number === null ? null : { type: 'Double', value: number };
    }
    case 'integer': {
      const number = numberOf(value, /^[+-]?\d+$/);
      return number !== null && (number | 0) === number ? { type: 'Integer', value: number } : null;
    }
    case 'long': {
      const number = numberOf(value, /^[+-]?\d+$/);
      return number !== null && Number.isSafeInteger(number) ? { type: 'Long', value: number } : null;
    }
    case 'date':
      return dateOf(value);
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof FeelDate || value instanceof FeelDateTime) return value.iso;
  const plain = fromFeelValue(value);
  return typeof plain === 'object' ? JSON.stringify(plain) : String(plain);
}

function booleanOf(value: unknown): TypedValue | null {
  const text = typeof value === 'string' ? value.toLowerCase() : value;
  if (text === true || text === 'true') return { type: 'Boolean', value: true };
  return text === false || text === 'false' ? { type: 'Boolean', value: false } : null;
}

function numberOf(value: unknown, pattern: RegExp): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && pattern.test(value) ? Number(value) : null;
}

function dateOf(value: unknown): TypedValue | null {
  if (typeof value === 'string') return { type: 'Date', value: parseDateTime(value).toISOString() };
  const plain = fromFeelValue(value);
  return plain instanceof Date ? { type: 'Date', value: plain.toISOString() } : null;
}

function describe(value: unknown): string {
  const plain = fromFeelValue(value);
  if (typeof plain === 'string') return `'${plain}'`;
  return plain instanceof Date ? plain.toISOString() : (JSON.stringify(plain) ?? 'nothing');
}
