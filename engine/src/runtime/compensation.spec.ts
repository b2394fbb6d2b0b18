import { describe, expect, test } from 'vitest';
import { history, leftovers, onlyRow, rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  deployed,
  error,
  errorEvent,
  eventSubProcess,
  externalTask,
  flow,
  message,
  messageEvent,
  path,
  process,
  refusals,
  subProcess,
  undoing,
  undoneBy,
} from '../spec-support/models.js';
import type { ProcessTest, TestInstance } from '../testing/index.js';
import { restoreState, storeState } from './stored-state.js';

const start = '<startEvent id="start"/>';
const bookings = `<task id="flight"/>${undoneBy('flight', 'undoFlight')}<task id="hotel"/>${undoneBy('hotel', 'undoHotel')}`;
const trip = process(
  'trip',
  start,
  bookings,
  undoing('undo'),
  '<userTask id="after"/>',
  path('start', 'flight', 'hotel', 'undo', 'after'),
);

/** Open tasks in the order in which they came into being. */
const openTasks = (engine: ProcessTest) => rowsOf(engine, 'userTask').map(({ elementId }) => elementId);

describe('a compensation event', () => {
  test('undoes what was done, the latest first, and waits for it', async () => {
    const engine = await deployed(trip);
    const instance = engine.start('trip');
    expect(openTasks(engine)).toEqual(['undoHotel', 'undoFlight']);
    expect(instance.waitingAt()).toEqual(['undo', 'undoFlight', 'undoHotel']);
    instance.completeTask('undoHotel');
    expect(instance.waitingAt()).toEqual(['undo', 'undoFlight']);
    instance.completeTask('undoFlight');
    expect(instance.waitingAt()).toEqual(['after']);
    instance.completeTask('after');
    expect(instance.ended).toBe(true);
    expect(leftovers(engine)).toEqual({});
  });

  test('runs handlers that wait for nothing in reverse order', async () => {
    const done = `<task id="a"/>${undoneBy('a', 'undoA', 'task')}<task id="b"/>${undoneBy('b', 'undoB', 'task')}`;
    const engine = await deployed(process('p', start, done, undoing('undo'), path('start', 'a', 'b', 'undo')));
    expect(engine.start('p').path()).toEqual(['start', 'a', 'b', 'undo', 'undoB', 'undoA']);
  });

  test('undoes only the activity that it names', async () => {
    const engine = await deployed(
      process(
        'trip',
        start,
        bookings,
        undoing('undo', 'flight'),
        '<userTask id="after"/>',
        path('start', 'flight', 'hotel', 'undo', 'after'),
      ),
    );
    const instance = engine.start('trip');
    expect(openTasks(engine)).toEqual(['undoFlight']);
    instance.completeTask('undoFlight');
    expect(instance.waitingAt()).toEqual(['after']);
    expect(rowsOf(engine, 'eventSubscription').map(({ eventType, elementId }) => [eventType, elementId])).toEqual([
      ['compensate', 'undoHotel'],
    ]);
  });

  test('undoes nothing that was not completed, and nothing twice', async () => {
    const done = `<userTask id="a"/>${undoneBy('a', 'undoA')}`;
    const engine = await deployed(
      process(
        'p',
        start,
        `<parallelGateway id="fork"/><userTask id="go"/>${done}${undoing('undo')}<userTask id="again"/>${undoing('twice')}`,
        path('start', 'fork', 'a') + path('fork', 'go', 'undo', 'again', 'twice'),
      ),
    );
    const instance = engine.start('p');
    instance.completeTask('go');
    expect(instance.waitingAt()).toEqual(['a', 'again']);
    instance.completeTask('a');
    instance.completeTask('again');
    expect(openTasks(engine)).toEqual(['undoA']);
    instance.completeTask('undoA');
    expect(instance.ended).toBe(true);
  });

  test('undoes each turn of a loop in the model', async () => {
    const engine = await deployed(
      process(
        'p',
        start,
        `<scriptTask id="a" scriptFormat="javascript" camunda:resultVariable="n"><script>n + 1</script></scriptTask>
        ${undoneBy('a', 'undoA')}<exclusiveGateway id="more" default="more-undo"/>${undoing('undo')}`,
        path('start', 'a', 'more', 'undo') + flow('more', 'a', '${n < 3}'),
      ),
    );
    engine.start('p', { n: 0 });
    expect(openTasks(engine)).toEqual(['undoA', 'undoA', 'undoA']);
  });

  test('at the end of a path ends it when all is undone', async () => {
    const end = '<endEvent id="undo"><compensateEventDefinition/></endEvent>';
    const engine = await deployed(process('trip', start, bookings, end, path('start', 'flight', 'hotel', 'undo')));
    const instance = engine.start('trip');
    instance.completeTask('undoHotel');
    instance.completeTask('undoFlight');
    expect(instance.ended).toBe(true);
    expect(onlyRow(engine, 'historicProcessInstance')).toMatchObject({ state: 'COMPLETED', endActivityId: 'undo' });
  });

  test('waits for asynchronous continuations of a handler', async () => {
    const handler = undoneBy('a', 'undoA', 'task').replace(
      'isFor',
      'camunda:asyncBefore="true" camunda:asyncAfter="true" isFor',
    );
    const engine = await deployed(
      process(
        'p',
        start,
        '<task id="a"/>',
        handler,
        undoing('undo'),
        '<userTask id="after"/>',
        path('start', 'a', 'undo', 'after'),
      ),
    );
    engine.runJobs = false;
    const instance = engine.start('p');
    for (const configuration of ['async-before', 'async-after']) {
      expect(instance.waitingAt()).toEqual(['undo', 'undoA']);
      expect(onlyRow(engine, 'job').configuration).toBe(configuration);
      engine.host.run(instance.id, { kind: 'executeJob', jobId: onlyRow(engine, 'job').id });
    }
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('goes on when a handler has given up', async () => {
    const engine = await deployed(
      error('gone'),
      process(
        'p',
        start,
        '<task id="a"/>',
        `${boundaryEvent('aUndone', 'a', '<compensateEventDefinition/>')}
        <serviceTask id="undoA" isForCompensation="true" camunda:type="external" camunda:topic="undo"/>
        <association id="as" associationDirection="One" sourceRef="aUndone" targetRef="undoA"/>`,
        undoing('undo'),
        '<userTask id="after"/>',
        path('start', 'a', 'undo', 'after'),
      ),
    );
    const instance = engine.start('p');
    instance.throwError('undo', 'gone');
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('goes away with its handlers when the instance is deleted', async () => {
    const engine = await deployed(trip);
    engine.start('trip').delete();
    expect(leftovers(engine)).toEqual({});
  });
});

describe('a sub-process that was completed', () => {
  const inner = (content: string, ...ids: string[]) =>
    subProcess('sub', '<startEvent id="begin"/>', content, path('begin', ...ids));
  const around = (...content: string[]) =>
    process('p', start, ...content, undoing('undo'), '<userTask id="after"/>', path('start', 'sub', 'undo', 'after'));

  test('comes back with its variables, so that what was done inside is undone', async () => {
    const sub = inner(`<task id="b"/>${undoneBy('b', 'undoB')}`, 'b').replace(
      '<startEvent id="begin"/>',
      '<extensionElements><camunda:inputOutput><camunda:inputParameter name="seat">12A</camunda:inputParameter></camunda:inputOutput></extensionElements><startEvent id="begin"/>',
    );
    const engine = await deployed(around(sub.replace('isForCompensation', 'name="${seat}" isForCompensation')));
    const instance = engine.start('p');
    expect(rowsOf(engine, 'userTask').map(({ name }) => name)).toEqual(['12A']);
    expect(instance.waitingAt()).toEqual(['undo', 'undoB']);
    instance.completeTask('undoB');
    expect(instance.waitingAt()).toEqual(['after']);
    expect(history(engine).filter((line) => line.startsWith('sub'))).toEqual(['sub']);
    instance.completeTask('after');
    expect(leftovers(engine)).toEqual({});
  });

  test('is undone from inside and by its own handler', async () => {
    const engine = await deployed(
      around(inner(`<task id="a"/>${undoneBy('a', 'undoA')}`, 'a'), undoneBy('sub', 'undoSub')),
    );
    const instance = engine.start('p');
    expect(instance.waitingAt()).toEqual(['undo', 'undoA', 'undoSub']);
    instance.completeTask('undoSub');
    instance.completeTask('undoA');
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('undoes by its event sub-process instead, which undoes the rest as it likes', async () => {
    const undoSub = eventSubProcess(
      'undoSub',
      '<startEvent id="undone"><compensateEventDefinition/></startEvent><userTask id="first"/>',
      undoing('inside', 'a'),
      path('undone', 'first', 'inside'),
    );
    const done = `<task id="a"/>${undoneBy('a', 'undoA')}<task id="b"/>${undoneBy('b', 'undoB')}`;
    const engine = await deployed(around(inner(done + undoSub, 'a', 'b')));
    const instance = engine.start('p');
    expect(instance.waitingAt()).toEqual(['first', 'undo']);
    instance.completeTask('first');
    expect(instance.waitingAt()).toEqual(['inside', 'undo', 'undoA']);
    instance.completeTask('undoA');
    expect(instance.waitingAt()).toEqual(['after']);
    instance.completeTask('after');
    expect(leftovers(engine)).toEqual({});
  });

  test('undoes what was done in scopes inside it as well', async () => {
    const deep = subProcess('deep', '<startEvent id="down"/><task id="a"/>', undoneBy('a', 'undoA'), path('down', 'a'));
    const engine = await deployed(around(inner(deep, 'deep')));
    const instance = engine.start('p');
    expect(instance.waitingAt()).toEqual(['undo', 'undoA']);
    instance.completeTask('undoA');
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('can be undone by a sub-process', async () => {
    const content = '<startEvent id="u1"/><userTask id="u2"/><sequenceFlow id="u3" sourceRef="u1" targetRef="u2"/>';
    const engine = await deployed(
      process(
        'p',
        start,
        '<task id="sub"/>',
        undoneBy('sub', 'undoSub', 'subProcess', content),
        undoing('undo'),
        path('start', 'sub', 'undo'),
      ),
    );
    const instance = engine.start('p');
    expect(instance.waitingAt()).toEqual(['u2', 'undo']);
    instance.completeTask('u2');
    expect(instance.ended).toBe(true);
    expect(instance.path()).toContain('undoSub');
  });

  test('is undone in the same way after it was stored and loaded', async () => {
    const sub = inner(`<task id="a"/>${undoneBy('a', 'undoA')}`, 'a');
    const engine = await deployed(
      process(
        'p',
        start,
        sub,
        '<userTask id="wait"/>',
        undoing('undo'),
        '<userTask id="after"/>',
        path('start', 'sub', 'wait', 'undo', 'after'),
      ),
    );
    const instance = engine.start('p', { kept: 1 });
    const reload = ({ id }: TestInstance) => {
      const stored = JSON.parse(JSON.stringify(storeState(engine.host.instances.get(id)!)));
      const rows = rowsOf(engine, 'variable').filter(({ processInstanceId }) => processInstanceId === id);
      engine.host.instances.set(id, restoreState(stored, rows));
    };
    reload(instance);
    instance.completeTask('wait');
    reload(instance);
    instance.completeTask('undoA');
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('that was cancelled is not undone', async () => {
    const engine = await deployed(
      message('stop'),
      process(
        'p',
        start,
        inner(`<task id="a"/>${undoneBy('a', 'undoA')}<userTask id="b"/>`, 'a', 'b'),
        boundaryEvent('stopped', 'sub', messageEvent('stop')),
        undoing('undo'),
        '<userTask id="after"/>',
        path('start', 'sub') + path('stopped', 'undo', 'after'),
      ),
    );
    const instance = engine.start('p');
    engine.message('stop');
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('undoes what the scope around it has done from an event sub-process', async () => {
    const failed = eventSubProcess(
      'failed',
      `<startEvent id="caught">${errorEvent('full')}</startEvent>`,
      undoing('undoAll'),
      path('caught', 'undoAll'),
    );
    const engine = await deployed(
      error('full'),
      process(
        'p',
        start,
        `<task id="a"/>${undoneBy('a', 'undoA')}`,
        externalTask('b', 'b'),
        failed,
        path('start', 'a', 'b'),
      ),
    );
    const instance = engine.start('p');
    instance.throwError('b', 'full');
    expect(instance.waitingAt()).toEqual(['undoA', 'undoAll']);
    instance.completeTask('undoA');
    expect(instance.ended).toBe(true);
  });
});

describe('a multi-instance activity', () => {
  const marker = (sequential: boolean) =>
    `<multiInstanceLoopCharacteristics isSequential="${sequential}"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>`;

  test.each([true, false])('is undone as often as it was done (sequential: %s)', async (sequential) => {
    const engine = await deployed(
      process(
        'p',
        start,
        `<task id="a">${marker(sequential)}</task>`,
        undoneBy('a', 'undoA'),
        undoing('undo', 'a'),
        '<userTask id="after"/>',
        path('start', 'a', 'undo', 'after'),
      ),
    );
    const instance = engine.start('p');
    expect(openTasks(engine)).toEqual(['undoA', 'undoA', 'undoA']);
    for (const { id } of rowsOf(engine, 'userTask')) engine.host.run(instance.id, { kind: 'completeTask', taskId: id });
    expect(instance.waitingAt()).toEqual(['after']);
    instance.completeTask('after');
    expect(leftovers(engine)).toEqual({});
  });

  test.each([true, false])('that is a sub-process is undone inside each (sequential: %s)', async (sequential) => {
    const sub = subProcess(
      'sub',
      '<startEvent id="begin"/><task id="a"/>',
      undoneBy('a', 'undoA'),
      path('begin', 'a'),
      marker(sequential),
    );
    const engine = await deployed(process('p', start, sub, undoing('undo'), path('start', 'sub', 'undo')));
    const instance = engine.start('p');
    expect(openTasks(engine)).toEqual(['undoA', 'undoA', 'undoA']);
    for (let i = 0; i < 3; i++) instance.completeTask('undoA');
    expect(instance.ended).toBe(true);
    expect(leftovers(engine)).toEqual({});
  });
});

describe('a deployment is refused for', () => {
  test.each([
    ['a handler that a flow leads to', `<task id="a" isForCompensation="true"/>${path('start', 'a')}`, /no incoming/],
    [
      'a handler that a flow leaves',
      `<task id="a"/>${undoneBy('a', 'b', 'task')}<task id="c"/>${path('start', 'a') + path('b', 'c')}`,
      /no outgoing/,
    ],
    [
      'a boundary event without a handler',
      `<task id="a"/>${boundaryEvent('e', 'a', '<compensateEventDefinition/>')}${path('start', 'a')}`,
      /an association/,
    ],
    [
      'an event that undoes an activity of another scope',
      subProcess('sub', '<startEvent id="s"/><task id="a"/>', path('s', 'a')) +
        undoing('undo', 'a') +
        path('start', 'sub', 'undo'),
      /scope 'p'/,
    ],
    [
      'a process that would be undone as a whole',
      eventSubProcess('e', '<startEvent id="s"><compensateEventDefinition/></startEvent>'),
      /inside a sub-process/,
    ],
    [
      'a sub-process with two ways to undo it',
      subProcess(
        'sub',
        '<startEvent id="s"/>',
        eventSubProcess('e', '<startEvent id="t"><compensateEventDefinition/></startEvent>'),
      ) +
        undoneBy('sub', 'undoSub') +
        path('start', 'sub'),
      /has both/,
    ],
  ])('%s', async (_, content, reason) => {
    const problems = await refusals(definitions(process('p', start, content)));
    expect(problems.map(({ message: text }) => text)).toEqual([expect.stringMatching(reason)]);
  });
});
