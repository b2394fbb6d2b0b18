import { evaluate, FeelDate, FeelDateTime, parseDate } from 'feelin';

type Implementation = (...args: readonly unknown[]) => unknown;

/** A function for FEEL, with the names of its parameters. */
function feelFunction(parameters: readonly string[], call: Implementation): Implementation {
  return Object.assign(call, { $args: parameters });
}

/** What Camunda's FEEL knows beside DMN's own functions. All are pure. */
const functions: ReadonlyMap<string, Implementation> = new Map([
  ['duplicate values', feelFunction(['list'], (list) => (Array.isArray(list) ? duplicates(list) : null))],
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
