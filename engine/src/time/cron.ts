import { EvaluationError } from '../errors.js';
import { daysInMonth } from './duration.js';

/** A parsed cron expression. Fields are sorted numbers; the days are decided per month because `L`, `W` and `#` are. */
export interface Cron {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** 1 to 12 */
  readonly months: ReadonlySet<number>;
  /** Null when every year will do. */
  readonly years: ReadonlySet<number> | null;
  /** The days of that month (from 1), in order. `month` counts from 1. */
  days(year: number, month: number): readonly number[];
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

type DayRule = (day: number, lastDay: number, weekday: (day: number) => number) => boolean;

const SECONDS: Field = { name: 'seconds', min: 0, max: 59 };
const MINUTES: Field = { name: 'minutes', min: 0, max: 59 };
const HOURS: Field = { name: 'hours', min: 0, max: 23 };
const DAYS: Field = { name: 'day of month', min: 1, max: 31 };
const MONTHS: Field = {
  name: 'month',
  min: 1,
  max: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
};
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** Quartz counts from Sunday = 1. */
const QUARTZ_WEEKDAY: Field = { name: 'day of week', min: 1, max: 7, names: WEEKDAYS };
/** Unix counts from Sunday = 0 and takes 7 for Sunday too. */
const UNIX_WEEKDAY: Field = { name: 'day of week', min: 0, max: 7, names: WEEKDAYS };
const YEARS: Field = { name: 'year', min: 1970, max: 2199 };

/** How far ahead a date is looked for, in years; also spans the gap of eight years between leap days around 2100. */
const HORIZON = 100;

/**
 * Reads a cron expression: six fields beginning with the seconds, or seven with the year, as Quartz has them (`?`,
 * `L`, `L-2`, `W`, `LW`, `6L`, `6#3`; Sunday is 1), or the five of Unix cron (Sunday is 0 or 7).
 * @throws EvaluationError naming the text and the field
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().toUpperCase().split(/\s+/);
  if (fields.length < 5 || fields.length > 7) {
    throw invalidCron(text, `it has ${fields.length} fields, where 5, 6 or 7 are known`);
  }
  const unix = fields.length === 5;
  if (unix) fields.unshift('0');
  const [seconds, minutes, hours, days, months, weekdays, years] = fields as [string, ...string[]];
  const free = (field: string) => field === '?' || field === '*';
  const dayRule = free(days!) ? null : parseDays(text, days!);
  const weekdayRule = free(weekdays!) ? null : parseWeekdays(text, weekdays!, unix);
  if (days === '?' && weekdays === '?') throw invalidCron(text, "'?' stands for both kinds of day");
  if (!unix && dayRule && weekdayRule) {
    throw invalidCron(text, "it limits both day of month and day of week; one of them must be '?'");
  }
  return {
    seconds: [...parseField(text, seconds, SECONDS)].sort(ascending),
    minutes: [...parseField(text, minutes!, MINUTES)].sort(ascending),
    hours: [...parseField(text, hours!, HOURS)].sort(ascending),
    months: parseField(text, months!, MONTHS),
    years: years === undefined || years === '*' ? null : parseField(text, years, YEARS),
    days(year, month) {
      const lastDay = daysInMonth(year, month - 1);
      const firstWeekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
      const weekday = (day: number) => (firstWeekday + day - 1) % 7;
      const matches: number[] = [];
      for (let day = 1; day <= lastDay; day++) {
        // Unix cron: when both are limited, either will do.
        const hit =
          dayRule && weekdayRule
            ? dayRule(day, lastDay, weekday) || weekdayRule(day, lastDay, weekday)
            : (dayRule ?? weekdayRule ?? always)(day, lastDay, weekday);
        if (hit) matches.push(day);
      }
      return matches;
    },
  };
}

/** The first time strictly after `from` (in UTC), or null when there is none within a hundred years. */
export function nextCronTime(cron: Cron, from: Date): Date | null {
  const start = new Date(Math.floor(from.getTime() / 1_000) * 1_000 + 1_000);
  const firstYear = start.getUTCFullYear();
  for (let year = firstYear; year <= firstYear + HORIZON; year++) {
    if (cron.years && !cron.years.has(year)) continue;
    const firstMonth = year === firstYear ? start.getUTCMonth() + 1 : 1;
    for (let month = firstMonth; month <= 12; month++) {
      if (!cron.months.has(month)) continue;
      for (const day of cron.days(year, month)) {
        const found = firstTimeOfDay(cron, new Date(Date.UTC(year, month - 1, day)), start);
        if (found) return found;
      }
    }
  }
  return null;
}

function firstTimeOfDay(cron: Cron, day: Date, start: Date): Date | null {
  const midnight = day.getTime();
  if (midnight + 86_400_000 <= start.getTime()) return null;
  // Where the day begins after `start`, every time of it will do.
  const rest = Math.max(0, start.getTime() - midnight) / 1_000;
  for (const hour of cron.hours) {
    if (hour * 3_600 + 3_599 < rest) continue;
    for (const minute of cron.minutes) {
      if (hour * 3_600 + minute * 60 + 59 < rest) continue;
      for (const second of cron.seconds) {
        const time = hour * 3_600 + minute * 60 + second;
        if (time >= rest) return new Date(midnight + time * 1_000);
      }
    }
  }
  return null;
}

function parseField(text: string, source: string, field: Field): Set<number> {
  const values = new Set<number>();
  for (const item of source.split(',')) {
    const match = /^(\*|[A-Z0-9]+)(?:-([A-Z0-9]+))?(?:\/(\d+))?$/.exec(item);
    if (!match) throw invalidCron(text, `'${item}' is not a value of the ${field.name}`);
    const [, first, last, stepText] = match as unknown as [string, string, string | undefined, string | undefined];
    const step = stepText === undefined ? 1 : Number(stepText);
    if (step < 1) throw invalidCron(text, `the step of '${item}' in the ${field.name} is not positive`);
    const from = first === '*' ? field.min : parseValue(text, first, field);
    let to = from;
    if (last !== undefined) to = parseValue(text, last, field);
    else if (first === '*' || stepText !== undefined) to = field.max;
    if (first === '*' && last !== undefined) throw invalidCron(text, `'${item}' is not a range of the ${field.name}`);
    // A range may pass the end of its field: FRI-MON, 22-2.
    const size = field.max - field.min + 1;
    const end = to < from ? to + size : to;
    for (let value = from; value <= end; value += step) values.add(value > field.max ? value - size : value);
  }
  return values;
}

function parseValue(text: string, source: string, field: Field): number {
  const named = field.names?.indexOf(source) ?? -1;
  const value = named >= 0 ? named + (field.names === WEEKDAYS ? field.min : 1) : Number(source);
  if (!/^\d+$/.test(source) && named < 0) throw invalidCron(text, `'${source}' is not a value of the ${field.name}`);
  if (value < field.min || value > field.max) {
    throw invalidCron(text, `${source} is outside ${field.min} to ${field.max}, the range of the ${field.name}`);
  }
  return value;
}

function parseDays(text: string, source: string): DayRule {
  const rules = source.split(',').map((item): DayRule => {
    const last = /^L(?:-(\d+))?(W)?$/.exec(item);
    if (last) {
      const back = Number(last[1] ?? 0);
      if (back > 30) throw invalidCron(text, `'${item}' leaves its month`);
      return last[2]
        ? (day, lastDay, weekday) => day === nearestWeekday(lastDay - back, lastDay, weekday)
        : (day, lastDay) => day === lastDay - back;
    }
    const nearest = /^(\d+)W$/.exec(item);
    if (nearest) {
      const wanted = parseValue(text, nearest[1]!, DAYS);
      return (day, lastDay, weekday) => wanted <= lastDay && day === nearestWeekday(wanted, lastDay, weekday);
    }
    const days = parseField(text, item, DAYS);
    return (day) => days.has(day);
  });
  return anyOf(rules);
}

function parseWeekdays(text: string, source: string, unix: boolean): DayRule {
  const field = unix ? UNIX_WEEKDAY : QUARTZ_WEEKDAY;
  const normalize = (value: number) => (unix ? value % 7 : value - 1);
  const rules = source.split(',').map((item): DayRule => {
    if (item === 'L') return (day, _, weekday) => weekday(day) === 6;
    const last = /^([A-Z0-9]+)L$/.exec(item);
    if (last) {
      const wanted = normalize(parseValue(text, last[1]!, field));
      return (day, lastDay, weekday) => weekday(day) === wanted && day + 7 > lastDay;
    }
    const nth = /^([A-Z0-9]+)#([1-5])$/.exec(item);
    if (nth) {
      const wanted = normalize(parseValue(text, nth[1]!, field));
      return (day, _, weekday) => weekday(day) === wanted && Math.ceil(day / 7) === Number(nth[2]);
    }
    // 7 is Sunday for Unix: leave it out where a range passes the end of the week.
    const range = unix && /^(\*|[A-Z0-9]+-)/.test(item) && !/-7/.test(item) ? { ...field, max: 6 } : field;
    const weekdays = new Set([...parseField(text, item, range)].map(normalize));
    return (day, _, weekday) => weekdays.has(weekday(day));
  });
  return anyOf(rules);
}

/** The working day (Monday to Friday) nearest to a day, without leaving the month. */
function nearestWeekday(day: number, lastDay: number, weekday: (day: number) => number): number {
  if (weekday(day) === 6) return day > 1 ? day - 1 : day + 2;
  if (weekday(day) === 0) return day < lastDay ? day + 1 : day - 2;
  return day;
}

function anyOf(rules: readonly DayRule[]): DayRule {
  return (day, lastDay, weekday) => rules.some((rule) => rule(day, lastDay, weekday));
}

function always(): boolean {
  return true;
}

function ascending(a: number, b: number): number {
  return a - b;
}

function invalidCron(text: string, reason: string): EvaluationError {
  return new EvaluationError(`Expected a cron expression such as '0 0/5 * * * ?', but '${text}' is not: ${reason}`, {
    text,
  });
}
