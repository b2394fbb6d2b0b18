import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { lockDirectory } from './directory-lock.js';
import { type EmbeddedDriver, embeddedDriver } from './embedded-pool.js';

export interface EmbeddedDatabase {
  /** For TypeORM's `driver` option. */
  readonly driver: EmbeddedDriver;
  close(): Promise<void>;
}

/**
 * Opens PostgreSQL inside this process, with its files in `dataDir/postgres`; creates them at the first start. What was
 * committed survives the death of the process at any moment.
 * @throws DirectoryLockedError when another server uses the directory
 */
export async function openEmbeddedDatabase(dataDir: string): Promise<EmbeddedDatabase> {
  await mkdir(dataDir, { recursive: true });
  const unlock = await lockDirectory(dataDir);
  try {
    const directory = join(dataDir, 'postgres');
    if (!existsSync(directory)) await createFiles(directory);
    const database = await PGlite.create({ dataDir: directory });
    return {
      driver: embeddedDriver(database),
      close: async () => {
        await database.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Under another name until it's complete: a start that is cut off must not leave half a database behind. */
async function createFiles(directory: string): Promise<void> {
  const draft = `${directory}.new`;
  await rm(draft, { recursive: true, force: true });
  const database = await PGlite.create({ dataDir: draft });
  await database.close();
  await rename(draft, directory);
}
