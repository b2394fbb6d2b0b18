import { Fault } from './fault.js';
import { toText } from './java-text.js';
import { JodaDateTime } from './joda-date-time.js';
import { type Methods, methods } from './method.js';
import { isNumeric, makeDouble, makeLong, toDouble, toIndex, toLong } from './numbers.js';
import { compare, sameValue, toBoolean } from './operators.js';
import type { WholeDouble } from './whole-double.js';

/** The methods of lists, maps, numbers and booleans, as far as they only read: variables change by being set. */
export const listMethods: Methods<readonly unknown[]> = methods<readonly unknown[]>(
  {
    contains: [1, 1, (self, [value]) => self.some((entry) => sameValue(entry, value))],
    containsAll: [
      1,
      1,
      (self, [values]) => list(values).every((value) => self.some((entry) => sameValue(entry, value))),
    ],
    equals: [1, 1, (self, [other]) => sameValue(self, other)],
    get: [1, 1, (self, [at]) => entryAt(self, toIndex(at))],
    getFirst: [0, 0, (self) => entryAt(self, 0)],
    getLast: [0, 0, (self) => entryAt(self, self.length - 1)],
    indexOf: [1, 1, (self, [value]) => self.findIndex((entry) => sameValue(entry, value))],
    isEmpty: [0, 0, (self) => self.length === 0],
    lastIndexOf: [1, 1, (self, [value]) => self.findLastIndex((entry) => sameValue(entry, value))],
    size: [0, 0, (self) => self.length],
    subList: [2, 2, (self, [from, to]) => subList(self, toIndex(from), toIndex(to))],
  },
  { text },
);

export const mapMethods: Methods<Readonly<Record<string, unknown>>> = methods<Readonly<Record<string, unknown>>>(
  {
    containsKey: [1, 1, (self, [key]) => Object.hasOwn(self, toText(key))],
    containsValue: [1, 1, (self, [value]) => Object.values(self).some((entry) => sameValue(entry, value))],
    entrySet: [0, 0, (self) => Object.entries(self).map(([key, value]) => ({ key, value }))],
    equals: [1, 1, (self, [other]) => sameValue(self, other)],
    get: [1, 1, (self, [key]) => ownValue(self, toText(key)) ?? null],
    getOrDefault: [2, 2, (self, [key, other]) => ownValue(self, toText(key)) ?? other],
    isEmpty: [0, 0, (self) => Object.keys(self).length === 0],
    keySet: [0, 0, (self) => Object.keys(self)],
    size: [0, 0, (self) => Object.keys(self).length],
    values: [0, 0, (self) => Object.values(self)],
  },
  { text },
);

export const numberMethods: Methods<number | bigint | WholeDouble> = methods<number | bigint | WholeDouble>(
  {
    compareTo: [1, 1, (self, [other]) => (compare('<', self, other) ? -1 : compare('>', self, other) ? 1 : 0)],
    doubleValue: [0, 0, (self) => makeDouble(toDouble(self))],
    equals: [1, 1, (self, [other]) => isNumeric(other) && sameValue(self, other)],
    floatValue: [0, 0, (self) => makeDouble(Math.fround(toDouble(self)))],
    intValue: [0, 0, (self) => Number(BigInt.asIntN(32, toLong(self)))],
    isInfinite: [0, 0, (self) => Math.abs(toDouble(self)) === Number.POSITIVE_INFINITY],
    isNaN: [0, 0, (self) => Number.isNaN(toDouble(self))],
    longValue: [0, 0, (self) => makeLong(toLong(self))],
    shortValue: [0, 0, (self) => Number(BigInt.asIntN(16, toLong(self)))],
  },
  { long: ['longValue'], text },
);

export const booleanMethods: Methods<boolean> = methods<boolean>(
  {
    booleanValue: [0, 0, (self) => self],
    compareTo: [1, 1, (self, [other]) => Number(self) - Number(toBoolean(other))],
    equals: [1, 1, (self, [other]) => self === other],
  },
  { text },
);

export const dateMethods: Methods<Date> = methods<Date>(
  {
    after: [1, 1, (self, [other]) => self.getTime() > time(other)],
    before: [1, 1, (self, [other]) => self.getTime() < time(other)],
    compareTo: [1, 1, (self, [other]) => Math.sign(self.getTime() - time(other))],
    equals: [1, 1, (self, [other]) => other instanceof Date && other.getTime() === self.getTime()],
    getDate: [0, 0, (self) => self.getUTCDate()],
    getDay: [0, 0, (self) => self.getUTCDay()],
    getHours: [0, 0, (self) => self.getUTCHours()],
    getMinutes: [0, 0, (self) => self.getUTCMinutes()],
    getMonth: [0, 0, (self) => self.getUTCMonth()],
    getSeconds: [0, 0, (self) => self.getUTCSeconds()],
    getTime: [0, 0, (self) => self.getTime()],
    getYear: [0, 0, (self) => self.getUTCFullYear() - 1900],
  },
  { long: ['getTime'], text },
);

function text(self: unknown): string {
  return toText(self);
}

export function ownValue(map: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** The milliseconds of a date of either kind. @throws Fault */
export function time(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (value instanceof JodaDateTime) return value.date.getTime();
  throw new Fault('A date is needed as argument');
}

function entryAt(self: readonly unknown[], at: number): unknown {
  if (at < 0 || at >= self.length)
    throw new Fault(`Index ${at} is outside of the list, which has ${self.length} entries`);
  return self[at];
}

function subList(self: readonly unknown[], from: number, to: number): unknown[] {
  if (from < 0 || to > self.length || from > to) {
    throw new Fault(`From ${from} to ${to} is outside of the list, which has ${self.length} entries`);
  }
  return self.slice(from, to);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Fault('A list is needed as argument');
}
