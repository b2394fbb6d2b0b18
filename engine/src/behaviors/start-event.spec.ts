import { describe, expect, test } from 'vitest';
import { onlyRow, rowsOf } from '../spec-support/instances.js';
import { deployed, message, messageEvent, path, process, timerEvent } from '../spec-support/models.js';

describe('a start event', () => {
  test('remembers who started the process', async () => {
    const engine = await deployed(
      process('order', '<startEvent id="start" camunda:initiator="by"/><userTask id="work"/>', path('start', 'work')),
    );
    const order = engine.start('order', {}, { userId: 'anna' });
    expect(order.variables()).toEqual({ by: 'anna' });
    expect(onlyRow(engine, 'historicProcessInstance')).toMatchObject({ startUserId: 'anna', startActivityId: 'start' });
  });

  test('by message starts the process with what the message brings', async () => {
    const engine = await deployed(
      message('new-order'),
      process(
        'order',
        `<startEvent id="byHand"/><startEvent id="byMessage">${messageEvent('new-order')}</startEvent>
        <userTask id="work"/><userTask id="type-in"/>`,
        path('byMessage', 'work') + path('byHand', 'type-in'),
      ),
    );
    const order = engine.message('new-order', { variables: { amount: 5 }, businessKey: 'A-1' });
    expect(order.waitingAt()).toEqual(['work']);
    expect(order.variables()).toEqual({ amount: 5 });
    expect(onlyRow(engine, 'historicProcessInstance')).toMatchObject({
      businessKey: 'A-1',
      startActivityId: 'byMessage',
    });
    expect(engine.start('order').waitingAt()).toEqual(['type-in']);
  });

  test('by timer is described, so that a host can arm it, and starts the process when told to', async () => {
    const engine = await deployed(
      process(
        'report',
        `<startEvent id="nightly">${timerEvent('timeCycle', '0 0 2 * * ?')}</startEvent><userTask id="work"/>`,
        path('nightly', 'work'),
      ),
    );
    const [model] = engine.host.models.values();
    expect(model?.startTriggers).toMatchObject([{ kind: 'timer', elementId: 'nightly', timer: { kind: 'cycle' } }]);
    expect(model?.jobDefinitions).toEqual([
      { elementId: 'nightly', type: 'timer-start-event', configuration: 'CYCLE: 0 0 2 * * ?' },
    ]);
    engine.host.run('report-1', {
      kind: 'start',
      definitionId: 'report:1',
      businessKey: null,
      tenantId: null,
      startElementId: 'nightly',
    });
    expect(onlyRow(engine, 'userTask').processInstanceId).toBe('report-1');
    expect(engine.start('report').waitingAt()).toEqual(['work']); // by hand, it is the initial one
  });

  test('one of several that wait for events is not where a start without a choice begins', async () => {
    const engine = await deployed(
      message('new-order'),
      message('old-order'),
      process(
        'order',
        `<startEvent id="new">${messageEvent('new-order')}</startEvent><startEvent id="old">${messageEvent('old-order')}</startEvent><userTask id="work"/>`,
        path('new', 'work') + path('old', 'work'),
      ),
    );
    expect(() => engine.start('order')).toThrow(/only be started by its events/);
  });

  test('keeps the initiator that the client names, where nobody is logged in', async () => {
    const engine = await deployed(
      process(
        'order',
        '<startEvent id="start" camunda:initiator="who"/><userTask id="work" camunda:assignee="${who}"/>',
        path('start', 'work'),
      ),
    );
    expect(engine.start('order', { who: 'anna' }).variables()).toEqual({ who: 'anna' });
    expect(engine.start('order').variables()).toEqual({ who: null });
  });

  test('that is not one cannot be started at', async () => {
    const engine = await deployed(
      process('order', '<startEvent id="start"/><userTask id="work"/><task id="loose"/>', path('start', 'work')),
    );
    for (const startElementId of ['work', 'loose', 'nowhere'])
      expect(() =>
        engine.host.run('x', {
          kind: 'start',
          definitionId: 'order:1',
          businessKey: null,
          tenantId: null,
          startElementId,
        }),
      ).toThrow(new RegExp(`start event '${startElementId}'`));
  });

  test('acknowledges the start before the work begins when it is asyncBefore', async () => {
    const engine = await deployed(
      process(
        'order',
        '<startEvent id="start" camunda:asyncBefore="true"/><userTask id="work"/>',
        path('start', 'work'),
      ),
    );
    engine.runJobs = false;
    const order = engine.start('order', { amount: 5 });
    expect(order.waitingAt()).toEqual(['start']);
    expect(rowsOf(engine, 'historicActivityInstance')).toEqual([]);
    engine.settle();
    expect(order.waitingAt()).toEqual(['work']);
  });
});
