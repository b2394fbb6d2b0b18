import { EngineRestError } from './errors.js';

export interface BackoffOptions {
  /** The first pause, in milliseconds; each further one is twice as long. */
  readonly initialMs: number;
  readonly maxMs: number;
  /** The pause after an answer that only a person can put right: wrong password, wrong address, refused request. */
  readonly slowMs: number;
}

const DEFAULT_BACKOFF: BackoffOptions = { initialMs: 250, maxMs: 10_000, slowMs: 30_000 };

/** A `Retry-After` beyond this is cut: a worker that sleeps for hours looks dead. */
const MAX_RETRY_AFTER_MS = 300_000;

/** Node turns a longer timer into one that fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function backoffOptions(options: Partial<BackoffOptions> = {}): BackoffOptions {
  return { ...DEFAULT_BACKOFF, ...options };
}

/** How long to pause after the nth failure in a row (`failures` counts from 1). Without jitter, so it can be foretold. */
export function pauseAfter(error: unknown, failures: number, options: BackoffOptions): number {
  const doubled = Math.min(options.maxMs, options.initialMs * 2 ** Math.min(failures - 1, 30));
  if (!(error instanceof EngineRestError)) return doubled;
  if (error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs, MAX_RETRY_AFTER_MS);
  return isCallersFault(error) ? Math.max(options.slowMs, doubled) : doubled;
}

/** True for answers that the same request will get again until a person changes something. */
export function isCallersFault(error: unknown): boolean {
  return error instanceof EngineRestError && error.status < 500 && error.status !== 408 && error.status !== 429;
}

/** Resolves after the time or as soon as the signal is aborted, whichever comes first; never rejects. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, LONGEST_TIMER_MS));
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** True when the server doesn't know or doesn't allow us: that says nothing about the task the request was for. */
export function isLoginProblem(error: unknown): boolean {
  return error instanceof EngineRestError && (error.status === 401 || error.status === 403);
}
