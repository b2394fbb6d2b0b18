import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const FILE = 'server.lock';
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

const heldHere = new Set<string>();

/**
 * Makes this process the only user of a directory; the embedded database would be destroyed by two. The lock of a
 * process that died is taken over.
 * @returns a function that gives the directory free
 * @throws DirectoryLockedError naming the process that has it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, FILE);
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    processStart: await processStart(process.pid),
    token: randomUUID(),
  };
  const draft = `${path}.${own.token}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    while (!(await tryLink(draft, path))) await removeStale(path, own);
  } finally {
    await rm(draft, { force: true });
  }
  heldHere.add(own.token);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    heldHere.delete(own.token);
    if ((await read(path))?.token === own.token) await rm(path, { force: true });
  };
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

async function removeStale(path: string, own: Holder): Promise<void> {
  const holder = await read(path);
  if (holder && (await isAlive(holder, path)))
    throw new DirectoryLockedError(
      `Another server (process ${holder.pid} on ${holder.host}) uses the data directory ${join(path, '..')}; stop it, or set DATA_DIR to another one.`,
    );
  // Moved aside rather than removed: of two that found it dead, one may already have made a new one.
  const aside = `${path}.${own.token}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = await read(aside);
  if (moved && moved.token !== holder?.token) await tryLink(aside, path);
  await rm(aside, { force: true });
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
