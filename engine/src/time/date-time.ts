import { EvaluationError } from '../errors.js';
import { addDuration, daysInMonth, looksLikeDuration, parseDuration } from './duration.js';

const PATTERN =
  /^([+-]\d{6}|\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?(?:\[[A-Za-z0-9_+\-/]+\])?)?$/;

/**
 * Reads an ISO 8601 date with or without time; without an offset it is UTC, so that every server reads it alike.
 * A duration (`PT5M`) is counted from `now`, when that is given.
 * @throws EvaluationError naming the text and what is wrong with it
 */
export function parseDateTime(text: string, now?: Date): Date {
  const trimmed = text.trim();
  if (now !== undefined && looksLikeDuration(trimmed)) return addDuration(now, parseDuration(trimmed));
  const match = PATTERN.exec(trimmed);
  if (!match) throw invalidDate(text, 'it is not of the form yyyy-MM-ddTHH:mm:ss');
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
  const y = Number(year);
  const mo = Number(month);
  const d = Number(day);
  const h = Number(hour);
  const mi = Number(minute);
  const s = Number(second);
  if (mo < 1 || mo > 12) throw invalidDate(text, `there is no month ${month}`);
  if (d < 1 || d > daysInMonth(y, mo - 1)) throw invalidDate(text, `its month has no day ${day}`);
  const endOfDay = h === 24 && mi === 0 && s === 0;
  if (h > 23 && !endOfDay) throw invalidDate(text, `there is no hour ${hour}`);
  if (mi > 59) throw invalidDate(text, `there is no minute ${minute}`);
  if (s > 59) throw invalidDate(text, `there is no second ${second}`);
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  date.setUTCHours(h, mi, s, Number(`${fraction}000`.slice(0, 3)));
  date.setTime(date.getTime() - offsetMilliseconds(text, offset));
  if (Number.isNaN(date.getTime())) throw invalidDate(text, 'it is beyond what a date can hold');
  return date;
}

function offsetMilliseconds(text: string, offset: string | undefined): number {
  if (offset === undefined || offset === 'Z' || offset === 'z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(':', '') || '0');
  if (hours > 18 || minutes > 59) throw invalidDate(text, `there is no offset ${offset}`);
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function invalidDate(text: string, reason: string): EvaluationError {
  return new EvaluationError(
    `Expected an ISO 8601 date such as '2026-01-31T12:00:00Z', but '${text}' is not: ${reason}`,
    {
      text,
    },
  );
}
