import { TypedValue, typed, type VariableDto, type VariableDtos } from './typed-value.js';

/** A File variable: what is known about it, and a way to load it. Engines don't send the content with the task. */
export interface FileVariable {
  readonly filename: string | undefined;
  readonly mimeType: string | undefined;
  readonly encoding: string | undefined;
  /** Loads the content from the server. */
  read(): Promise<Uint8Array>;
}

export type FileReader = (variableName: string) => Promise<Uint8Array>;

/**
 * The native values of a task's variables: numbers, booleans, strings, Date, parsed JSON for Json and for Objects stored
 * as JSON, Uint8Array for Bytes, FileVariable for File, bigint for a Long beyond 2^53, null. Type names are read in any
 * case. Other types (Xml, Objects in other formats) stay as the server sent them.
 * @throws TypeError naming the variable whose value isn't of its type
 */
export function decodeVariables(dtos: VariableDtos, readFile: FileReader): Record<string, unknown> {
  return Object.fromEntries(Object.entries(dtos).map(([name, dto]) => [name, decode(name, dto, readFile)]));
}

/**
 * The variables a handler returns, for the server: booleans, strings, Date and null as they are; whole numbers as Integer
 * or Long by size, other numbers as Double; bigint as Long; Uint8Array as Bytes; anything else as Json. `undefined` is
 * left out. @throws TypeError naming the variable that can't be sent
 */
export function encodeVariables(values: object): Record<string, VariableDto> {
  const dtos: Record<string, VariableDto> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    try {
      const { type, value: sent, valueInfo } = toTyped(value);
      dtos[name] = { type, value: sent, ...(valueInfo === undefined ? {} : { valueInfo }) };
    } catch (error) {
      throw new TypeError(`Variable '${name}' can't be sent: ${(error as Error).message}`, { cause: error });
    }
  }
  return dtos;
}

function toTyped(value: unknown): TypedValue {
  if (value instanceof TypedValue) return value;
  if (value === null) return typed.null();
  switch (typeof value) {
    case 'boolean':
      return typed.boolean(value);
    case 'string':
      return typed.string(value);
    case 'bigint':
      return typed.long(value);
    case 'number':
      return numberValue(value);
  }
  if (value instanceof Date) return typed.date(value);
  if (value instanceof Uint8Array) return typed.bytes(value);
  if (value instanceof Map || value instanceof Set) {
    throw new TypeError('Expected a plain object or array, but it is a Map or Set, which JSON would empty');
  }
  return typed.json(value);
}

function numberValue(value: number): TypedValue {
  if (!Number.isSafeInteger(value)) return typed.double(value);
  return value >= -(2 ** 31) && value < 2 ** 31 ? typed.integer(value) : typed.long(value);
}

function decode(name: string, dto: VariableDto, readFile: FileReader): unknown {
  const { value } = dto;
  const type = (dto.type ?? '').toLowerCase();
  if (type === 'file') return fileVariable(name, dto, readFile);
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'date':
      return parseDate(name, String(value));
    case 'bytes':
      return new Uint8Array(Buffer.from(String(value), 'base64'));
    case 'json':
      return typeof value === 'string' ? parseJson(name, value) : value;
    case 'object':
      return dto.valueInfo?.serializationDataFormat === 'application/json' && typeof value === 'string'
        ? parseJson(name, value)
        : value;
    case 'long':
      return typeof value === 'string' ? parseLong(name, value) : value;
    default:
      return value;
  }
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TypeError(`Variable '${name}' is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws TypeError naming the value that is not a date */
export function parseDate(name: string, text: string): Date {
  // Engines write the offset as +0000, which ISO 8601 readers needn't accept.
  const date = new Date(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(date.getTime())) throw new TypeError(`Variable '${name}' is not a date: '${text}'`);
  return date;
}

function parseLong(name: string, text: string): number | bigint {
  if (!/^-?\d+$/.test(text)) throw new TypeError(`Variable '${name}' is not a whole number: '${text}'`);
  const whole = BigInt(text);
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
}

function fileVariable(name: string, { valueInfo = {} }: VariableDto, readFile: FileReader): FileVariable {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    filename: text(valueInfo.filename),
    mimeType: text(valueInfo.mimeType),
    encoding: text(valueInfo.encoding),
    read: () => readFile(name),
  };
}
