import { expect, test } from 'vitest';
import { FakeEngineRest } from '../testing/fake-engine-rest.js';
import { loanTask, temporaryDirectory } from '../testing/loan-fixture.js';
import { readJournal } from './journal.js';
import { LOAN_WORKERS, selectWorkers, startLoanWorkers } from './workers.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test('every topic of the loan process is served, and each worker keeps its own records', async () => {
  const engine = await new FakeEngineRest().listen();
  const dataDir = await temporaryDirectory();
  const workers = await startLoanWorkers({
    url: engine.url,
    dataDir,
    workerVersion: '2.1.0',
    logger: silent,
    onEvent: () => engine.changed(),
  });
  const { typedVariables } = loanTask({ notificationKind: 'offer', paymentReference: 'PAY-GC-0001' });
  const tasks = LOAN_WORKERS.map(({ topic }) =>
    engine.addTask(topic, { businessKey: 'GC-0001', variables: typedVariables }),
  );
  await engine.until(() => tasks.every(({ state }) => state === 'completed'));
  await workers.stop();
  await engine.goAway();

  const types = tasks.map(({ report }) =>
    Object.entries(report?.variables as Record<string, { type: string }>).map(([name, { type }]) => `${name} ${type}`),
  );
  expect(types).toEqual([
    ['creditScore Integer', 'creditReport Json'],
    ['fraudSuspected Boolean', 'fraudFindings Json'],
    ['collateralValue Integer', 'loanToValue Double'],
    ['archiveReference String'],
    ['paymentReference String', 'disbursedAt Date'],
    ['reversalReference String', 'reversedAt Date'],
    ['notificationId String'],
  ]);
  for (const [index, { name }] of LOAN_WORKERS.entries()) {
    expect(await readJournal(dataDir, name)).toMatchObject([
      {
        worker: name,
        workerVersion: '2.1.0',
        externalTaskId: tasks[index]?.id,
        businessKey: 'GC-0001',
        outcome: 'done',
      },
    ]);
  }
});

test('a task that comes again because its completion got lost is answered from the records', async () => {
  const engine = await new FakeEngineRest().listen();
  const dataDir = await temporaryDirectory();
  const start = () =>
    startLoanWorkers({ url: engine.url, dataDir, names: ['disbursement'], logger: silent, onEvent: engine.changed });
  const task = engine.addTask('disbursement', { variables: loanTask().typedVariables });
  const first = await start();
  await engine.until(() => task.state === 'completed');
  const { report } = task;
  await first.stop();
  // As if the server had lost the completion: the task is there again, for a restarted worker.
  Object.assign(task, { state: 'open', workerId: null, lockedUntil: 0, report: undefined });
  const second = await start();
  await engine.until(() => task.state === 'completed');
  await second.stop();
  await engine.goAway();
  expect(task.report?.variables).toEqual(report?.variables);
  expect((await readJournal(dataDir, 'disbursement')).map(({ outcome }) => outcome)).toEqual(['done', 'duplicate']);
});

test('workers can be chosen by name; an unknown name is refused', () => {
  expect(selectWorkers(['valuation', 'notification']).map(({ name }) => name)).toEqual(['valuation', 'notification']);
  expect(() => selectWorkers(['valuation', 'bureau'])).toThrow(/Expected names of loan workers .*, but got bureau/);
});
