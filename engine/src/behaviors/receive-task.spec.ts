import { describe, expect, test } from 'vitest';
import { leftovers, onlyRow, send } from '../spec-support/instances.js';
import { boundaryEvent, deployed, path, process, subProcess, timerEvent } from '../spec-support/models.js';

const waiting = '<receiveTask id="documents" messageRef="message"/>';
const documents = '<message id="message" name="documents for ${customer}"/>';

describe('a receive task', () => {
  test('waits for its message, whose name can be computed', async () => {
    const engine = await deployed(
      documents,
      process('loan', '<startEvent id="start"/>', waiting, path('start', 'documents')),
    );
    const loan = engine.start('loan', { customer: 'Ada' });
    expect(onlyRow(engine, 'eventSubscription')).toMatchObject({
      eventName: 'documents for Ada',
      elementId: 'documents',
    });
    expect(() => engine.message('documents for Bob')).toThrow(/nobody/);
    engine.message('documents for Ada', { variables: { pages: 3 } });
    expect(loan.ended).toBe(true);
    expect(loan.variables()).toEqual({ customer: 'Ada', pages: 3 });
    expect(leftovers(engine)).toEqual({});
  });

  test('inside a sub-process stops waiting when the time is over', async () => {
    const engine = await deployed(
      documents,
      process(
        'loan',
        '<startEvent id="start"/>',
        subProcess('inner', '<startEvent id="begin"/>', waiting, path('begin', 'documents')),
        boundaryEvent('late', 'inner', timerEvent('timeDuration', 'P30D')),
        path('start', 'inner'),
      ),
    );
    const loan = engine.start('loan', { customer: 'Ada' });
    engine.advance('P30D');
    expect(loan.ended).toBe(true);
    expect(() => engine.message('documents for Ada')).toThrow(/nobody/);
  });

  test('without a message waits to be signalled by its id', async () => {
    const engine = await deployed(
      process('loan', '<startEvent id="start"/><receiveTask id="documents"/>', path('start', 'documents')),
    );
    const loan = engine.start('loan');
    const node = [...engine.host.instances.get(loan.id)!.nodes.values()].find(
      ({ elementId }) => elementId === 'documents',
    );
    const signal = (activityInstanceId: string) =>
      send(engine, loan.id, {
        kind: 'signalExecution',
        activityInstanceId,
        variables: { pages: { type: 'Integer', value: 3 } },
      });
    expect(() => signal(loan.id)).toThrow(/can't be signalled/);
    signal(node!.id);
    expect(loan.ended).toBe(true);
    expect(loan.variables()).toEqual({ pages: 3 });
  });

  test('waits after its asynchronous continuation, not before', async () => {
    const async = waiting.replace('id="documents"', 'id="documents" camunda:asyncBefore="true"');
    const engine = await deployed(
      documents,
      process('loan', '<startEvent id="start"/>', async, path('start', 'documents')),
    );
    engine.runJobs = false;
    engine.start('loan', { customer: 'Ada' });
    expect(() => engine.message('documents for Ada')).toThrow(/nobody/);
    engine.settle();
    engine.message('documents for Ada');
    expect(engine.host.instances.size).toBe(0);
  });
});
