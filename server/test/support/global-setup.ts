import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/persistence/open-database.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A data directory with an empty embedded database, to be copied; null when the tests use a PostgreSQL server. */
    templateDirectory: string | null;
  }
}

/** Creating an embedded database takes seconds, copying one does not. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.env['DATABASE_URL']) {
    project.provide('templateDirectory', null);
    return async () => {};
  }
  const directory = await mkdtemp(join(tmpdir(), 'millrace-template-'));
  const database = await openDatabase({ databaseUrl: null, dataDir: directory }, pino({ level: 'silent' }));
  await database.close();
  project.provide('templateDirectory', directory);
  return () => rm(directory, { recursive: true, force: true });
}
