import { EvaluationError } from '../errors.js';
import { nextDue, parseCycle } from './cycle.js';
import { parseDateTime } from './date-time.js';
import { addDuration, looksLikeDuration, parseDuration } from './duration.js';

export type TimerKind = 'date' | 'duration' | 'cycle';

export interface ResolvedTimer {
  readonly due: Date;
  /** For cycles: the text to compute later due dates from. It names its start, so that it doesn't drift. */
  readonly cycle?: string;
}

/**
 * When a timer is due, from the value of its expression: a text in ISO 8601 (or cron), or a Date. As in Camunda a
 * duration can stand where a date is expected, and counts from now.
 * @throws EvaluationError when the value is neither, can't be read, or leads to no date ahead
 */
export function resolveTimer(kind: TimerKind, value: unknown, now: Date): ResolvedTimer {
  if (value instanceof Date && kind !== 'cycle') return { due: value };
  if (typeof value !== 'string' || value.trim() === '') {
    throw new EvaluationError(`Expected the timer's ${kind} to be a text in ISO 8601, but it is ${describe(value)}`);
  }
  if (kind === 'date' && !looksLikeDuration(value.trim())) return { due: parseDateTime(value, now) };
  if (kind !== 'cycle') return { due: addDuration(now, parseDuration(value)) };
  const text = anchor(value, now);
  const due = nextDue(parseCycle(text), now, 0);
  if (due) return { due, cycle: text };
  throw new EvaluationError(`Expected the timer's cycle to have a date ahead, but '${value}' has none`, {
    text: value,
  });
}

/** Whether a text can be a timer of this kind. @throws EvaluationError when it can't */
export function checkTimer(kind: TimerKind, text: string): void {
  if (kind === 'cycle') parseCycle(text);
  else if (kind === 'duration' || looksLikeDuration(text.trim())) parseDuration(text);
  else parseDateTime(text);
}

/** `R3/PT10M` counts from the moment when the timer begins; write that moment down. */
function anchor(text: string, now: Date): string {
  const cycle = parseCycle(text);
  if (cycle.kind !== 'interval' || cycle.start || cycle.end) return cycle.text;
  return cycle.text.replace('/', `/${now.toISOString()}/`);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return 'empty';
  if (value instanceof Date) return 'a date';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `${String(value)}`;
}
