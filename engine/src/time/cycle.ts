import { EvaluationError } from '../errors.js';
import { type Cron, nextCronTime, parseCron } from './cron.js';
import { parseDateTime } from './date-time.js';
import { addDuration, type Duration, looksLikeDuration, negateDuration, parseDuration } from './duration.js';

/** When something happens again and again: an ISO 8601 repeating interval or a cron expression. */
export type Cycle = RepeatingInterval | { readonly kind: 'cron'; readonly text: string; readonly cron: Cron };

export interface RepeatingInterval {
  readonly kind: 'interval';
  readonly text: string;
  /** How often; null for ever. */
  readonly repetitions: number | null;
  readonly period: Duration;
  readonly start: Date | null;
  readonly end: Date | null;
}

/**
 * Reads `R3/PT10M`, `R/2026-01-01T00:00:00Z/P1D`, `R5/PT1H/2026-12-31T00:00:00Z`, `R2/<start>/<end>`, or a cron
 * expression of 5, 6 or 7 fields.
 * @throws EvaluationError naming the text and what is wrong with it
 */
export function parseCycle(text: string): Cycle {
  const trimmed = text.trim();
  if (!/^R\d*(\/|$)/.test(trimmed)) {
    if (!/\s/.test(trimmed)) throw invalidCycle(text, 'it is neither a repeating interval nor a cron expression');
    return { kind: 'cron', text: trimmed, cron: parseCron(trimmed) };
  }
  const [repeat, first, second, ...rest] = trimmed.split('/');
  if (first === undefined || rest.length > 0)
    throw invalidCycle(text, 'it needs one or two parts after the repetitions');
  const repetitions = repeat === 'R' ? null : Number(repeat!.slice(1));
  const interval = { kind: 'interval', text: trimmed, repetitions } as const;
  if (looksLikeDuration(first)) {
    const end = second === undefined ? null : parseDateTime(second);
    return { ...interval, period: positive(text, parseDuration(first)), start: null, end };
  }
  if (second === undefined) throw invalidCycle(text, 'it has a start but no duration');
  const start = parseDateTime(first);
  if (looksLikeDuration(second)) {
    return { ...interval, period: positive(text, parseDuration(second)), start, end: null };
  }
  const length = { months: 0, days: 0, milliseconds: parseDateTime(second).getTime() - start.getTime() };
  return { ...interval, period: positive(text, length), start, end: null };
}

/**
 * When the cycle is due next, strictly after `from`; null when its repetitions are used up.
 *
 * With a start the due dates are the start, if it lies ahead, and then one per repetition; with an end they lead up to
 * that end; with neither it is one period after `from`, as long as fewer than all repetitions have been used.
 * @param firedSoFar how often the timer has fired already
 */
export function nextDue(cycle: Cycle, from: Date, firedSoFar: number): Date | null {
  if (cycle.kind === 'cron') return nextCronTime(cycle.cron, from);
  const { repetitions, period, start, end } = cycle;
  const times = repetitions ?? Number.POSITIVE_INFINITY;
  if (start) {
    if (start > from) return start;
    const steps = stepsBeyond(start, period, from);
    return steps > times ? null : step(start, period, steps);
  }
  if (firedSoFar >= times) return null;
  if (!end) return addDuration(from, period);
  if (end <= from) return null;
  // Counted back from the end, at most `times` periods: the earliest date that is still ahead.
  const back = negateDuration(period);
  const steps = Math.min(times - firedSoFar, stepsBeyond(from, period, end));
  for (let count = steps; count > 0; count--) {
    const due = step(end, back, count);
    if (due > from) return due;
  }
  return end;
}

/** The least number of periods after which `start` is strictly after `date`. */
function stepsBeyond(start: Date, period: Duration, date: Date): number {
  // An estimate from below by the longest month, so that a cycle that began years ago doesn't count every minute since.
  const longest = period.months * 31 * 86_400_000 + period.days * 86_400_000 + period.milliseconds;
  let steps = Math.max(0, Math.floor((date.getTime() - start.getTime()) / longest));
  while (step(start, period, steps) <= date) steps++;
  return steps;
}

/** The n-th repetition counts from the start, so that a monthly cycle from the 31st comes back to it. */
function step(start: Date, { months, days, milliseconds }: Duration, count: number): Date {
  return addDuration(start, { months: months * count, days: days * count, milliseconds: milliseconds * count });
}

function positive(text: string, period: Duration): Duration {
  if (period.months <= 0 && period.days <= 0 && period.milliseconds <= 0) {
    throw invalidCycle(text, 'its period is not positive');
  }
  return period;
}

function invalidCycle(text: string, reason: string): EvaluationError {
  return new EvaluationError(
    `Expected a cycle such as 'R3/PT10M' or a cron expression, but '${text}' is not: ${reason}`,
    {
      text,
    },
  );
}
