import { isAbsolute, resolve } from 'node:path';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** What can be set from outside. docs/configuration.md describes each of them. */
export interface Config {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly dataDir: string;
  /** Null: the embedded database in `dataDir`. */
  readonly databaseUrl: string | null;
  /** Null: jobs are dispatched inside this process. */
  readonly redisUrl: string | null;
  /** Null: no login; only on a loopback address. */
  readonly usersFile: string | null;
  readonly logLevel: LogLevel;
  /** Whether this server runs due jobs by itself. */
  readonly jobExecutor: boolean;
  /** What a call activity or decision task without a binding means: see docs/configuration.md. */
  readonly callBinding: 'pinned' | 'latest';
  /** Whose operations the user operation log tells of. */
  readonly userOperationLog: 'users' | 'all';
  /** What a deployment may do that calls something which isn't deployed: see docs/configuration.md. */
  readonly unresolvedCalls: 'late' | 'error';
  /** After how many days versions that are drained are archived; null for never. */
  readonly archiveDrainedAfterDays: number | null;
  /** Begins the names of everything that this server keeps in Redis. */
  readonly redisPrefix: string;
  /** Whether the embedded database writes commits to the disk before they are answered. */
  readonly embeddedSync: boolean;
  /** How long a stopping server still takes requests, while load balancers learn that it's going. */
  readonly stopDelayMs: number;
  /** To a PostgreSQL, beside those for commits and hints. */
  readonly databaseConnections: number;
  /** How long one statement may take; 0 for ever. */
  readonly queryTimeoutMs: number;
  /** How long a client may take to send its request. */
  readonly requestTimeoutMs: number;
  readonly maxBodyMb: number;
  /** Of the bodies of all requests that are being worked on. */
  readonly maxBodiesMb: number;
  readonly maxVariableMb: number;
  /** Requests that are being worked on at a time. */
  readonly maxRequests: number;
  /** Clients that wait for external tasks at a time. */
  readonly maxLongPolls: number;
  /** Commands that wait for their commit before nothing new is begun. */
  readonly maxWaitingCommits: number;
  /** How late the event loop may be before nothing new is begun. */
  readonly maxLagMs: number;
  /** How long a migration can be undone; 0 keeps nothing to undo it with. */
  readonly migrationUndoDays: number;
}

/** A setting that can't be used. Its message is a sentence for whoever started the server. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const LOG_LEVELS: readonly string[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const OWN_PREFIX = 'MILLRACE_';
/** The server's own, and those by which workers and the demo find it: they are often set for all together. */
const OWN_SETTINGS: ReadonlySet<string> = new Set([
  'MILLRACE_REDIS_PREFIX',
  'MILLRACE_URL',
  'MILLRACE_USER',
  'MILLRACE_PASSWORD',
]);

/** @throws ConfigError naming the setting and what it should look like */
export function parseConfig(env: Readonly<Record<string, string | undefined>>, directory = process.cwd()): Config {
  const unknown = Object.keys(env).find((name) => name.startsWith(OWN_PREFIX) && !OWN_SETTINGS.has(name));
  if (unknown !== undefined)
    throw new ConfigError(`The setting ${unknown} is not known; docs/configuration.md lists all settings.`);
  const read = (name: string) => env[name]?.trim() || null;
  const config: Config = {
    host: read('HOST') ?? '127.0.0.1',
    port: port(read('PORT') ?? '8080'),
    dataDir: path(read('DATA_DIR') ?? './data', directory),
    databaseUrl: url('DATABASE_URL', read('DATABASE_URL'), ['postgres:', 'postgresql:']),
    redisUrl: url('REDIS_URL', read('REDIS_URL'), ['redis:', 'rediss:']),
    usersFile: nullable(read('USERS_FILE'), (file) => path(file, directory)),
    logLevel: oneOf('LOG_LEVEL', read('LOG_LEVEL') ?? 'info', LOG_LEVELS) as LogLevel,
    jobExecutor: oneOf('JOB_EXECUTOR', read('JOB_EXECUTOR') ?? 'on', ['on', 'off']) === 'on',
    callBinding: oneOf('CALL_BINDING', read('CALL_BINDING') ?? 'pinned', ['pinned', 'latest']) as Config['callBinding'],
    userOperationLog: oneOf('USER_OPERATION_LOG', read('USER_OPERATION_LOG') ?? 'users', [
      'users',
      'all',
    ]) as Config['userOperationLog'],
    unresolvedCalls: oneOf('UNRESOLVED_CALLS', read('UNRESOLVED_CALLS') ?? 'late', [
      'late',
      'error',
    ]) as Config['unresolvedCalls'],
    archiveDrainedAfterDays: nullable(read('ARCHIVE_DRAINED_AFTER_DAYS'), (days) =>
      whole('ARCHIVE_DRAINED_AFTER_DAYS', days, 0, 36_500),
    ),
    redisPrefix: redisPrefix(read('MILLRACE_REDIS_PREFIX') ?? 'millrace'),
    embeddedSync: oneOf('EMBEDDED_SYNC', read('EMBEDDED_SYNC') ?? 'on', ['on', 'off']) === 'on',
    stopDelayMs: whole('STOP_DELAY_MS', read('STOP_DELAY_MS') ?? '0', 0, 600_000),
    databaseConnections: whole('DATABASE_CONNECTIONS', read('DATABASE_CONNECTIONS') ?? '10', 1, 1_000),
    queryTimeoutMs: whole('QUERY_TIMEOUT_MS', read('QUERY_TIMEOUT_MS') ?? '60000', 0, 86_400_000),
    requestTimeoutMs: whole('REQUEST_TIMEOUT_MS', read('REQUEST_TIMEOUT_MS') ?? '60000', 1_000, 3_600_000),
    maxBodyMb: whole('MAX_BODY_MB', read('MAX_BODY_MB') ?? '64', 1, 1_024),
    maxBodiesMb: whole('MAX_BODIES_MB', read('MAX_BODIES_MB') ?? '256', 1, 65_536),
    maxVariableMb: whole('MAX_VARIABLE_MB', read('MAX_VARIABLE_MB') ?? '16', 1, 256),
    maxRequests: whole('MAX_REQUESTS', read('MAX_REQUESTS') ?? '1000', 1, 100_000),
    maxLongPolls: whole('MAX_LONG_POLLS', read('MAX_LONG_POLLS') ?? '10000', 1, 1_000_000),
    maxWaitingCommits: whole('MAX_WAITING_COMMITS', read('MAX_WAITING_COMMITS') ?? '500', 1, 100_000),
    maxLagMs: whole('MAX_LAG_MS', read('MAX_LAG_MS') ?? '1000', 10, 60_000),
    migrationUndoDays: whole('MIGRATION_UNDO_DAYS', read('MIGRATION_UNDO_DAYS') ?? '7', 0, 3_650),
  };
  if (!isLoopback(config.host) && config.usersFile === null)
    throw new ConfigError(
      `HOST is ${config.host}, which others can reach, but there is no login: name a file of users in USERS_FILE, or leave HOST at 127.0.0.1.`,
    );
  return config;
}

/** Whether only programs on this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new ConfigError(`PORT must be a whole number from 0 to 65535, but it is '${text}'.`);
  return value;
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new ConfigError(`${name} must be a whole number from ${least} to ${most}, but it is '${text}'.`);
  return value;
}

function path(text: string, directory: string): string {
  return isAbsolute(text) ? text : resolve(directory, text);
}

function url(name: string, text: string | null, protocols: readonly string[]): string | null {
  if (text === null) return null;
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  // The value isn't repeated: it may hold a password.
  if (!protocols.includes(protocol)) throw new ConfigError(`${name} must be a URL that begins with ${protocols[0]}//.`);
  return text;
}

function oneOf(name: string, text: string, values: readonly string[]): string {
  if (!values.includes(text))
    throw new ConfigError(`${name} must be one of ${values.join(', ')}, but it is '${text}'.`);
  return text;
}

function redisPrefix(text: string): string {
  if (!/^[A-Za-z0-9_.-]+$/.test(text))
    throw new ConfigError(`MILLRACE_REDIS_PREFIX may have letters, digits, '_', '.' and '-', but it is '${text}'.`);
  return text;
}

function nullable<T, R>(value: T | null, map: (value: T) => R): R | null {
  return value === null ? null : map(value);
}
