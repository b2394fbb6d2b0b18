import { closeSync, fsyncSync, openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** Ends when what was written to the open file or directory is on the disk. */
export type Flush = (fd: number, path: string) => void;

/** What we use of Emscripten's file system on Node's `fs`. */
interface EmscriptenNodeFs {
  realPath(node: object): string;
  readonly stream_ops: { fsync?: (stream: { readonly nfd: number; readonly node: object }) => number };
}

/**
 * PGlite runs PostgreSQL with fsync switched off (`-F`), and Emscripten's file system leaves out the system call: what
 * was committed is in the operating system's memory when it's answered. Here both are put back, so that PostgreSQL's own
 * protocol holds: the log is on the disk before a commit is answered, and data files before the log is recycled.
 */
export class SyncedFiles extends NodeFS {
  constructor(
    directory: string,
    private readonly flush: Flush = fsyncSync,
  ) {
    super(directory);
  }

  override async init(...[database, given]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(database, given);
    const addSync = (module: object) => {
      const { NODEFS } = module as { NODEFS?: EmscriptenNodeFs };
      // Better no server than one that only seems to be safe.
      if (!NODEFS?.stream_ops)
        throw new Error('Expected PGlite to keep its files by NODEFS, but this version does not');
      NODEFS.stream_ops.fsync = ({ nfd, node }) => {
        this.flush(nfd, NODEFS.realPath(node));
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...[emscriptenOpts.preRun ?? []].flat(), addSync] } };
  }
}

/** PGlite's own start parameters without `-F`. The log's default, fdatasync, is a system call that Emscripten leaves out. */
export function startParamsWithSync(): string[] {
  return [...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), '-c', 'wal_sync_method=fsync'];
}

/** Flushes a folder with all that is in it, and its own name. */
export async function flushTree(directory: string, flush: Flush = fsyncSync): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await flushTree(path, flush);
    else if (entry.isFile()) flushPath(path, flush);
  }
  flushPath(directory, flush);
}

/** @param path of a file or directory */
export function flushPath(path: string, flush: Flush = fsyncSync): void {
  const fd = openSync(path, 'r');
  try {
    flush(fd, path);
  } finally {
    closeSync(fd);
  }
}
