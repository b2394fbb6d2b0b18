import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/config.js';

describe('the configuration', () => {
  test('has a default for everything', () => {
    expect(parseConfig({}, '/srv')).toEqual({
      host: '127.0.0.1',
      port: 8080,
      dataDir: '/srv/data',
      databaseUrl: null,
      redisUrl: null,
      usersFile: null,
      logLevel: 'info',
      jobExecutor: true,
      callBinding: 'pinned',
      userOperationLog: 'users',
      unresolvedCalls: 'late',
      archiveDrainedAfterDays: null,
      redisPrefix: 'millrace',
      embeddedSync: true,
      stopDelayMs: 0,
      databaseConnections: 10,
      queryTimeoutMs: 60_000,
      requestTimeoutMs: 60_000,
      maxBodyMb: 64,
      maxBodiesMb: 256,
      maxVariableMb: 16,
      maxRequests: 1000,
      maxLongPolls: 10_000,
      maxWaitingCommits: 500,
      maxLagMs: 1000,
      migrationUndoDays: 7,
    });
  });

  test('takes what is set', () => {
    const env = {
      HOST: '0.0.0.0',
      PORT: '0',
      DATA_DIR: '/var/lib/millrace',
      DATABASE_URL: 'postgres://u:p@db/x',
      REDIS_URL: 'rediss://cache:6380/2',
      USERS_FILE: 'users.txt',
      LOG_LEVEL: 'debug',
      JOB_EXECUTOR: 'off',
      CALL_BINDING: 'latest',
      USER_OPERATION_LOG: 'all',
      UNRESOLVED_CALLS: 'error',
      ARCHIVE_DRAINED_AFTER_DAYS: '90',
      MILLRACE_REDIS_PREFIX: 'team-a',
      EMBEDDED_SYNC: 'off',
      STOP_DELAY_MS: '5000',
      DATABASE_CONNECTIONS: '3',
      QUERY_TIMEOUT_MS: '0',
      REQUEST_TIMEOUT_MS: '30000',
      MAX_BODY_MB: '1',
      MAX_BODIES_MB: '2',
      MAX_VARIABLE_MB: '3',
      MAX_REQUESTS: '4',
      MAX_LONG_POLLS: '5',
      MAX_WAITING_COMMITS: '6',
      MAX_LAG_MS: '60',
      MIGRATION_UNDO_DAYS: '30',
      PATH: '/bin',
    };
    expect(parseConfig(env, '/srv')).toEqual({
      host: '0.0.0.0',
      port: 0,
      dataDir: '/var/lib/millrace',
      databaseUrl: 'postgres://u:p@db/x',
      redisUrl: 'rediss://cache:6380/2',
      usersFile: '/srv/users.txt',
      logLevel: 'debug',
      jobExecutor: false,
      callBinding: 'latest',
      userOperationLog: 'all',
      unresolvedCalls: 'error',
      archiveDrainedAfterDays: 90,
      redisPrefix: 'team-a',
      embeddedSync: false,
      stopDelayMs: 5000,
      databaseConnections: 3,
      queryTimeoutMs: 0,
      requestTimeoutMs: 30_000,
      maxBodyMb: 1,
      maxBodiesMb: 2,
      maxVariableMb: 3,
      maxRequests: 4,
      maxLongPolls: 5,
      maxWaitingCommits: 6,
      maxLagMs: 60,
      migrationUndoDays: 30,
    });
  });

  test.each([
    [{ PORT: '80a' }, /PORT must be a whole number/],
    [{ PORT: '65536' }, /PORT must be a whole number/],
    [{ PORT: '-1' }, /PORT must be a whole number/],
    [{ DATABASE_URL: 'mysql://x/y' }, /DATABASE_URL must be a URL that begins with postgres:/],
    [{ REDIS_URL: 'localhost' }, /REDIS_URL must be a URL that begins with redis:/],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL must be one of fatal, .* but it is 'loud'/],
    [{ JOB_EXECUTOR: 'yes' }, /JOB_EXECUTOR must be one of on, off/],
    [{ CALL_BINDING: 'newest' }, /CALL_BINDING must be one of/],
    [{ MAX_REQUESTS: '0' }, /MAX_REQUESTS must be a whole number from 1 to/],
    [{ STOP_DELAY_MS: '1s' }, /STOP_DELAY_MS must be a whole number from 0/],
    [{ EMBEDDED_SYNC: 'no' }, /EMBEDDED_SYNC must be one of on, off/],
    [{ MILLRACE_PORT: '1' }, /MILLRACE_PORT is not known/],
    [{ MILLRACE_REDIS_PREFIX: 'a:b' }, /MILLRACE_REDIS_PREFIX may have/],
    [{ HOST: '0.0.0.0' }, /HOST is 0\.0\.0\.0, which others can reach/],
    [{ HOST: 'example.org' }, /no login/],
  ])('refuses %o with a sentence', (env, sentence) => {
    expect(() => parseConfig(env)).toThrow(sentence);
  });

  test('passes over what workers and the demo need to find the server', () => {
    const env = { MILLRACE_URL: 'http://127.0.0.1:8080', MILLRACE_USER: 'anna', MILLRACE_PASSWORD: 'secret' };
    expect(parseConfig(env)).toEqual(parseConfig({}));
  });

  test('never repeats a password', () => {
    expect(() => parseConfig({ DATABASE_URL: 'pg://me:secret@db/x' })).toThrow(/^(?!.*secret)/);
  });

  test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('needs no login on %s', (host) => {
    expect(parseConfig({ HOST: host }).host).toBe(host);
  });
});
