import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BEAT_MS = 2_000;
/** A holder on another host (a container with the same volume) is dead when its lock wasn't touched for so long. */
const SILENCE_MS = 5 * BEAT_MS;

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, where the system tells: another process may have got the same pid since. */
  readonly processStart: string | null;
  readonly token: string;
}

export class DirectoryLockedError extends Error {
  override readonly name = 'DirectoryLockedError';
}

/** Of the locks that this process has or is about to have. */
const heldHere = new Set<string>();

/**
 * Makes this process the only user of a directory; the embedded database would be destroyed by two. The lock of a
 * process that died is taken over.
 *
 * Locks are numbered files, `server.lock.1`, `server.lock.2` …, and only the highest number counts. Whoever finds it
 * free or dead creates the next one, which the file system lets only one do, and removes the lower ones afterwards. So
 * nobody ever removes what somebody else may just have created.
 * @returns a function that gives the directory free
 * @throws DirectoryLockedError naming the process that has it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    processStart: await processStart(process.pid),
    token: randomUUID(),
  };
  heldHere.add(own.token);
  const draft = join(directory, `server.lock-${own.token}`);
  let path: string;
  try {
    await writeFile(draft, JSON.stringify(own));
    path = await acquire(directory, draft);
  } catch (error) {
    heldHere.delete(own.token);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    heldHere.delete(own.token);
    // The file stays, so that numbers only ever grow.
    await writeFile(path, 'free\n');
  };
}

/** @returns the lock's path */
async function acquire(directory: string, draft: string): Promise<string> {
  for (;;) {
    const last = await highest(directory);
    await refuseAlive(directory, last);
    const path = lockPath(directory, last + 1);
    if (!(await tryLink(draft, path))) continue;
    // Somebody may have been so much quicker that this number was used and removed already.
    if ((await highest(directory)) !== last + 1) {
      await rm(path, { force: true });
      continue;
    }
    for (const number of await numbers(directory))
      if (number <= last) await rm(lockPath(directory, number), { force: true });
    return path;
  }
}

async function refuseAlive(directory: string, number: number): Promise<void> {
  const path = lockPath(directory, number);
  const holder = number === 0 ? null : await read(path);
  if (holder && (await isAlive(holder, path)))
    throw new DirectoryLockedError(
      `Another server (process ${holder.pid} on ${holder.host}) uses the data directory ${directory}; stop it, or set DATA_DIR to another one.`,
    );
}

function lockPath(directory: string, number: number): string {
  return join(directory, `server.lock.${number}`);
}

async function numbers(directory: string): Promise<number[]> {
  return (await readdir(directory)).flatMap((name) => {
    const number = /^server\.lock\.(\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

async function highest(directory: string): Promise<number> {
  return Math.max(0, ...(await numbers(directory)));
}

/** Creates the lock only where there is none: a link is atomic, and its content complete from the first moment. */
async function tryLink(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isAlive(holder: Holder, path: string): Promise<boolean> {
  if (holder.host !== hostname()) return isBeating(path);
  if (holder.pid === process.pid) return heldHere.has(holder.token);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const started = await processStart(holder.pid);
  return started === null || holder.processStart === null || started === holder.processStart;
}

async function isBeating(path: string): Promise<boolean> {
  const touched = async () => (await stat(path).catch(() => null))?.mtimeMs ?? 0;
  const before = await touched();
  // Compared with itself, since the clocks of two hosts may differ.
  await sleep(SILENCE_MS);
  return (await touched()) > before;
}

async function read(path: string): Promise<Holder | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null;
  }
}

/** The start in clock ticks since boot: field 22 of Linux's /proc/{pid}/stat. Null elsewhere. */
async function processStart(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The second field, the program's name in parentheses, may hold blanks.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
