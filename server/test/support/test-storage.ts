import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';

/** Where a test's server keeps its data: an empty database that nobody else uses. */
export interface TestStorage {
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  remove(): Promise<void>;
}

/** A copy of the embedded template, or a new database in the cluster that DATABASE_URL names. */
export async function createStorage(): Promise<TestStorage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const removeDirectory = () => rm(dataDir, { recursive: true, force: true });
  const cluster = process.env['DATABASE_URL'];
  if (!cluster) {
    const template = inject('templateDirectory');
    if (template === null) throw new Error('Expected a template of the embedded database');
    await cp(template, dataDir, { recursive: true });
    return { databaseUrl: null, dataDir, remove: removeDirectory };
  }
  const name = `millrace_test_${randomBytes(6).toString('hex')}`;
  await inCluster(cluster, `CREATE DATABASE ${name}`);
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return {
    databaseUrl: url.href,
    dataDir,
    remove: async () => {
      await inCluster(cluster, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await removeDirectory();
    },
  };
}

async function inCluster(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
