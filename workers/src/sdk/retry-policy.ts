/** What is reported with a failure: attempts left (0 makes an incident) and the time until the next one. */
export interface RetryDecision {
  readonly retries: number;
  readonly retryTimeoutMs: number;
}

export interface RetryBackoff {
  /** How often a failed task is tried again. Default 3: four attempts in all. */
  readonly retries?: number;
  /** The time until the first retry, in milliseconds. Default 5,000. */
  readonly initialMs?: number;
  /** What each further time is multiplied with. Default 2. */
  readonly factor?: number;
  /** The longest time between two attempts. Default 300,000. */
  readonly maxMs?: number;
}

/**
 * Decides about a failed task. `retriesLeft` is what the server has noted: null when the task never failed before.
 * Times carry no jitter, so that an analyst can say when a task comes back.
 */
export type RetryPolicy = (retriesLeft: number | null, error: unknown) => RetryDecision;

/** @throws RangeError for a number that can't be meant */
export function exponentialRetries(options: RetryBackoff = {}): RetryPolicy {
  const { retries = 3, initialMs = 5_000, factor = 2, maxMs = 300_000 } = options;
  requireWhole('retries', retries);
  requireWhole('initialMs', initialMs);
  requireWhole('maxMs', maxMs);
  if (!(factor >= 1)) throw new RangeError(`Expected 'factor' to be 1 or more, but it is ${factor}`);
  return (retriesLeft) => {
    // Retries that an operator has set count down like our own; more than the policy's begin with the first time again.
    const left = retriesLeft === null ? retries : Math.max(0, retriesLeft - 1);
    if (left === 0) return { retries: 0, retryTimeoutMs: 0 };
    const used = Math.max(0, retries - left);
    return { retries: left, retryTimeoutMs: Math.min(maxMs, Math.round(initialMs * factor ** used)) };
  };
}

function requireWhole(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0) {
    throw new RangeError(`Expected '${name}' to be a whole number of 0 or more, but it is ${value}`);
  }
}
