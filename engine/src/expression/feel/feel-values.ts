import { dateAndTime, FeelDate, FeelDateTime, FeelDuration, FeelRange, FeelTime, isFunction } from 'feelin';
import { EvaluationError } from '../../errors.js';
import { fromNative, NULL, type TypedValue, toNative } from '../../runtime/typed-value.js';

/** A variable as FEEL calculates with it: dates are local date and time in UTC, as in Camunda, JSON and objects contexts and lists. */
export function toFeelValue(typed: TypedValue): unknown {
  switch (typed.type) {
    case 'Boolean':
    case 'Integer':
    case 'String':
    case 'Double':
    case 'Short':
    case 'Null':
      return typed.value;
    case 'Date':
      return typed.value === null
        ? null
        : dateAndTime(new Date(String(typed.value)).toISOString().replace(/(\.000)?Z$/, ''));
    case 'Long':
      return typed.value === null ? null : Number(typed.value);
    default:
      return parsed(typed);
  }
}

/** A FEEL value as plain JavaScript: dates are Date (without an offset in UTC), times and durations ISO 8601 text. */
export function fromFeelValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return plainOrRefuse(value);
  if (value instanceof FeelDate) return new Date(`${value.iso}T00:00:00Z`);
  if (value instanceof FeelDateTime) return new Date(epochMilliseconds(value));
  if (value instanceof FeelTime || value instanceof FeelDuration) return value.iso;
  if (value instanceof FeelRange) return rangeAsContext(value);
  if (Array.isArray(value)) return value.map(fromFeelValue);
  if (isFunction(value)) return null;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromFeelValue(entry)]));
}

/** The variable that a FEEL value becomes; whole numbers are Long, as Camunda has them. */
export function typedFromFeel(value: unknown): TypedValue {
  if (value === null || value === undefined) return NULL;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { type: 'Long', value };
  return fromNative(fromFeelValue(value));
}

function plainOrRefuse(value: unknown): unknown {
  // the name of a built-in function, such as `sum`, is also that of a variable that nobody has set
  return typeof value === 'function' ? null : (value ?? null);
}

function epochMilliseconds({ value, zone, iso }: FeelDateTime): number {
  // Offsets with seconds are none that Temporal knows as a zone.
  if (zone !== null && /^[+-]\d{2}:\d{2}:\d{2}$/.test(zone)) throw new EvaluationError(`'${iso}' has no known offset`);
  return value.toZonedDateTime(zone ?? 'UTC').epochMilliseconds;
}

function rangeAsContext(range: FeelRange): Record<string, unknown> {
  return Object.fromEntries(Object.entries(range).map(([key, entry]) => [key, fromFeelValue(entry)]));
}

function parsed(typed: TypedValue): unknown {
  try {
    return toNative(typed);
  } catch (cause) {
    throw new EvaluationError(`A variable of type ${typed.type} doesn't hold JSON`, {}, { cause });
  }
}
