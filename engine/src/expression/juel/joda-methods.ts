import { toText } from './java-text.js';
import { JodaDateTime } from './joda-date-time.js';
import { type Methods, methods } from './method.js';
import { isNumeric, toIndex, toLong } from './numbers.js';
import { time } from './value-methods.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

type Call = (self: JodaDateTime, args: readonly unknown[]) => unknown;

const plus =
  (unit: 'months' | 'days' | 'milliseconds', size: number): Call =>
  (self, [amount]) =>
    self.plus(Number(toLong(amount)) * size, unit);
const set =
  (apply: (date: Date, value: number) => void): Call =>
  (self, [value]) =>
    self.with((date) => apply(date, toIndex(value)));

/** The methods of what `dateTime()` gives, as Joda-Time's `DateTime` has them, in UTC. */
export const jodaMethods: Methods<JodaDateTime> = methods<JodaDateTime>(
  {
    equals: [1, 1, (self, [other]) => other instanceof JodaDateTime && time(other) === time(self)],
    getDayOfMonth: [0, 0, ({ date }) => date.getUTCDate()],
    getDayOfWeek: [0, 0, ({ date }) => date.getUTCDay() || 7],
    getDayOfYear: [0, 0, ({ date }) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY) + 1],
    getHourOfDay: [0, 0, ({ date }) => date.getUTCHours()],
    getMillis: [0, 0, ({ date }) => date.getTime()],
    getMillisOfSecond: [0, 0, ({ date }) => date.getUTCMilliseconds()],
    getMinuteOfHour: [0, 0, ({ date }) => date.getUTCMinutes()],
    getMonthOfYear: [0, 0, ({ date }) => date.getUTCMonth() + 1],
    getSecondOfMinute: [0, 0, ({ date }) => date.getUTCSeconds()],
    getYear: [0, 0, ({ date }) => date.getUTCFullYear()],
    getMillisOfDay: [0, 0, ({ date }) => millisOfDay(date)],
    getMinuteOfDay: [0, 0, ({ date }) => Math.floor(millisOfDay(date) / MINUTE)],
    getSecondOfDay: [0, 0, ({ date }) => Math.floor(millisOfDay(date) / 1_000)],
    getWeekOfWeekyear: [0, 0, ({ date }) => weekOf(date).week],
    getWeekyear: [0, 0, ({ date }) => weekOf(date).year],
    getYearOfCentury: [0, 0, ({ date }) => date.getUTCFullYear() % 100],
    isAfter: [1, 1, (self, [other]) => time(self) > instant(other)],
    isAfterNow: [0, 0, (self) => time(self) > self.now.getTime()],
    isBefore: [1, 1, (self, [other]) => time(self) < instant(other)],
    isBeforeNow: [0, 0, (self) => time(self) < self.now.getTime()],
    isEqual: [1, 1, (self, [other]) => time(self) === instant(other)],
    isEqualNow: [0, 0, (self) => time(self) === self.now.getTime()],
    minus: [1, 1, plus('milliseconds', -1)],
    minusDays: [1, 1, plus('days', -1)],
    minusHours: [1, 1, plus('milliseconds', -HOUR)],
    minusMillis: [1, 1, plus('milliseconds', -1)],
    minusMinutes: [1, 1, plus('milliseconds', -MINUTE)],
    minusMonths: [1, 1, plus('months', -1)],
    minusSeconds: [1, 1, plus('milliseconds', -1_000)],
    minusWeeks: [1, 1, plus('days', -7)],
    minusYears: [1, 1, plus('months', -12)],
    plus: [1, 1, plus('milliseconds', 1)],
    plusDays: [1, 1, plus('days', 1)],
    plusHours: [1, 1, plus('milliseconds', HOUR)],
    plusMillis: [1, 1, plus('milliseconds', 1)],
    plusMinutes: [1, 1, plus('milliseconds', MINUTE)],
    plusMonths: [1, 1, plus('months', 1)],
    plusSeconds: [1, 1, plus('milliseconds', 1_000)],
    plusWeeks: [1, 1, plus('days', 7)],
    plusYears: [1, 1, plus('months', 12)],
    toDate: [0, 0, ({ date }) => new Date(date)],
    toDateTime: [0, 0, (self) => self],
    toDateTimeISO: [0, 0, (self) => self],
    toInstant: [0, 0, (self) => self],
    toLocalDate: [0, 0, ({ date }) => date.toISOString().slice(0, 10)],
    toLocalTime: [0, 0, ({ date }) => date.toISOString().slice(11, -1)],
    withDate: [3, 3, (self, args) => self.with((date) => setDate(date, args.map(toIndex)))],
    withDayOfMonth: [1, 1, set((date, value) => date.setUTCDate(value))],
    withDayOfWeek: [1, 1, set((date, value) => date.setUTCDate(date.getUTCDate() + value - (date.getUTCDay() || 7)))],
    withDayOfYear: [1, 1, set((date, value) => date.setUTCMonth(0, value))],
    withHourOfDay: [1, 1, set((date, value) => date.setUTCHours(value))],
    withMillis: [1, 1, (self, [at]) => self.with((date) => date.setTime(Number(toLong(at))))],
    withMillisOfSecond: [1, 1, set((date, value) => date.setUTCMilliseconds(value))],
    withMinuteOfHour: [1, 1, set((date, value) => date.setUTCMinutes(value))],
    withMonthOfYear: [1, 1, set((date, value) => date.setUTCMonth(value - 1))],
    withSecondOfMinute: [1, 1, set((date, value) => date.setUTCSeconds(value))],
    withTime: [4, 4, (self, args) => self.with((date) => setTime(date, args.map(toIndex)))],
    withTimeAtStartOfDay: [0, 0, (self) => self.with((date) => date.setUTCHours(0, 0, 0, 0))],
    withYear: [1, 1, set((date, value) => date.setUTCFullYear(value))],
  },
  { long: ['getMillis'], text: (self, pattern) => self.toString(pattern === undefined ? undefined : toText(pattern)) },
);

/** A date of either kind, or milliseconds. */
function instant(value: unknown): number {
  return isNumeric(value) ? Number(toLong(value)) : time(value);
}

function millisOfDay(date: Date): number {
  return date.getTime() - new Date(date).setUTCHours(0, 0, 0, 0);
}

/** Source: ISO 8601: a week belongs to the year that its Thursday is in. */
function weekOf(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY)) + 1 };
}

function setDate(date: Date, [year, month, day]: number[]): void {
  date.setUTCFullYear(year!, month! - 1, day);
}

function setTime(date: Date, [hour, minute, second, millisecond]: number[]): void {
  date.setUTCHours(hour!, minute, second, millisecond);
}
