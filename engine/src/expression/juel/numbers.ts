import { Fault } from './fault.js';
import { typeName } from './java-text.js';
import { WholeDouble } from './whole-double.js';

export function makeDouble(value: number): number | WholeDouble {
  return Number.isSafeInteger(value) ? new WholeDouble(value) : value;
}

/** A Long: it wraps around at 64 bits. */
export function makeLong(value: bigint): number | bigint {
  const wrapped = BigInt.asIntN(64, value);
  const small = Number(wrapped);
  return Number.isSafeInteger(small) ? small : wrapped;
}

export function isDouble(value: unknown): boolean {
  return value instanceof WholeDouble || (typeof value === 'number' && !Number.isSafeInteger(value));
}

export function isNumeric(value: unknown): value is number | bigint | WholeDouble {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof WholeDouble;
}

/** The number that an operand stands for: null and empty text are 0, text is read. Source: EL 2.1 §1.18.3. */
export function toNumber(value: unknown): number | bigint | WholeDouble {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof WholeDouble) return value;
  if (value === null || value === undefined || value === '') return 0;
  if (typeof value === 'string') return readNumber(value);
  throw new Fault(`Cannot coerce ${typeName(value)} to a number`);
}

export function toDouble(value: unknown): number {
  const number = toNumber(value);
  return number instanceof WholeDouble ? number.value : Number(number);
}

export function toLong(value: unknown): bigint {
  const number = toNumber(value);
  if (typeof number === 'bigint') return number;
  const plain = number instanceof WholeDouble ? number.value : number;
  if (Number.isNaN(plain)) return 0n;
  if (plain >= 2 ** 63) return 2n ** 63n - 1n;
  return plain <= -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(plain));
}

/** A whole number small enough to count or to index with. */
export function toIndex(value: unknown): number {
  return Number(BigInt.asIntN(32, toLong(value)));
}

function readNumber(text: string): number | bigint | WholeDouble {
  if (/^[+-]?\d+$/.test(text)) {
    const value = BigInt(text.replace(/^\+/, ''));
    if (BigInt.asIntN(64, value) === value) return makeLong(value);
  } else if (/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) && /[.eE]/.test(text)) {
    return makeDouble(Number(text));
  }
  throw new Fault(`Cannot coerce '${text}' to a number`);
}
