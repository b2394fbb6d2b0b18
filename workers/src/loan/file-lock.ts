import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

export interface FileLock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** The process's start in clock ticks since boot, where the system tells: a process id alone is soon another's. */
  readonly startedAt: string | null;
}

const held = new Set<string>();
const ATTEMPTS = 5;

/**
 * Makes sure that one process, and one user within it, has the file. A lock whose process has died is taken over.
 * @throws Error naming the process that has it
 */
export async function acquireFileLock(path: string): Promise<FileLock> {
  if (held.has(path)) throw new Error(`${path} is held by this process already`);
  held.add(path);
  try {
    await create(path);
  } catch (error) {
    held.delete(path);
    throw error;
  }
  return {
    release: async () => {
      await rm(path, { force: true });
      held.delete(path);
    },
  };
}

async function create(path: string): Promise<void> {
  const self: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  const own = `${path}.${process.pid}`;
  await writeFile(own, JSON.stringify(self));
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      // A link appears with its content or not at all; a file that is written could be read while it's still empty.
      if (await succeeds(link(own, path), 'EEXIST')) return;
      const text = await readText(path);
      const holder = parseHolder(text);
      if (holder && isAlive(holder)) throw new Error(`${path} is held by process ${holder.pid}`);
      await takeAway(path, text);
    }
    throw new Error(`${path} could not be taken over from a process that has died`);
  } finally {
    await rm(own, { force: true });
  }
}

/** Removes a dead process's lock, but not one that a third process has put in its place meanwhile. */
async function takeAway(path: string, deadText: string): Promise<void> {
  const aside = `${path}.${process.pid}.dead`;
  if (!(await succeeds(rename(path, aside), 'ENOENT'))) return;
  if ((await readText(aside)) !== deadText) await succeeds(link(aside, path), 'EEXIST');
  await rm(aside, { force: true });
}

/** False when the operation failed with this code. @throws what else it fails with */
async function succeeds(operation: Promise<void>, codeOfFailure: string): Promise<boolean> {
  try {
    await operation;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === codeOfFailure) return false;
    throw error;
  }
}

/** Empty when the lock is gone already. */
async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** Undefined when the text names no process, as after a power failure. */
function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isInteger(holder?.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  if (pid === process.pid) return false; // our own id from a former life: this process holds nothing under this path
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startedAt === null || startedAt === startOf(pid);
}

/** Field 22 of /proc/<pid>/stat, see proc(5); null on other systems. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
