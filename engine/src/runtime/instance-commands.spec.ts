import { describe, expect, test } from 'vitest';
import { history, leftovers, onlyRow, rowsOf, send } from '../spec-support/instances.js';
import {
  boundaryEvent,
  deployed,
  externalTask,
  mappings,
  message,
  path,
  process,
  subProcess,
  timerEvent,
} from '../spec-support/models.js';

const start = '<startEvent id="start"/>';
const child = process('check', start, '<userTask id="look"/>', path('start', 'look'));
const parent = process(
  'loan',
  start,
  '<parallelGateway id="fork"/>',
  subProcess('inner', '<startEvent id="begin"/><callActivity id="call" calledElement="check"/>', path('begin', 'call')),
  `<userTask id="work">${mappings({ local: '1' }, { mapped: '${local}' })}</userTask>`,
  boundaryEvent('late', 'work', timerEvent('timeDuration', 'PT1H')),
  path('start', 'fork', 'inner') + path('fork', 'work'),
);

describe('deleting an instance', () => {
  test('cancels everything that is alive, also in called instances, and says why', async () => {
    const engine = await deployed(child, parent);
    const loan = engine.start('loan', { amount: 5 });
    loan.delete('applicant died');
    expect(engine.host.instances.size).toBe(0);
    expect(leftovers(engine)).toEqual({});
    const ended = {
      state: 'EXTERNALLY_TERMINATED',
      deleteReason: 'applicant died',
      endedAt: engine.host.now,
      endActivityId: null,
    };
    expect(rowsOf(engine, 'historicProcessInstance')).toMatchObject([ended, ended]);
    expect(
      history(engine)
        .filter((visit) => visit.endsWith('(canceled)'))
        .sort(),
    ).toEqual(['call (canceled)', 'inner (canceled)', 'look (canceled)', 'work (canceled)']);
    expect(rowsOf(engine, 'historicTask').map(({ deleteReason }) => deleteReason)).toEqual(['deleted', 'deleted']);
    expect(loan.variables()).toEqual({ amount: 5, mapped: '1' });
  });

  test('can leave out the output mappings', async () => {
    const engine = await deployed(child, parent);
    const loan = engine.start('loan');
    send(engine, loan.id, { kind: 'deleteInstance', reason: null, skipIoMappings: true, skipCustomListeners: true });
    expect(loan.variables()).toEqual({});
  });

  test('that was called cancels its call, and the scopes that are empty without it', async () => {
    const engine = await deployed(child, parent);
    const loan = engine.start('loan');
    const called = onlyRow(engine, 'userTask', 'look').processInstanceId;
    send(engine, called, { kind: 'deleteInstance', reason: 'wrong' });
    expect(loan.waitingAt()).toEqual(['work']);
    expect(history(engine)).toEqual(expect.arrayContaining(['call (canceled)', 'inner (canceled)']));
  });

  test('that was called ends its callers at any depth when nothing else is alive there', async () => {
    const calling = (key: string, called: string) =>
      process(key, start, `<callActivity id="call" calledElement="${called}"/>`, path('start', 'call'));
    const engine = await deployed(child, calling('loan', 'check'), calling('customer', 'loan'));
    engine.start('customer');
    expect(engine.host.instances.size).toBe(3);
    send(engine, onlyRow(engine, 'userTask').processInstanceId, { kind: 'deleteInstance', reason: 'wrong' });
    expect(engine.host.instances.size).toBe(0);
  });

  test('that was called ends its caller when nothing else is alive there', async () => {
    const engine = await deployed(
      child,
      process('loan', start, '<callActivity id="call" calledElement="check"/>', path('start', 'call')),
    );
    engine.start('loan');
    send(engine, onlyRow(engine, 'userTask').processInstanceId, { kind: 'deleteInstance', reason: 'wrong' });
    expect(engine.host.instances.size).toBe(0);
    expect(rowsOf(engine, 'historicProcessInstance').map(({ state }) => state)).toEqual([
      'EXTERNALLY_TERMINATED',
      'EXTERNALLY_TERMINATED',
    ]);
  });
});

describe('a suspended instance', () => {
  async function suspended() {
    const engine = await deployed(
      message('paid'),
      process(
        'order',
        start,
        `<parallelGateway id="fork"/><userTask id="work"/><receiveTask id="wait" messageRef="paid"/><task id="later" camunda:asyncBefore="true"/>`,
        externalTask('charge'),
        path('start', 'fork', 'work') + path('fork', 'wait') + path('fork', 'charge') + path('fork', 'later'),
      ),
    );
    engine.runJobs = false;
    const order = engine.start('order');
    send(engine, order.id, { kind: 'setSuspended', suspended: true });
    return { engine, order };
  }

  test('shows it in its history and at everything that waits', async () => {
    const { engine } = await suspended();
    expect(onlyRow(engine, 'historicProcessInstance').state).toBe('SUSPENDED');
    for (const table of ['userTask', 'externalTask', 'job'] as const)
      expect(onlyRow(engine, table).suspended).toBe(true);
  });

  test('refuses work and messages until it is active again', async () => {
    const { engine, order } = await suspended();
    expect(() => order.completeTask('work')).toThrow(/suspended/);
    expect(() => order.completeExternalTask('charge')).toThrow(/suspended/);
    expect(() => order.throwError('charge', 'broke')).toThrow(/suspended/);
    expect(() => engine.message('paid')).toThrow(/suspended/);
    engine.settle(); // its jobs aren't run either
    expect(order.waitingAt()).toEqual(['charge', 'later', 'wait', 'work']);
    order.setVariables({ amount: 5 }); // data can be put right meanwhile
    send(engine, order.id, { kind: 'setSuspended', suspended: false });
    order.completeTask('work');
    order.completeExternalTask('charge');
    engine.message('paid');
    engine.settle();
    expect(order.ended).toBe(true);
    expect(onlyRow(engine, 'historicProcessInstance').state).toBe('COMPLETED');
  });

  test('can be deleted', async () => {
    const { engine, order } = await suspended();
    order.delete();
    expect(leftovers(engine)).toEqual({});
  });
});

test('the business key can be changed while the instance runs', async () => {
  const engine = await deployed(process('order', start, '<userTask id="work"/>', path('start', 'work')));
  const order = engine.start('order', {}, { businessKey: 'A-1' });
  send(engine, order.id, { kind: 'setBusinessKey', businessKey: 'A-2' });
  expect(onlyRow(engine, 'historicProcessInstance').businessKey).toBe('A-2');
  expect(engine.host.instances.get(order.id)?.businessKey).toBe('A-2');
});
