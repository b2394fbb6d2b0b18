import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/loan-fixture.js';
import { Journal, type JournalRecord, readJournal } from './journal.js';

function record(key: string, rest: Partial<JournalRecord> = {}): JournalRecord {
  return {
    at: '2026-01-01T00:00:00.000Z',
    worker: 'disbursement',
    workerVersion: null,
    externalTaskId: `task-${key}`,
    processInstanceId: `instance-${key}`,
    businessKey: key,
    idempotencyKey: key,
    attempt: 1,
    outcome: 'done',
    result: { reference: key },
    ...rest,
  };
}

test('what was done is known again after the journal was opened anew', async () => {
  const directory = await temporaryDirectory();
  const journal = await Journal.open(directory, 'disbursement');
  await Promise.all([
    journal.append(record('a', { outcome: 'failed', result: undefined, reason: 'closed' })),
    journal.append(record('a', { attempt: 2 })),
    journal.append(record('ü')),
  ]);
  await journal.close();
  const reopened = await Journal.open(directory, 'disbursement');
  expect(reopened.findDone('a')).toEqual(record('a', { attempt: 2 }));
  expect(reopened.findDone('ü')?.result).toEqual({ reference: 'ü' });
  expect(reopened.findDone('b')).toBeUndefined();
  expect([reopened.countAttempts('a'), reopened.countAttempts('b')]).toEqual([2, 0]);
  expect(await readJournal(directory, 'disbursement')).toHaveLength(3);
  await reopened.close();
});

test('half a last line is left out by readers and cut off before the next record', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'disbursement.jsonl');
  await writeFile(path, `${JSON.stringify(record('a'))}\n${JSON.stringify(record('ü')).slice(0, 80)}`);
  expect((await readJournal(directory, 'disbursement')).map(({ idempotencyKey }) => idempotencyKey)).toEqual(['a']);
  const journal = await Journal.open(directory, 'disbursement');
  await journal.append(record('b'));
  await journal.close();
  expect(await readFile(path, 'utf8')).toBe(`${JSON.stringify(record('a'))}\n${JSON.stringify(record('b'))}\n`);
});

test('a broken line in the middle is an error that names the line, and nothing is changed', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'disbursement.jsonl');
  const text = `${JSON.stringify(record('a'))}\n{"at":\n${JSON.stringify(record('b'))}\n`;
  await writeFile(path, text);
  await expect(Journal.open(directory, 'disbursement')).rejects.toThrow(/Line 2 of .*disbursement\.jsonl/);
  await expect(readJournal(directory, 'disbursement')).rejects.toThrow(/Line 2/);
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('a journal that was never opened has no records', async () => {
  expect(await readJournal(await temporaryDirectory(), 'valuation')).toEqual([]);
});

describe('one journal has one writer', () => {
  test('a second one is refused until the first has closed it', async () => {
    const directory = await temporaryDirectory();
    const journal = await Journal.open(directory, 'disbursement');
    await expect(Journal.open(directory, 'disbursement')).rejects.toThrow(/is held/);
    await journal.close();
    await (await Journal.open(directory, 'disbursement')).close();
  });

  test('a living process keeps it, a dead one or half a lock file does not', async () => {
    const directory = await temporaryDirectory();
    const lock = join(directory, 'disbursement.jsonl.lock');
    await writeFile(lock, JSON.stringify({ pid: process.ppid, startedAt: null }));
    await expect(Journal.open(directory, 'disbursement')).rejects.toThrow(`is held by process ${process.ppid}`);
    await writeFile(lock, JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' }));
    await (await Journal.open(directory, 'disbursement')).close();
    await writeFile(lock, '');
    await (await Journal.open(directory, 'disbursement')).close();
  });
});

test('after kill -9 every acknowledged record is there, and the journal can be opened', async () => {
  const directory = await temporaryDirectory();
  for (const name of ['journal', 'file-lock']) {
    const source = await readFile(new URL(`./${name}.ts`, import.meta.url), 'utf8');
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    await writeFile(join(directory, `${name}.js`), ts.transpileModule(source, { compilerOptions }).outputText);
  }
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await writeFile(
    join(directory, 'writer.js'),
    `import { Journal } from './journal.js';
     const journal = await Journal.open(process.argv[2], 'payments');
     for (let n = 0; ; n++) {
       await journal.append({ ...${JSON.stringify(record('x'))}, idempotencyKey: String(n) });
       process.stdout.write(n + '\\n');
     }`,
  );
  const data = join(directory, 'data');
  const child = spawn(process.execPath, [join(directory, 'writer.js'), data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  let acknowledged = -1;
  for await (const line of createInterface(child.stdout)) {
    acknowledged = Number(line);
    if (acknowledged === 30) child.kill('SIGKILL');
  }
  await ended;
  expect(acknowledged).toBeGreaterThanOrEqual(30);
  const journal = await Journal.open(data, 'payments');
  for (let n = 0; n <= acknowledged; n++) expect(journal.findDone(String(n))).toBeDefined();
  await journal.close();
});

test('a record that can not be written is refused, and the next one is whole', async () => {
  const directory = await temporaryDirectory();
  const journal = await Journal.open(directory, 'disbursement');
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const refused = expect(journal.append(record('a', { result: cyclic }))).rejects.toThrow(/circular/);
  await Promise.all([refused, journal.append(record('b'))]);
  await journal.close();
  expect((await readJournal(directory, 'disbursement')).map(({ idempotencyKey }) => idempotencyKey)).toEqual(['b']);
  expect(journal.findDone('a')).toBeUndefined();
});
