import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDirectory } from '../src/persistence/embedded/directory-lock.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-lock-'));
});

afterEach(() => rm(directory, { recursive: true }));

const lockFile = (number = 1) => join(directory, `server.lock.${number}`);
const holder = (pid: number, processStart: string | null) =>
  JSON.stringify({ pid, host: hostname(), processStart, token: 'other' });

test('a directory has one user at a time', async () => {
  const unlock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(`process ${process.pid}`);
  await unlock();
  await (await lockDirectory(directory))();
  expect(await readdir(directory)).toHaveLength(1);
});

test('of many that come at once one gets it', async () => {
  await writeFile(lockFile(7), holder(process.pid, 'earlier'));
  for (let round = 0; round < 30; round++) {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => lockDirectory(directory)));
    const winners = results.filter((result) => result.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    await winners[0]!.value();
  }
});

test('a living process keeps its lock, a dead one loses it', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  await writeFile(lockFile(), holder(child.pid!, null));
  await expect(lockDirectory(directory)).rejects.toThrow(`process ${child.pid}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (await lockDirectory(directory))();
});

test('a process that only has the same number as the dead one does not count', async () => {
  await writeFile(lockFile(), holder(process.ppid, '1'));
  const unlock = await lockDirectory(directory);
  expect(JSON.parse(await readFile(lockFile(2), 'utf8'))).toMatchObject({ pid: process.pid });
  await unlock();
});

test('a lock that was cut off while it was written counts as none', async () => {
  await writeFile(lockFile(), '{"pid":');
  await (await lockDirectory(directory))();
});
