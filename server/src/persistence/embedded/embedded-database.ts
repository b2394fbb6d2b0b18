import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { lockDirectory } from './directory-lock.js';
import { type EmbeddedDriver, embeddedDriver } from './embedded-pool.js';
import { type Flush, flushPath, flushTree, SyncedFiles, startParamsWithSync } from './synced-files.js';

export interface EmbeddedDatabase {
  /** For TypeORM's `driver` option. */
  readonly driver: EmbeddedDriver;
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Whether a commit is on the disk before it's answered. Off, it's in the operating system's memory. */
  readonly sync: boolean;
  /** Instead of fsync, for tests. */
  readonly flush?: Flush;
}

/**
 * Opens PostgreSQL inside this process, with its files in `dataDir/postgres`; creates them at the first start. What was
 * committed survives the death of the process at any moment, and with `sync` a power failure too.
 * @throws DirectoryLockedError when another server uses the directory
 */
export async function openEmbeddedDatabase(dataDir: string, options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  await mkdir(dataDir, { recursive: true });
  const unlock = await lockDirectory(dataDir);
  try {
    const directory = join(dataDir, 'postgres');
    if (!existsSync(directory)) await createFiles(directory);
    const database = await open(directory, options);
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

async function open(directory: string, { sync, flush }: EmbeddedOptions): Promise<PGlite> {
  const mark = markOf(directory);
  if (!sync) {
    await rm(mark, { force: true });
    return PGlite.create({ dataDir: directory });
  }
  if (!existsSync(mark)) {
    await flushTree(directory, flush);
    await writeFile(mark, '');
  }
  return PGlite.create({ fs: new SyncedFiles(directory, flush), startParams: startParamsWithSync() });
}

/** A file that is there as long as everything below the directory was flushed. */
function markOf(directory: string): string {
  return `${directory}.synced`;
}

/** Under another name until it's complete: a start that is cut off must not leave half a database behind. */
async function createFiles(directory: string): Promise<void> {
  const draft = `${directory}.new`;
  await rm(draft, { recursive: true, force: true });
  const database = await PGlite.create({ dataDir: draft });
  await database.close();
  await flushTree(draft);
  await rename(draft, directory);
  flushPath(dirname(directory));
  await writeFile(markOf(directory), '');
}
