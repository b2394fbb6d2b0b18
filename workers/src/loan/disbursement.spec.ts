import { describe, expect, test } from 'vitest';
import { BpmnError } from '../sdk/index.js';
import { loanTask, temporaryDirectory } from '../testing/loan-fixture.js';
import { disbursement } from './disbursement.js';
import { Journal, readJournal } from './journal.js';
import { createHandler } from './loan-worker.js';

const context = {} as Parameters<ReturnType<typeof createHandler>>[1];

async function openBank(directory?: string) {
  const dataDir = directory ?? (await temporaryDirectory());
  const journal = await Journal.open(dataDir, 'disbursement');
  let clock = Date.parse('2026-01-01T00:00:00Z');
  const now = () => {
    clock += 60_000;
    return new Date(clock);
  };
  const handler = createHandler(disbursement, journal, { now, workerVersion: '1.0.0' });
  return {
    dataDir,
    pay: async (task: ReturnType<typeof loanTask>) => (await handler(task, context)) as Record<string, unknown>,
    records: () => readJournal(dataDir, 'disbursement'),
    close: () => journal.close(),
  };
}

describe('a loan is paid once', () => {
  test('a second delivery of the task gets the first payment as its answer', async () => {
    const bank = await openBank();
    const first = await bank.pay(loanTask());
    expect(first).toEqual({
      paymentReference: expect.stringMatching(/^PAY-GC-0001-[0-9A-F]{8}$/),
      disbursedAt: new Date('2026-01-01T00:01:00Z'),
    });
    expect(await bank.pay(loanTask())).toEqual(first);
    expect((await bank.records()).map(({ outcome, attempt }) => [outcome, attempt])).toEqual([
      ['done', 1],
      ['duplicate', 2],
    ]);
    await bank.close();
  });

  test('whatever task asks for it, at the same time and after a restart', async () => {
    const bank = await openBank();
    const tasks = ['task-a', 'task-b', 'task-c'].map((id) => loanTask({}, { id }));
    const answers = await Promise.all(tasks.map((task) => bank.pay(task)));
    await bank.close();
    const reopened = await openBank(bank.dataDir);
    answers.push(await reopened.pay(loanTask({}, { id: 'task-d' })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const records = await reopened.records();
    expect(records.map(({ outcome }) => outcome)).toEqual(['done', 'duplicate', 'duplicate', 'duplicate']);
    expect(records.map(({ externalTaskId }) => externalTaskId)).toEqual(['task-a', 'task-b', 'task-c', 'task-d']);
    await reopened.close();
  });

  test('another amount for a paid application is an incident, not a second payment', async () => {
    const bank = await openBank();
    await bank.pay(loanTask());
    await expect(bank.pay(loanTask({ amount: 5_000 }))).rejects.toMatchObject({
      name: 'FailedTask',
      retries: 0,
      message: expect.stringContaining('1169 DM are paid'),
    });
    expect((await bank.records()).map(({ outcome }) => outcome)).toEqual(['done', 'failed']);
    await bank.close();
  });
});

test('what the applicant accepted is paid, not what was asked for', async () => {
  const bank = await openBank();
  await bank.pay(loanTask({ offeredAmount: 800 }));
  expect((await bank.records())[0]?.result).toMatchObject({ amount: 800 });
  await bank.close();
});

test('applications whose number ends in 7 find the bank closed at first', async () => {
  const bank = await openBank();
  const task = loanTask({ applicationId: 'GC-0017' });
  await expect(bank.pay(task)).rejects.toThrow("The bank's payment system is closed (attempt 1 for GC-0017)");
  expect(await bank.pay(task)).toMatchObject({ paymentReference: expect.stringContaining('GC-0017') });
  expect((await bank.records()).map(({ outcome, attempt }) => [outcome, attempt])).toEqual([
    ['failed', 1],
    ['done', 2],
  ]);
  await bank.close();
});

test('the bank stays closed for as many attempts as the process says, across restarts', async () => {
  const task = loanTask({ bankClosedAttempts: 2 });
  let bank = await openBank();
  await expect(bank.pay(task)).rejects.toThrow(/closed/);
  await bank.close();
  bank = await openBank(bank.dataDir);
  await expect(bank.pay(task)).rejects.toThrow(/closed/);
  await expect(bank.pay(task)).resolves.toHaveProperty('paymentReference');
  await bank.close();
});

test('an account that does not exist is a BPMN error; the corrected one is paid', async () => {
  const bank = await openBank();
  const wrong = bank.pay(loanTask({ accountNumber: 'DE02120300000000202052' }));
  await expect(wrong).rejects.toBeInstanceOf(BpmnError);
  await expect(wrong).rejects.toMatchObject({ errorCode: 'ACCOUNT_INVALID' });
  await bank.pay(loanTask({ accountNumber: 'de02 1203 0000 0000 2020 51' }, { id: 'task-2' }));
  const records = await bank.records();
  expect(records.map(({ outcome }) => outcome)).toEqual(['bpmnError', 'done']);
  expect(records[1]?.result).toMatchObject({ account: 'DE02120300000000202051' });
  await bank.close();
});

test('without a number nothing is paid', async () => {
  const bank = await openBank();
  const pay = async () => bank.pay(loanTask({ applicationId: undefined }, { businessKey: null }));
  await expect(pay()).rejects.toThrow(/business key or a variable 'applicationId'/);
  expect(await bank.records()).toEqual([]);
  await bank.close();
});
