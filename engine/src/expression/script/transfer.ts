import { fromNative, JsonNode, NULL, type TypedValue } from '../../runtime/typed-value.js';
import { exactValue } from '../juel/convert.js';
import { DecisionRule } from '../juel/decision-methods.js';
import { Fault } from '../juel/fault.js';
import { JodaDateTime } from '../juel/joda-date-time.js';
import { TypedBox } from '../juel/scope-facade.js';
import { WholeDouble } from '../juel/whole-double.js';

/** A value as text for the sandbox; `prelude.ts` says how it is written. */
export function toSandbox(value: unknown): string {
  if (value === null || value === undefined) return '{"t":"null","v":null}';
  if (value instanceof WholeDouble) return JSON.stringify({ t: 'value', v: value.value });
  if (value instanceof Date) return JSON.stringify({ t: 'date', v: value.getTime() });
  if (value instanceof JodaDateTime) return JSON.stringify({ t: 'date', v: value.date.getTime() });
  if (value instanceof JsonNode) return JSON.stringify({ t: 'json', v: value.value });
  if (value instanceof DecisionRule) return toSandbox(value.toPlain());
  if (value instanceof TypedBox) {
    return JSON.stringify({ t: 'typed', v: toSandbox(exactValue(value.typed)), type: value.typed.type.toLowerCase() });
  }
  switch (typeof value) {
    case 'bigint':
      return JSON.stringify({ t: 'big', v: String(value) });
    case 'number':
      return JSON.stringify(Number.isFinite(value) ? { t: 'value', v: value } : { t: 'number', v: String(value) });
    case 'object':
      return JSON.stringify({ t: 'object', v: plainTree(value) });
    default:
      return JSON.stringify({ t: 'value', v: value });
  }
}

/** A value from the sandbox. The text was written in there, so it's not trusted to have any shape. @throws Fault */
export function fromSandbox(text: string): unknown {
  const parsed = JSON.parse(text) as { t?: unknown; v?: unknown } | null;
  const value = parsed?.v ?? null;
  switch (parsed?.t) {
    case 'number':
      return Number(value);
    case 'big':
      return longFrom(String(value));
    case 'date': {
      const date = new Date(Number(value ?? Number.NaN));
      if (Number.isNaN(date.getTime())) throw new Fault('An invalid date is no value');
      return date;
    }
    case 'json':
      return new JsonNode(value);
    case 'object':
      return value;
    default:
      return typeof value === 'object' ? null : value;
  }
}

/** The variable that a value from the sandbox becomes. @throws Fault */
export function typedFromSandbox(text: string): TypedValue {
  const value = fromSandbox(text);
  return value === null ? NULL : fromNative(value);
}

function longFrom(text: string): bigint {
  const value = /^-?\d{1,19}$/.test(text) ? BigInt(text) : null;
  if (value === null || BigInt.asIntN(64, value) !== value) throw new Fault('A number beyond 64 bits is no value');
  return value;
}

/** Values inside of lists and maps, without the marks that only matter outside of them. */
function plainTree(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof WholeDouble || value instanceof JsonNode) return value.value;
  if (Array.isArray(value)) return value.map(plainTree);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plainTree(entry)]));
}
