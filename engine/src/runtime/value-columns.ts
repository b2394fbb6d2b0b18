import type { ValueColumns } from './records.js';
import type { TypedValue } from './typed-value.js';

/** A value as the columns that store it and that queries compare. */
export function toColumns({ type, value, valueInfo }: TypedValue): ValueColumns {
  const info = valueInfo ?? null;
  if (value === null) return { type, textValue: null, numberValue: null, valueInfo: info };
  switch (type) {
    case 'Boolean':
      return { type, textValue: null, numberValue: value ? 1 : 0, valueInfo: info };
    case 'Short':
    case 'Integer':
    case 'Double':
      return { type, textValue: null, numberValue: Number(value), valueInfo: info };
    case 'Long': // beyond 2^53 the text is the value, the number only an approximation to compare with
      return { type, textValue: typeof value === 'string' ? value : null, numberValue: Number(value), valueInfo: info };
    case 'Date':
      return { type, textValue: String(value), numberValue: Date.parse(String(value)), valueInfo: info };
    default:
      return { type, textValue: String(value), numberValue: null, valueInfo: info };
  }
}

/** The value that the columns hold. */
export function fromColumns({ type, textValue, numberValue, valueInfo }: ValueColumns): TypedValue {
  const info = valueInfo ? { valueInfo } : {};
  if (textValue !== null) return { type, value: textValue, ...info };
  if (numberValue === null) return { type, value: null, ...info };
  return { type, value: type === 'Boolean' ? numberValue === 1 : numberValue, ...info };
}
