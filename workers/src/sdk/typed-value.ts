/** A variable as engine-rest sends and takes it. `type` is one of Camunda 7's names, e.g. `Integer`, `Json`, `Date`. */
export interface VariableDto {
  readonly value?: unknown;
  readonly type?: string;
  readonly valueInfo?: Readonly<Record<string, unknown>>;
}

export type VariableDtos = Readonly<Record<string, VariableDto>>;

/** A value with an explicit type, made by the functions of `typed`; passed through as it is. */
export class TypedValue {
  constructor(
    readonly type: string,
    readonly value: unknown,
    readonly valueInfo?: Readonly<Record<string, unknown>>,
  ) {}
}

export interface FileOptions {
  readonly mimeType?: string;
  /** The text encoding, e.g. `utf-8`. */
  readonly encoding?: string;
}

export interface ObjectOptions {
  /** The Java class that a Java engine reads the JSON text into. Default: a map or a list. */
  readonly objectTypeName?: string;
}

const INTEGER_RANGE = 2n ** 31n;
const SHORT_RANGE = 2n ** 15n;
const LONG_RANGE = 2n ** 63n;

/** Explicit types, for when the type that a plain value gets isn't the wanted one. @throws TypeError, RangeError */
export const typed = {
  boolean: (value: boolean) => new TypedValue('Boolean', value),
  string: (value: string) => new TypedValue('String', value),
  short: (value: number) => new TypedValue('Short', Number(wholeNumber('Short', value, SHORT_RANGE))),
  integer: (value: number) => new TypedValue('Integer', Number(wholeNumber('Integer', value, INTEGER_RANGE))),
  /** Beyond 2^53 a bigint is needed; it travels as text, which engines accept, because JSON readers round numbers. */
  long: (value: number | bigint) => new TypedValue('Long', longValue(value)),
  double: (value: number) => new TypedValue('Double', finite(value)),
  date: (value: Date) => new TypedValue('Date', formatDate(value)),
  bytes: (value: Uint8Array) => new TypedValue('Bytes', Buffer.from(value).toString('base64')),
  file: (filename: string, content: Uint8Array, { mimeType, encoding }: FileOptions = {}) =>
    new TypedValue('File', Buffer.from(content).toString('base64'), {
      filename,
      ...(mimeType === undefined ? {} : { mimeType }),
      ...(encoding === undefined ? {} : { encoding }),
    }),
  json: (value: unknown) => new TypedValue('Json', jsonText(value)),
  /** A Java object stored as JSON text. */
  object: (value: object, { objectTypeName }: ObjectOptions = {}) =>
    new TypedValue('Object', jsonText(value), {
      objectTypeName: objectTypeName ?? (Array.isArray(value) ? 'java.util.ArrayList' : 'java.util.LinkedHashMap'),
      serializationDataFormat: 'application/json',
    }),
  xml: (value: string) => new TypedValue('Xml', value),
  null: () => new TypedValue('Null', null),
  /** Visible until the command's transaction ends and never stored. */
  transient: (value: TypedValue) => new TypedValue(value.type, value.value, { ...value.valueInfo, transient: true }),
} as const;

/** `yyyy-MM-dd'T'HH:mm:ss.SSSZ`: the one form that every Camunda 7 engine reads, always in UTC. */
function formatDate(value: Date): string {
  if (Number.isNaN(value.getTime())) throw new RangeError('Expected a valid date, but the Date is invalid');
  return value.toISOString().replace('Z', '+0000');
}

function wholeNumber(type: string, value: number | bigint, range: bigint): bigint {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    throw new RangeError(`Expected a whole number for type ${type}, but it is ${value}`);
  }
  const whole = BigInt(value);
  if (whole >= range || whole < -range)
    throw new RangeError(`Expected a value of type ${type}, but ${value} is too big`);
  return whole;
}

function longValue(value: number | bigint): number | string {
  const whole = wholeNumber('Long', value, LONG_RANGE);
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : String(whole);
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`Expected a finite number, but it is ${value}`);
  return value;
}

function jsonText(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`Expected a value that JSON can hold, but it is a ${typeof value}`);
  return text;
}
