import { QueryFailedError } from 'typeorm';

// PostgreSQL's class 08 (connection), 53 (resources), and of 57: admin_shutdown, crash_shutdown, cannot_connect_now,
// database_dropped's siblings apart, and query_canceled (the statement's time is over).
const SQL_STATES = /^(08|53)...$|^57(014|P01|P02|P03|P05)$/;
const SYSTEM_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
// The pg driver has no codes for its own errors.
const DRIVER_MESSAGES =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after)/;

/** Whether the database was away or too busy: the same request may succeed later. Whether it was carried out is unknown. */
export function isOutage(error: unknown): boolean {
  const cause = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return false;
  const { code } = cause as { code?: unknown };
  if (typeof code === 'string' && (SQL_STATES.test(code) || SYSTEM_CODES.has(code))) return true;
  return DRIVER_MESSAGES.test(cause.message);
}
