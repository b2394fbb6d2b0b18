import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from './config.js';

/** Structured log lines on standard error's sibling, standard output; passwords in URLs never get here. */
export function createLogger(config: Pick<Config, 'logLevel'>, destination?: DestinationStream): Logger {
  const options = { level: config.logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}

const REPEAT_MS = 5_000;

/** Tells of failures that come in crowds. */
export interface QuietLog {
  warn(message: string, error: unknown): void;
  error(message: string, error: unknown): void;
}

/** Each message at most once in five seconds, with the number of those that were left out: outages fill no disk. */
export function quietly(logger: Logger): QuietLog {
  const last = new Map<string, { at: number; omitted: number }>();
  const log = (level: 'warn' | 'error') => (message: string, error: unknown) => {
    const before = last.get(message);
    const now = Date.now();
    if (before && now - before.at < REPEAT_MS) {
      before.omitted += 1;
      return;
    }
    logger[level]({ err: error, ...(before && before.omitted > 0 && { omitted: before.omitted }) }, message);
    last.set(message, { at: now, omitted: 0 });
  };
  return { warn: log('warn'), error: log('error') };
}
