import { describe, expect, test } from 'vitest';
import { history, leftovers, onlyRow, rowsOf, runJobAt } from '../spec-support/instances.js';
import {
  boundaryEvent,
  deployed,
  error,
  errorEvent,
  externalTask,
  flow,
  message,
  messageEvent,
  path,
  process,
  subProcess,
  timerEvent,
} from '../spec-support/models.js';

const start = '<startEvent id="start"/>';
const work = '<userTask id="work"/>';
const done = '<userTask id="done"/>';
const escalate = '<userTask id="escalate"/>';

function withBoundary(definition: string, interrupting = true) {
  return process(
    'order',
    start + work + done + escalate,
    boundaryEvent('event', 'work', definition, interrupting),
    path('start', 'work', 'done') + path('event', 'escalate'),
  );
}

describe('a boundary timer', () => {
  test('tells the end listeners of an activity whether it was cancelled', async () => {
    const listener =
      '<extensionElements><camunda:executionListener event="end" expression="${execution.setVariable(\'canceled\', execution.isCanceled())}"/></extensionElements>';
    const engine = await deployed(
      process(
        'main',
        `<startEvent id="start"/><userTask id="work">${listener}</userTask><userTask id="after"/><userTask id="late"/>`,
        boundaryEvent('overtaken', 'work', timerEvent('timeDuration', 'PT1H')),
        path('start', 'work', 'after') + flow('overtaken', 'late'),
      ),
    );
    const done = engine.start('main');
    done.completeTask('work');
    expect(done.variables()).toEqual({ canceled: false });
    const overtaken = engine.start('main');
    engine.advance('PT1H');
    expect(overtaken.variables()).toEqual({ canceled: true });
  });

  test('cancels the activity when it interrupts', async () => {
    const engine = await deployed(withBoundary(timerEvent('timeDuration', 'PT1H')));
    const order = engine.start('order');
    engine.advance('PT59M');
    expect(order.waitingAt()).toEqual(['work']);
    engine.advance('PT1M');
    expect(order.waitingAt()).toEqual(['escalate']);
    expect(history(engine)).toEqual(['start', 'work (canceled)', 'event', 'escalate (open)']);
  });

  test('is gone when the activity is done in time', async () => {
    const engine = await deployed(withBoundary(timerEvent('timeDuration', 'PT1H')));
    const order = engine.start('order');
    order.completeTask('work');
    expect(rowsOf(engine, 'job')).toEqual([]);
    engine.advance('PT2H');
    expect(order.waitingAt()).toEqual(['done']);
  });

  test('adds a path beside the activity when it does not interrupt, once for a duration', async () => {
    const engine = await deployed(withBoundary(timerEvent('timeDuration', 'PT1H'), false));
    const order = engine.start('order');
    engine.advance('PT5H');
    expect(order.waitingAt()).toEqual(['escalate', 'work']);
  });

  test('repeats as often as its cycle says, without drifting', async () => {
    const engine = await deployed(withBoundary(timerEvent('timeCycle', 'R3/PT10M'), false));
    const order = engine.start('order');
    engine.advance('PT10M');
    expect(onlyRow(engine, 'job').dueDate).toEqual(new Date('2026-01-05T08:20:00Z'));
    engine.advance('P1D');
    expect(order.waitingAt()).toEqual(['escalate', 'escalate', 'escalate', 'work']);
    expect(rowsOf(engine, 'job')).toEqual([]);
  });

  test('makes up for nothing that it missed while nobody ran jobs', async () => {
    const engine = await deployed(withBoundary(timerEvent('timeCycle', 'R/PT10M'), false));
    const order = engine.start('order');
    engine.host.now = new Date('2026-01-05T08:45:00Z');
    runJobAt(engine, 'event');
    expect(order.waitingAt()).toEqual(['escalate', 'work']);
    expect(onlyRow(engine, 'job').dueDate).toEqual(new Date('2026-01-05T08:50:00Z'));
  });

  test('that is run by hand before it is due stays due, as in Camunda', async () => {
    const cycle = boundaryEvent('reminder', 'work', timerEvent('timeCycle', 'R2/P1D'), false);
    const engine = await deployed(
      process(
        'order',
        '<startEvent id="start"/><userTask id="work"/>',
        cycle,
        '<task id="mail"/>',
        path('start', 'work') + path('reminder', 'mail'),
      ),
    );
    engine.start('order');
    const due = onlyRow(engine, 'job').dueDate;
    runJobAt(engine, 'reminder');
    expect(onlyRow(engine, 'job').dueDate).toEqual(due);
  });

  test('stops repeating when the activity has ended', async () => {
    const engine = await deployed(withBoundary(timerEvent('timeCycle', 'R/PT10M'), false));
    const order = engine.start('order');
    engine.advance('PT10M');
    order.completeTask('work');
    engine.advance('P1D');
    expect(order.waitingAt()).toEqual(['done', 'escalate']);
  });

  test('takes its date from a variable', async () => {
    const engine = await deployed(withBoundary(timerEvent('timeDate', '${deadline}')));
    const order = engine.start('order', { deadline: '2026-03-01T00:00:00Z' });
    expect(onlyRow(engine, 'job')).toMatchObject({
      dueDate: new Date('2026-03-01T00:00:00Z'),
      configuration: 'DATE: ${deadline}',
      type: 'timer-transition',
    });
    engine.advance('P60D');
    expect(order.waitingAt()).toEqual(['escalate']);
  });

  test('fails the command that enters the activity when its date cannot be read', async () => {
    const engine = await deployed(withBoundary(timerEvent('timeDate', '${deadline}')));
    expect(() => engine.start('order', { deadline: 'soon' })).toThrow(/'soon'/);
  });
});

describe('a boundary message', () => {
  test('brings its variables along and cancels the activity', async () => {
    const engine = await deployed(message('cancel'), withBoundary(messageEvent('cancel')));
    const order = engine.start('order');
    engine.message('cancel', { variables: { reason: 'changed my mind' } });
    expect(order.waitingAt()).toEqual(['escalate']);
    expect(order.variables()).toEqual({ reason: 'changed my mind' });
    expect(() => engine.message('cancel')).toThrow(/nobody/);
  });

  test('can come again and again when it does not interrupt', async () => {
    const engine = await deployed(message('ask'), withBoundary(messageEvent('ask'), false));
    const order = engine.start('order');
    engine.message('ask');
    engine.message('ask');
    expect(order.waitingAt()).toEqual(['escalate', 'escalate', 'work']);
  });

  test('at a sub-process cancels everything inside, innermost first', async () => {
    const engine = await deployed(
      message('cancel'),
      process(
        'order',
        start + done,
        subProcess(
          'outer',
          subProcess('inner', work, '<startEvent id="b"/>', path('b', 'work')),
          '<startEvent id="a"/>',
          path('a', 'inner'),
        ),
        boundaryEvent('event', 'outer', messageEvent('cancel')),
        path('start', 'outer') + path('event', 'done'),
      ),
    );
    const order = engine.start('order');
    engine.message('cancel');
    expect(order.waitingAt()).toEqual(['done']);
    expect(history(engine)).toEqual(
      expect.arrayContaining(['work (canceled)', 'inner (canceled)', 'outer (canceled)']),
    );
  });

  test('waits only once the activity begins when that is asyncBefore', async () => {
    const model = withBoundary(messageEvent('cancel')).replace('id="work"', 'id="work" camunda:asyncBefore="true"');
    const engine = await deployed(message('cancel'), model);
    engine.runJobs = false;
    const order = engine.start('order');
    expect(rowsOf(engine, 'eventSubscription')).toEqual([]);
    engine.settle();
    engine.message('cancel');
    expect(order.waitingAt()).toEqual(['escalate']);
  });

  test('that is asyncBefore has cancelled the activity before its own job runs', async () => {
    const model = withBoundary(messageEvent('cancel')).replace('id="event"', 'id="event" camunda:asyncBefore="true"');
    const engine = await deployed(message('cancel'), model);
    engine.runJobs = false;
    const order = engine.start('order');
    engine.message('cancel');
    expect(order.waitingAt()).toEqual(['event']);
    expect(rowsOf(engine, 'userTask')).toEqual([]);
    engine.settle();
    expect(order.waitingAt()).toEqual(['escalate']);
  });
});

describe('a boundary error', () => {
  const charge = (definition: string) =>
    process(
      'order',
      start + done + escalate + externalTask('work', 'charge'),
      boundaryEvent('event', 'work', definition),
      path('start', 'work', 'done') + path('event', 'escalate'),
    );

  test('catches the error that a worker reports, with its variables, code and message', async () => {
    const definition =
      '<errorEventDefinition errorRef="broke" camunda:errorCodeVariable="code" camunda:errorMessageVariable="text"/>';
    const engine = await deployed(error('broke'), charge(definition));
    const order = engine.start('order');
    const task = onlyRow(engine, 'externalTask');
    engine.host.run(order.id, {
      kind: 'throwExternalTaskError',
      externalTaskId: task.id,
      errorCode: 'broke',
      errorMessage: 'no money',
      variables: { balance: { type: 'Integer', value: -5 } },
    });
    expect(order.waitingAt()).toEqual(['escalate']);
    expect(order.variables()).toEqual({ balance: -5, code: 'broke', text: 'no money' });
  });

  test('without a code catches every error', async () => {
    const engine = await deployed(charge(errorEvent()));
    const order = engine.start('order');
    order.throwError('charge', 'anything');
    expect(order.waitingAt()).toEqual(['escalate']);
  });

  test('for this very code goes before one for all, whatever their order', async () => {
    const engine = await deployed(
      error('broke'),
      process(
        'order',
        start + done + escalate + externalTask('work', 'charge'),
        boundaryEvent('any', 'work', errorEvent()) + boundaryEvent('event', 'work', errorEvent('broke')),
        path('start', 'work') + path('event', 'escalate') + path('any', 'done'),
      ),
    );
    const order = engine.start('order');
    order.throwError('charge', 'broke');
    expect(order.waitingAt()).toEqual(['escalate']);
  });

  test('lets an error of another code end the path, when nobody else catches it', async () => {
    const engine = await deployed(error('broke'), charge(errorEvent('broke')));
    const order = engine.start('order');
    order.throwError('charge', 'other');
    expect(order.ended).toBe(true);
    expect(onlyRow(engine, 'historicProcessInstance').state).toBe('COMPLETED');
    expect(leftovers(engine)).toEqual({});
  });
});
