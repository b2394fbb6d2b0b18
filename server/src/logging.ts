import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from './config.js';

/** Structured log lines on standard error's sibling, standard output; passwords in URLs never get here. */
export function createLogger(config: Pick<Config, 'logLevel'>, destination?: DestinationStream): Logger {
  const options = { level: config.logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}
