import { describe, expect, test } from 'vitest';
import { history, leftovers, onlyRow, rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  deployed,
  error,
  errorEvent,
  eventSubProcess,
  externalTask,
  mappings,
  message,
  messageEvent,
  path,
  process,
  subProcess,
  timerEvent,
} from '../spec-support/models.js';

const start = '<startEvent id="start"/>';

describe('an embedded sub-process', () => {
  test('is left when the last path inside has ended', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        subProcess(
          'inner',
          '<startEvent id="begin"/><parallelGateway id="fork"/><userTask id="a"/><userTask id="b"/>',
          path('begin', 'fork', 'a') + path('fork', 'b'),
        ),
        '<userTask id="after"/>',
        path('start', 'inner', 'after'),
      ),
    );
    const order = engine.start('order');
    order.completeTask('a');
    expect(order.waitingAt()).toEqual(['b']);
    order.completeTask('b');
    expect(order.waitingAt()).toEqual(['after']);
    expect(order.path()).toEqual(['start', 'inner', 'begin', 'fork', 'a', 'b']);
  });

  test('shows its inputs in the history where it was entered, as Camunda does', async () => {
    const inside = subProcess(
      'inner',
      mappings({ rate: '${3}' }),
      '<startEvent id="begin"/><userTask id="work"/>',
      path('begin', 'work'),
    );
    const engine = await deployed(process('order', '<startEvent id="start"/>', inside, path('start', 'inner')));
    const order = engine.start('order');
    expect(onlyRow(engine, 'variable').activityInstanceId).not.toBe(order.id);
    expect(onlyRow(engine, 'historicVariable').activityInstanceId).toBe(order.id);
  });

  test('has its asynchronous continuations around the whole scope', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        subProcess('inner', '<startEvent id="begin"/><userTask id="a"/>', path('begin', 'a')).replace(
          'id="inner"',
          'id="inner" camunda:asyncBefore="true" camunda:asyncAfter="true"',
        ),
        '<userTask id="after"/>',
        path('start', 'inner', 'after'),
      ),
    );
    engine.runJobs = false;
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['inner']);
    engine.settle();
    order.completeTask('a');
    expect(onlyRow(engine, 'job').configuration).toBe('async-after');
    expect(order.waitingAt()).toEqual(['inner']);
    engine.settle();
    expect(order.waitingAt()).toEqual(['after']);
  });
});

const withdrawal = (interrupting: boolean) =>
  eventSubProcess(
    'withdrawal',
    `<startEvent id="withdrawn" isInterrupting="${interrupting}">${messageEvent('withdraw')}</startEvent>
    <userTask id="archive"/>`,
    path('withdrawn', 'archive'),
  );

describe('an event sub-process', () => {
  const loan = (interrupting: boolean) =>
    process('loan', start, '<userTask id="review"/>', withdrawal(interrupting), path('start', 'review'));

  test('that interrupts cancels everything else in the process, and can happen only once', async () => {
    const engine = await deployed(message('withdraw'), loan(true));
    const instance = engine.start('loan');
    engine.message('withdraw', { variables: { reason: 'too slow' } });
    expect(instance.waitingAt()).toEqual(['archive']);
    expect(rowsOf(engine, 'eventSubscription')).toEqual([]);
    expect(history(engine)).toEqual(['start', 'review (canceled)', 'withdrawal (open)', 'withdrawn', 'archive (open)']);
    instance.completeTask('archive');
    expect(instance.ended).toBe(true);
    expect(onlyRow(engine, 'historicProcessInstance').state).toBe('COMPLETED');
    expect(leftovers(engine)).toEqual({});
  });

  test('that does not interrupt runs beside the rest, as often as its message comes', async () => {
    const engine = await deployed(message('withdraw'), loan(false));
    const instance = engine.start('loan');
    engine.message('withdraw');
    engine.message('withdraw');
    expect(instance.waitingAt()).toEqual(['archive', 'archive', 'review']);
    instance.completeTask('review');
    expect(instance.ended).toBe(false);
    expect(rowsOf(engine, 'eventSubscription')).toHaveLength(1);
  });

  test('is no longer waited for when its scope has ended', async () => {
    const engine = await deployed(message('withdraw'), loan(true));
    const instance = engine.start('loan');
    instance.completeTask('review');
    expect(instance.ended).toBe(true);
    expect(() => engine.message('withdraw')).toThrow(/nobody/);
  });

  test('inside a sub-process cancels only what is in there', async () => {
    const engine = await deployed(
      message('withdraw'),
      process(
        'loan',
        start,
        '<parallelGateway id="fork"/><userTask id="other"/><userTask id="after"/>',
        subProcess(
          'inner',
          '<startEvent id="begin"/><userTask id="review"/>',
          withdrawal(true),
          path('begin', 'review'),
        ),
        path('start', 'fork', 'inner', 'after') + path('fork', 'other'),
      ),
    );
    const instance = engine.start('loan');
    engine.message('withdraw');
    expect(instance.waitingAt()).toEqual(['archive', 'other']);
    instance.completeTask('archive');
    expect(instance.waitingAt()).toEqual(['after', 'other']);
  });

  test('starts by a timer that counts from the begin of its scope, again and again when it repeats', async () => {
    const reminders = eventSubProcess(
      'reminders',
      `<startEvent id="weekly" isInterrupting="false">${timerEvent('timeCycle', 'R2/P7D')}</startEvent><userTask id="remind"/>`,
      path('weekly', 'remind'),
    );
    const engine = await deployed(
      process('loan', start, '<userTask id="review"/>', reminders, path('start', 'review')),
    );
    const instance = engine.start('loan');
    expect(onlyRow(engine, 'job')).toMatchObject({ type: 'timer-start-event-subprocess', elementId: 'weekly' });
    engine.advance('P7D');
    expect(instance.waitingAt()).toEqual(['remind', 'review']);
    engine.advance('P30D');
    expect(instance.waitingAt()).toEqual(['remind', 'remind', 'review']);
  });

  test('catches an error from anywhere in its scope', async () => {
    const recovery = eventSubProcess(
      'recovery',
      `<startEvent id="failed"><errorEventDefinition errorRef="broke" camunda:errorCodeVariable="code"/></startEvent>
      <userTask id="repair"/>`,
      path('failed', 'repair'),
    );
    const engine = await deployed(
      error('broke'),
      process(
        'loan',
        start,
        subProcess('inner', '<startEvent id="begin"/>', externalTask('charge'), path('begin', 'charge')),
        recovery,
        path('start', 'inner'),
      ),
    );
    const instance = engine.start('loan');
    instance.throwError('charge', 'broke');
    expect(instance.waitingAt()).toEqual(['repair']);
    expect(instance.variables()).toEqual({ code: 'broke' });
  });

  test('does not catch an error that it throws itself; the next scope outwards does', async () => {
    const catchAll = (id: string, content: string, ...ids: string[]) =>
      eventSubProcess(
        id,
        `<startEvent id="${id}-start">${errorEvent()}</startEvent>`,
        content,
        path(`${id}-start`, ...ids),
      );
    const engine = await deployed(
      process(
        'loan',
        start,
        subProcess(
          'inner',
          '<startEvent id="begin"/>',
          externalTask('charge'),
          catchAll('first', externalTask('repair'), 'repair'),
          path('begin', 'charge'),
        ),
        catchAll('second', '<userTask id="call-support"/>', 'call-support'),
        path('start', 'inner'),
      ),
    );
    const instance = engine.start('loan');
    instance.throwError('charge', 'broke');
    expect(instance.waitingAt()).toEqual(['repair']);
    instance.throwError('repair', 'broke-too');
    expect(instance.waitingAt()).toEqual(['call-support']);
  });

  test('that is asyncBefore has interrupted its scope before its own job runs', async () => {
    const model = loan(true).replace('id="withdrawal"', 'id="withdrawal" camunda:asyncBefore="true"');
    const engine = await deployed(message('withdraw'), model);
    engine.runJobs = false;
    const instance = engine.start('loan');
    engine.message('withdraw');
    expect(instance.waitingAt()).toEqual(['withdrawal']);
    engine.settle();
    expect(instance.waitingAt()).toEqual(['archive']);
    expect(instance.path()).toEqual(['start', 'withdrawn']);
  });

  test('keeps the boundary events of its own activities to itself', async () => {
    const withdrawalWithDeadline = eventSubProcess(
      'withdrawal',
      `<startEvent id="withdrawn">${messageEvent('withdraw')}</startEvent>`,
      externalTask('archive'),
      boundaryEvent('deadline', 'archive', timerEvent('timeDuration', 'PT1H')),
      boundaryEvent('failed', 'archive', errorEvent()),
      path('withdrawn', 'archive'),
    );
    const engine = await deployed(
      message('withdraw'),
      process('loan', start, externalTask('review'), withdrawalWithDeadline, path('start', 'review')),
    );
    const instance = engine.start('loan');
    expect(rowsOf(engine, 'job')).toEqual([]);
    instance.throwError('review', 'broke');
    expect(instance.ended).toBe(true);
    expect(history(engine)).toEqual(['start', 'review']);
  });
});
