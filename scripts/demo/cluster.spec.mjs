import { expect, test } from 'vitest';
import { clusterSettings } from './cluster.mjs';
import { parseOptions } from './options.mjs';

const DATABASE_URL = 'postgres://127.0.0.1/a';
const REDIS_URL = 'redis://127.0.0.1';

test('a cluster without database or queue is refused with the names of what is missing', () => {
  expect(() => clusterSettings({})).toThrow(/set DATABASE_URL and REDIS_URL,/);
  expect(() => clusterSettings({ DATABASE_URL })).toThrow(/set REDIS_URL,/);
  expect(() => clusterSettings({ REDIS_URL })).toThrow(/set DATABASE_URL,/);
});

test('a cluster gets the settings that concern it and no others', () => {
  const env = { DATABASE_URL, REDIS_URL, MILLRACE_REDIS_PREFIX: 'demo', PORT: '1', USERS_FILE: 'users' };
  expect(clusterSettings(env)).toEqual({
    DATABASE_URL,
    REDIS_URL,
    MILLRACE_REDIS_PREFIX: 'demo',
    WORKER_TRANSPORT: 'bullmq',
  });
});

test('an unknown way to reach the servers is refused', () => {
  expect(() => clusterSettings({ DATABASE_URL, REDIS_URL, WORKER_TRANSPORT: 'pigeon' })).toThrow(/'pigeon'/);
});

test('--cluster and --url exclude each other', () => {
  expect(parseOptions(['--cluster'], {}).cluster).toBe(true);
  expect(parseOptions([], {}).cluster).toBe(false);
  expect(() => parseOptions(['--cluster', '--url=http://127.0.0.1:1'], {})).toThrow(/no meaning beside it/);
  expect(() => parseOptions(['--url', 'http://127.0.0.1:1', '--cluster'], {})).toThrow(/no meaning beside it/);
});
