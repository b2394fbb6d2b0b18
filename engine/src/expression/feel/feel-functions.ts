import { evaluate, FeelDate, FeelDateTime, parseDate } from 'feelin';
import { EvaluationError } from '../../errors.js';
import { rangeFunctions } from './range-functions.js';

type Implementation = (...args: readonly unknown[]) => unknown;

/** A function for FEEL, with the names of its parameters. */
function feelFunction(parameters: readonly string[], call: Implementation): Implementation {
  return Object.assign(call, { $args: parameters });
}

/** What Camunda's FEEL knows beside DMN's own functions. All are pure. */
const functions: ReadonlyMap<string, Implementation> = new Map([
  ...rangeFunctions.map(([name, call]) => [name, feelFunction(['range1', 'range2'], call as Implementation)] as const),
  ['assert', feelFunction(['value', 'condition', 'cause'], assertion)],
  ['duplicate values', feelFunction(['list'], (list) => (Array.isArray(list) ? duplicates(list) : null))],
  ['get or else', feelFunction(['value', 'default'], (value, otherwise) => value ?? otherwise ?? null)],
  ['get value', feelFunction(['context', 'key'], valueAt)],
  ['put', feelFunction(['context', 'key', 'value'], put)],
  ['put all', feelFunction(['context1', '...contexts'], putAll)],
  ['string join', feelFunction(['list', 'delimiter', 'prefix', 'suffix'], join)],
  ['extract', feelFunction(['string', 'pattern'], extract)],
  ['is blank', feelFunction(['string'], (text) => (typeof text === 'string' ? text.trim() === '' : null))],
  ['is defined', feelFunction(['value'], (value) => value !== null && value !== undefined)],
  ['is empty', feelFunction(['list'], (list) => (Array.isArray(list) ? list.length === 0 : null))],
  ['last day of month', feelFunction(['date'], lastDayOfMonth)],
  ['partition', feelFunction(['list', 'size'], partition)],
  ['trim', feelFunction(['string'], (text) => (typeof text === 'string' ? text.trim() : null))],
]);

/** A function that feelin lacks. A variable of this name goes first. */
export function additionalFunction(name: string): unknown {
  return functions.get(name);
}

/** Names that can't be told from an operation without knowing them. */
export const keywordNames: Readonly<Record<string, unknown>> = { 'get or else': functions.get('get or else') };

const known = new Map<string, boolean>([...functions.keys(), 'now', 'today'].map((name) => [name, true]));

/** Whether FEEL has a function of this name: ours or one of feelin's. */
export function isKnownFunction(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const isKnown = !evaluate(`${name}()`).warnings.some(({ type }) => type === 'NO_FUNCTION_FOUND');
  // the names come from models: only those that exist are kept
  if (isKnown) known.set(name, true);
  return isKnown;
}

/** @throws EvaluationError where the condition isn't true */
function assertion(value: unknown, condition: unknown, cause: unknown): unknown {
  if (condition === true) return value;
  throw new EvaluationError(typeof cause === 'string' ? cause : 'The condition of assert() is not fulfilled');
}

/** Of a key, or of a list of keys that leads to it. */
function valueAt(context: unknown, key: unknown): unknown {
  const path = Array.isArray(key) ? key : [key];
  return path.reduce<unknown>(
    (found, each) => (isContext(found) && typeof each === 'string' && Object.hasOwn(found, each) ? found[each] : null),
    context,
  );
}

function put(context: unknown, key: unknown, value: unknown): unknown {
  return isContext(context) && typeof key === 'string' ? { ...context, [key]: value } : null;
}

function putAll(...contexts: readonly unknown[]): unknown {
  const list = contexts.flat();
  return list.every(isContext) ? Object.assign({}, ...list) : null;
}

function join(list: unknown, delimiter: unknown, prefix: unknown, suffix: unknown): unknown {
  const texts = [delimiter, prefix, suffix].map((part) => part ?? '');
  if (!Array.isArray(list) || !texts.every((part) => typeof part === 'string')) return null;
  const given = list.filter((entry) => entry !== null);
  return given.every((entry) => typeof entry === 'string') ? `${texts[1]}${given.join(texts[0])}${texts[2]}` : null;
}

function isContext(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function duplicates(list: readonly unknown[]): unknown[] {
  const texts = list.map((entry) => JSON.stringify(entry));
  return list.filter((_, index) => {
    const first = texts.indexOf(texts[index]!);
    return first === index && texts.indexOf(texts[index]!, index + 1) >= 0;
  });
}

function extract(text: unknown, pattern: unknown): unknown {
  if (typeof text !== 'string' || typeof pattern !== 'string') return null;
  try {
    return [...text.matchAll(new RegExp(pattern, 'gu'))].map(([found]) => found);
  } catch {
    return null; // as everything that FEEL can't do
  }
}

function lastDayOfMonth(day: unknown): unknown {
  if (!(day instanceof FeelDate || day instanceof FeelDateTime)) return null;
  const last = new Date(Date.UTC(day.year, day.month, 0)).getUTCDate();
  return parseDate(`${day.iso.slice(0, day.iso.lastIndexOf('-', 10))}-${last}`);
}

function partition(list: unknown, size: unknown): unknown {
  if (!Array.isArray(list) || typeof size !== 'number' || !Number.isInteger(size) || size < 1) return null;
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, index) => list.slice(index * size, (index + 1) * size));
}
