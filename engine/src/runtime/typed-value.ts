/**
 * A variable's value with its type, in the form in which it is stored and sent: everything is plain JSON.
 *
 * | type | value |
 * | --- | --- |
 * | Null | null |
 * | Boolean | boolean |
 * | Short, Integer, Long, Double | number (Long: a string when beyond 2^53) |
 * | String, Xml | string |
 * | Date | ISO 8601 with milliseconds and Z |
 * | Bytes, File | base64 string; a file's name, MIME type and encoding are in `valueInfo` |
 * | Json | the JSON text |
 * | Object | the serialized text; `valueInfo.serializationDataFormat` says how (`application/json`) |
 */
export interface TypedValue {
  readonly type: VariableType;
  readonly value: string | number | boolean | null;
  readonly valueInfo?: Readonly<Record<string, string | boolean>>;
  /** Lives only until the command's transaction ends. */
  readonly transient?: boolean;
}

export type VariableType =
  | 'Null'
  | 'Boolean'
  | 'Short'
  | 'Integer'
  | 'Long'
  | 'Double'
  | 'String'
  | 'Date'
  | 'Bytes'
  | 'File'
  | 'Object'
  | 'Json'
  | 'Xml';

export type Variables = Readonly<Record<string, TypedValue>>;

/** Marks a native value that must become a `Json` variable (Spin's `S()` and `JSON()` make such values). */
export class JsonNode {
  constructor(readonly value: unknown) {}

  toJSON(): unknown {
    return this.value;
  }

  toString(): string {
    return typeof this.value === 'string' ? this.value : JSON.stringify(this.value);
  }
}

export const NULL: TypedValue = { type: 'Null', value: null };

const MAX_INTEGER = 2 ** 31 - 1;
const MIN_INTEGER = -(2 ** 31);

/**
 * The native JavaScript value of a variable: numbers, strings, booleans, Date, plain objects and arrays.
 * @throws SyntaxError when the text of a Json or Object value isn't JSON
 */
export function toNative(typed: TypedValue): unknown {
  switch (typed.type) {
    case 'Date':
      return typed.value === null ? null : new Date(String(typed.value));
    case 'Json':
      return typed.value === null ? null : JSON.parse(String(typed.value));
    case 'Object':
      if (typed.value === null) return null;
      return typed.valueInfo?.serializationDataFormat === 'application/json'
        ? JSON.parse(String(typed.value))
        : typed.value;
    case 'Long':
      return typeof typed.value === 'string' ? BigInt(typed.value) : typed.value;
    default:
      return typed.value;
  }
}

/** The variable that a native value becomes: whole numbers are Integer or Long by size, lists and maps JSON objects. */
export function fromNative(value: unknown): TypedValue {
  if (value === null || value === undefined) return NULL;
  switch (typeof value) {
    case 'boolean':
      return { type: 'Boolean', value };
    case 'string':
      return { type: 'String', value };
    case 'bigint':
      return { type: 'Long', value: Number.isSafeInteger(Number(value)) ? Number(value) : String(value) };
    case 'number':
      if (!Number.isInteger(value)) return { type: 'Double', value };
      if (value <= MAX_INTEGER && value >= MIN_INTEGER) return { type: 'Integer', value };
      return Number.isSafeInteger(value) ? { type: 'Long', value } : { type: 'Double', value };
    default:
      return fromObject(value as object);
  }
}

function fromObject(value: object): TypedValue {
  if (value instanceof Date) return { type: 'Date', value: value.toISOString() };
  if (value instanceof JsonNode) return { type: 'Json', value: JSON.stringify(value.value) };
  const list = Array.isArray(value) || value instanceof Set;
  return {
    type: 'Object',
    value: JSON.stringify(value instanceof Map ? Object.fromEntries(value) : value instanceof Set ? [...value] : value),
    valueInfo: {
      objectTypeName: list ? 'java.util.ArrayList' : 'java.util.LinkedHashMap',
      serializationDataFormat: 'application/json',
    },
  };
}
