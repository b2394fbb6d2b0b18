import { EvaluationError } from '../errors.js';

/**
 * A span of time. Months and days are kept apart from milliseconds because their length depends on the date they are
 * added to; years are 12 months and weeks 7 days. All parts have the same sign.
 */
export interface Duration {
  readonly months: number;
  readonly days: number;
  readonly milliseconds: number;
}

const PATTERN =
  /^([+-])?P(?:(\d+(?:[.,]\d+)?)Y)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?(T(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MAX_DATE = 8.64e15;

/**
 * Reads an ISO 8601 duration such as `P1Y2M`, `P2W`, `PT1.5H` or `-PT5M`. Only the last part may have a fraction, and
 * a fraction of a year must be a whole number of months.
 * @throws EvaluationError naming the text
 */
export function parseDuration(text: string): Duration {
  const match = PATTERN.exec(text.trim());
  if (!match) throw invalidDuration(text, 'it is not of the form PnYnMnWnDTnHnMnS');
  const parts = [match[2], match[3], match[4], match[5], match[7], match[8], match[9]];
  const given = parts.filter((part) => part !== undefined);
  if (given.length === 0) throw invalidDuration(text, 'it names no amount of time');
  if (match[6] === 'T') throw invalidDuration(text, "no amount of time follows the 'T'");
  if (given.slice(0, -1).some((part) => /[.,]/.test(part))) {
    throw invalidDuration(text, 'only its last part may have a fraction');
  }
  const [years, months, weeks, days, hours, minutes, seconds] = parts.map(amount) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const sign = match[1] === '-' ? -1 : 1;
  const totalMonths = years * 12 + months;
  if (!Number.isInteger(totalMonths)) throw invalidDuration(text, 'its years are not a whole number of months');
  const totalDays = weeks * 7 + days;
  const wholeDays = Math.trunc(totalDays);
  const milliseconds = Math.round((totalDays - wholeDays) * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND);
  // `|| 0` so that a negative duration has no negative zeros
  return { months: sign * totalMonths || 0, days: sign * wholeDays || 0, milliseconds: sign * milliseconds || 0 };
}

/** Whether the text looks like an ISO 8601 duration: it begins with `P`, after an optional sign. */
export function looksLikeDuration(text: string): boolean {
  return /^\s*[+-]?P/.test(text);
}

/**
 * The date after (or, for negative durations, before) the given one, by the calendar in UTC: months first, where a
 * day that the month doesn't have becomes its last day, then days, then time.
 * @throws EvaluationError when the result is beyond what a date can hold
 */
export function addDuration(date: Date, duration: Duration): Date {
  const { months, days, milliseconds } = duration;
  let time = date.getTime();
  if (months !== 0) {
    const shifted = new Date(time);
    const day = shifted.getUTCDate();
    shifted.setUTCDate(1);
    shifted.setUTCMonth(shifted.getUTCMonth() + months);
    shifted.setUTCDate(Math.min(day, daysInMonth(shifted.getUTCFullYear(), shifted.getUTCMonth())));
    time = shifted.getTime();
  }
  time += days * DAY + milliseconds;
  if (!(Math.abs(time) <= MAX_DATE)) {
    throw new EvaluationError(`Expected a date within reach, but '${formatDuration(duration)}' leads beyond it`);
  }
  return new Date(time);
}

export function negateDuration({ months, days, milliseconds }: Duration): Duration {
  return { months: -months || 0, days: -days || 0, milliseconds: -milliseconds || 0 };
}

/** The duration in ISO 8601, for example `P1Y2M3DT4H5M6.5S`; nothing at all is `PT0S`. */
export function formatDuration({ months, days, milliseconds }: Duration): string {
  const negative = months < 0 || days < 0 || milliseconds < 0;
  const monthCount = Math.abs(months);
  let rest = Math.abs(milliseconds);
  const hours = Math.floor(rest / HOUR);
  rest -= hours * HOUR;
  const minutes = Math.floor(rest / MINUTE);
  const seconds = (rest - minutes * MINUTE) / SECOND;
  const part = (value: number, unit: string) => (value === 0 ? '' : `${value}${unit}`);
  const date = part(Math.floor(monthCount / 12), 'Y') + part(monthCount % 12, 'M') + part(Math.abs(days), 'D');
  const time = part(hours, 'H') + part(minutes, 'M') + part(seconds, 'S');
  if (date === '' && time === '') return 'PT0S';
  return `${negative ? '-' : ''}P${date}${time === '' ? '' : `T${time}`}`;
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

function amount(part: string | undefined): number {
  return part === undefined ? 0 : Number(part.replace(',', '.'));
}

function invalidDuration(text: string, reason: string): EvaluationError {
  return new EvaluationError(`Expected an ISO 8601 duration such as 'PT10M', but '${text}' is not: ${reason}`, {
    text,
  });
}
