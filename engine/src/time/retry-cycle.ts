import { EvaluationError } from '../errors.js';
import { parseCycle } from './cycle.js';
import { type Duration, parseDuration } from './duration.js';

/** How often a failed job is tried, and how long to wait before it is tried again. */
export interface RetryCycle {
  /** All attempts, the first one included. */
  readonly retries: number;
  /** How long to wait when this many attempts are left after a failure; null when there is none left. */
  intervalFor(retriesLeft: number): Duration | null;
}

/**
 * Reads a `failedJobRetryTimeCycle`: `R5/PT5M`, a list of intervals `PT10M,PT17M,PT20M` (one attempt more than
 * intervals; the last interval also serves when there are more attempts), or one duration.
 * @throws EvaluationError naming the text and what is wrong with it
 */
export function parseRetryCycle(text: string): RetryCycle {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.some((part) => part === '')) throw invalidRetryCycle(text, 'an interval is empty');
  if (parts.length > 1 || !parts[0]!.startsWith('R')) return retryCycle(parts.length + 1, parts.map(parseDuration));
  // unlike a timer's, a retry's period may be zero
  const repeated = /^R(\d+)\/([+-]?P.*)$/.exec(parts[0]!);
  if (repeated) return retryCycle(Number(repeated[1]), [parseDuration(repeated[2]!)]);
  const cycle = parseCycle(parts[0]!);
  if (cycle.kind === 'cron') throw invalidRetryCycle(text, 'a cron expression is no interval');
  if (cycle.repetitions === null) throw invalidRetryCycle(text, 'it names no number of retries');
  return retryCycle(cycle.repetitions, [cycle.period]);
}

function retryCycle(retries: number, intervals: readonly Duration[]): RetryCycle {
  return {
    retries,
    intervalFor(retriesLeft) {
      if (retriesLeft <= 0) return null;
      const index = Math.max(0, Math.min(intervals.length - 1, intervals.length - retriesLeft));
      return intervals[index]!;
    },
  };
}

function invalidRetryCycle(text: string, reason: string): EvaluationError {
  return new EvaluationError(`Expected a retry cycle such as 'R3/PT10M', but '${text}' is not: ${reason}`, { text });
}
