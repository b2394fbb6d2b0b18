import { expect, test } from 'vitest';
import { loanTask, temporaryDirectory } from '../testing/loan-fixture.js';
import { disbursementReversal } from './disbursement-reversal.js';
import { Journal, readJournal } from './journal.js';
import { createHandler } from './loan-worker.js';

const context = {} as Parameters<ReturnType<typeof createHandler>>[1];

async function openBank(dataDir: string) {
  const journal = await Journal.open(dataDir, 'disbursement-reversal');
  let clock = Date.parse('2026-01-01T00:00:00Z');
  const now = () => {
    clock += 60_000;
    return new Date(clock);
  };
  const handler = createHandler(disbursementReversal, journal, { now });
  return {
    reverse: async (task: ReturnType<typeof loanTask>) => (await handler(task, context)) as Record<string, unknown>,
    records: () => readJournal(dataDir, 'disbursement-reversal'),
    close: () => journal.close(),
  };
}

test('a payment is reversed once, whatever task asks for it and after a restart', async () => {
  const dataDir = await temporaryDirectory();
  let bank = await openBank(dataDir);
  const paid = { paymentReference: 'PAY-GC-0001-0A1B2C3D' };
  const first = await bank.reverse(loanTask(paid, { id: 'task-a' }));
  expect(first).toEqual({
    reversalReference: expect.stringMatching(/^REV-GC-0001-[0-9A-F]{8}$/),
    reversedAt: new Date('2026-01-01T00:01:00Z'),
  });
  expect(await bank.reverse(loanTask(paid, { id: 'task-b' }))).toEqual(first);
  await bank.close();
  bank = await openBank(dataDir);
  expect(await bank.reverse(loanTask(paid, { id: 'task-c' }))).toEqual(first);
  const records = await bank.records();
  expect(records.map(({ outcome }) => outcome)).toEqual(['done', 'duplicate', 'duplicate']);
  expect(records[0]?.result).toMatchObject(paid);
  await bank.close();
});

test('without a payment there is nothing to reverse: an incident, not a record', async () => {
  const bank = await openBank(await temporaryDirectory());
  const reverse = async () => bank.reverse(loanTask());
  await expect(reverse()).rejects.toMatchObject({
    name: 'FailedTask',
    retries: 0,
    message: expect.stringContaining("'paymentReference'"),
  });
  expect(await bank.records()).toEqual([]);
  await bank.close();
});
