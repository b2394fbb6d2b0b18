import { describe, expect, test } from 'vitest';
import { history, leftovers, onlyRow, rowsOf, send } from '../spec-support/instances.js';
import {
  boundaryEvent,
  deployed,
  error,
  errorEvent,
  escapeXml,
  eventSubProcess,
  externalTask,
  message,
  messageEvent,
  path,
  process,
  subProcess,
  timerEvent,
} from '../spec-support/models.js';
import { executionListener } from '../spec-support/worker-listeners.js';
import type { ProcessTest, TestInstance } from '../testing/index.js';
import { restoreState, storeState } from './stored-state.js';

const extensions = (...content: readonly string[]) => `<extensionElements>${content.join('')}</extensionElements>`;
const byClass = (event: string, name: string) => executionListener(event, `class="com.acme.${name}"`);
const byExpression = (event: string, source: string) => executionListener(event, `expression="${escapeXml(source)}"`);
const noting = (event: string, word: string) =>
  byExpression(event, `\${execution.setVariable('log', log.concat('${word} '))}`);
const start = '<startEvent id="start"/>';
const end = '<endEvent id="end"/>';

function topics(engine: ProcessTest): string[] {
  return rowsOf(engine, 'externalTask').map(({ topicName }) => topicName);
}

function loaded(engine: ProcessTest, { id }: TestInstance): void {
  const stored = JSON.parse(JSON.stringify(storeState(engine.host.instances.get(id)!)));
  const variables = rowsOf(engine, 'variable').filter((row) => row.processInstanceId === id);
  engine.host.instances.set(id, restoreState(stored, variables));
}

describe('a listener that is Java code stops the activity until a worker has done it', () => {
  test('at its start, with what the worker needs to know', async () => {
    const fields = '<camunda:field name="to"><camunda:expression>${who}</camunda:expression></camunda:field>';
    const listener = executionListener('start', 'class="com.acme.Audit"', fields);
    const engine = await deployed(
      process('order', start, `<userTask id="pack">${extensions(listener)}</userTask>`, path('start', 'pack')),
    );
    const order = engine.start('order', { who: 'ann' });
    expect(order.waitingAt()).toEqual(['pack']);
    expect(rowsOf(engine, 'userTask')).toEqual([]);
    expect(onlyRow(engine, 'externalTask')).toMatchObject({
      topicName: 'Audit',
      elementId: 'pack',
      extensionProperties: { to: 'ann', listenerEvent: 'start' },
    });
    loaded(engine, order);
    order.completeExternalTask('Audit', { audited: true });
    expect(order.variables()).toMatchObject({ audited: true });
    order.completeTask('pack');
    expect(order.ended).toBe(true);
    expect(leftovers(engine)).toEqual({});
  });

  test('at its end: what it waited for is gone, and the flows were chosen before', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        `<userTask id="pack" default="pack-end">${extensions(byClass('end', 'Bill'))}</userTask>${end}<userTask id="gift"/>`,
        path('start', 'pack', 'end'),
        `<sequenceFlow id="g" sourceRef="pack" targetRef="gift"><conditionExpression xsi:type="tFormalExpression">\${gift}</conditionExpression></sequenceFlow>`,
      ),
    );
    const order = engine.start('order', { gift: true });
    order.completeTask('pack');
    expect(rowsOf(engine, 'userTask')).toEqual([]);
    expect(rowsOf(engine, 'historicTask')).toMatchObject([{ deleteReason: 'completed' }]);
    expect(history(engine)).toEqual(['start', 'pack (open)']);
    loaded(engine, order);
    order.completeExternalTask('Bill', { gift: false });
    expect(order.waitingAt()).toEqual(['gift']);
    expect(history(engine)).toEqual(['start', 'pack', 'gift (open)']);
  });

  test('after its own work by a worker', async () => {
    const engine = await deployed(
      process('order', start, externalTask('pack', 'pack', extensions(byClass('end', 'Bill'))), path('start', 'pack')),
    );
    const order = engine.start('order');
    order.completeExternalTask('pack');
    expect(topics(engine)).toEqual(['Bill']);
    order.completeExternalTask('Bill');
    expect(order.ended).toBe(true);
  });

  test('one after the other in the order of the model, between expressions', async () => {
    const listeners = [
      noting('start', 'a'),
      executionListener('start', 'delegateExpression="${auditor}"'),
      noting('start', 'c'),
      byExpression('start', '${ledger.note(execution)}'),
      noting('end', 'f'),
      noting('start', 'e'),
    ];
    const engine = await deployed(
      process('order', start, `<userTask id="pack">${extensions(...listeners)}</userTask>`, path('start', 'pack')),
    );
    const order = engine.start('order', { log: '' });
    const log = () => order.variables().log;
    expect([topics(engine), log()]).toEqual([['auditor'], 'a ']);
    order.completeExternalTask('auditor', { log: 'a b ' });
    expect([topics(engine), log()]).toEqual([['ledger'], 'a b c ']);
    expect(onlyRow(engine, 'externalTask').extensionProperties).toMatchObject({
      expression: '${ledger.note(execution)}',
    });
    order.completeExternalTask('ledger', { log: 'a b c d ' });
    expect([topics(engine), log()]).toEqual([[], 'a b c d e ']);
    order.completeTask('pack');
    expect(order.variables().log).toBe('a b c d e f ');
  });

  test('unless a variable holds what the expression calls a method of', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        `<userTask id="pack">${extensions(byExpression('start', '${name.trim()}'))}</userTask>`,
        path('start', 'pack'),
      ),
    );
    engine.start('order', { name: ' ann ' });
    expect(topics(engine)).toEqual([]);
    engine.start('order');
    expect(topics(engine)).toEqual(['name']);
  });

  test('also where it is a script in a language that is not run here', async () => {
    const script = '<camunda:script scriptFormat="Groovy">println 1</camunda:script>';
    const listener = `<camunda:executionListener event="start">${script}</camunda:executionListener>`;
    const engine = await deployed(
      process('order', start, `<task id="pack">${extensions(listener)}</task>`, path('start', 'pack')),
    );
    const order = engine.start('order');
    expect(onlyRow(engine, 'externalTask')).toMatchObject({
      topicName: 'script.groovy',
      extensionProperties: { script: 'println 1', scriptFormat: 'groovy', listenerEvent: 'start' },
    });
    order.completeExternalTask('script.groovy');
    expect(order.ended).toBe(true);
  });

  test('on a flow: the token is between the two activities', async () => {
    const engine = await deployed(
      process(
        'order',
        `${start}<task id="work"/><parallelGateway id="fork"/><userTask id="other"/><inclusiveGateway id="join"/>${end}`,
        path('start', 'fork', 'other', 'join', 'end'),
        path('fork', 'work'),
        `<sequenceFlow id="f" sourceRef="work" targetRef="join">${extensions(byClass('take', 'Track'), noting('take', 'taken'))}</sequenceFlow>`,
      ),
    );
    const order = engine.start('order', { log: '' });
    expect(order.waitingAt()).toEqual(['other', 'work']);
    expect(history(engine)).toContain('work');
    expect(onlyRow(engine, 'externalTask')).toMatchObject({
      elementId: 'work',
      extensionProperties: { listenerEvent: 'take', listenerTransition: 'f' },
    });
    loaded(engine, order);
    order.completeTask('other');
    expect(order.waitingAt(), 'the join knows that a token is on its way').toEqual(['join', 'work']);
    order.completeExternalTask('Track');
    expect(order.ended).toBe(true);
    expect(order.variables().log).toBe('taken ');
    expect(history(engine).filter((each) => each === 'join')).toHaveLength(2);
  });

  test('of a join: a token that waits at it has not come yet', async () => {
    const engine = await deployed(
      process(
        'order',
        `${start}<inclusiveGateway id="fork"/><inclusiveGateway id="join">${extensions(byClass('start', 'Arrived'))}</inclusiveGateway><userTask id="after"/>`,
        path('start', 'fork', 'join', 'after'),
        '<sequenceFlow id="f" sourceRef="fork" targetRef="join"/>',
      ),
    );
    const order = engine.start('order');
    const completeFirst = () => {
      const [{ id: externalTaskId } = { id: '' }] = rowsOf(engine, 'externalTask');
      send(engine, order.id, { kind: 'completeExternalTask', externalTaskId });
    };
    expect(order.waitingAt()).toEqual(['join', 'join']);
    completeFirst();
    expect(order.waitingAt()).toEqual(['join', 'join']);
    completeFirst();
    expect(order.waitingAt()).toEqual(['after']);
  });

  test('of the process: before its first and after its last activity', async () => {
    const listeners = extensions(byClass('start', 'Open'), byClass('end', 'Close'));
    const engine = await deployed(
      process('order', listeners, start, '<userTask id="pack"/>', end, path('start', 'pack', 'end')),
    );
    const order = engine.start('order');
    expect([topics(engine), history(engine)]).toEqual([['Open'], []]);
    loaded(engine, order);
    order.completeExternalTask('Open');
    order.completeTask('pack');
    expect([topics(engine), order.ended]).toEqual([['Close'], false]);
    loaded(engine, order);
    order.completeExternalTask('Close', { closed: true });
    expect(order.ended).toBe(true);
    expect(rowsOf(engine, 'historicProcessInstance')).toMatchObject([{ state: 'COMPLETED', endActivityId: 'end' }]);
    expect(order.variables()).toEqual({ closed: true });
  });

  test('of a called process: the caller waits for it', async () => {
    const called = process('part', extensions(byClass('end', 'Close')), start, end, path('start', 'end'));
    const call = `<callActivity id="call" calledElement="part">${extensions(byClass('start', 'Before'), byClass('end', 'After'))}</callActivity>`;
    const engine = await deployed(process('order', start, call, end, path('start', 'call', 'end')), called);
    const order = engine.start('order');
    for (const topic of ['Before', 'Close', 'After']) {
      expect(topics(engine)).toEqual([topic]);
      order.completeExternalTask(topic);
    }
    expect(order.ended).toBe(true);
  });

  test('of each instance of a multi-instance activity', async () => {
    const marker =
      '<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>';
    const engine = await deployed(
      process(
        'order',
        start,
        `<task id="pack">${extensions(byClass('start', 'Begin'), byClass('end', 'Done'))}${marker}</task>${end}`,
        path('start', 'pack', 'end'),
      ),
    );
    const order = engine.start('order');
    expect(topics(engine)).toEqual(['Begin', 'Begin']);
    loaded(engine, order);
    const complete = () =>
      send(engine, order.id, {
        kind: 'completeExternalTask',
        externalTaskId: rowsOf(engine, 'externalTask')[0]!.id,
      });
    for (let times = 0; times < 4; times++) {
      expect(order.ended).toBe(false);
      complete();
    }
    expect(order.ended).toBe(true);
  });

  test('of a sub-process: nothing begins inside before, and event sub-processes wait until it has begun', async () => {
    const content = [
      extensions(byClass('start', 'Begin'), byClass('end', 'Done')),
      '<startEvent id="inside"/><userTask id="work"/>',
      path('inside', 'work'),
      eventSubProcess(
        'extra',
        `<startEvent id="asked" isInterrupting="false">${messageEvent('more')}</startEvent><task id="add"/>`,
        path('asked', 'add'),
      ),
    ];
    const engine = await deployed(
      message('more'),
      process('order', start, subProcess('sub', ...content), end, path('start', 'sub', 'end')),
    );
    const order = engine.start('order');
    engine.message('more');
    expect(order.waitingAt(), 'the sub-process does not end by what happens beside its start').toEqual(['sub']);
    order.completeExternalTask('Begin');
    order.completeTask('work');
    expect(topics(engine)).toEqual(['Done']);
    expect(rowsOf(engine, 'eventSubscription'), 'what is done hears nothing more').toEqual([]);
    order.completeExternalTask('Done');
    expect(order.ended).toBe(true);
  });

  test('of an event-based gateway, after an event has decided', async () => {
    const engine = await deployed(
      message('paid'),
      process(
        'order',
        `${start}<eventBasedGateway id="wait">${extensions(byClass('end', 'Decided'))}</eventBasedGateway>`,
        `<intermediateCatchEvent id="payment">${messageEvent('paid')}</intermediateCatchEvent>`,
        `<intermediateCatchEvent id="late">${timerEvent('timeDuration', 'PT1H')}</intermediateCatchEvent>${end}`,
        path('start', 'wait'),
        `<sequenceFlow id="f" sourceRef="wait" targetRef="payment">${extensions(byClass('take', 'Track'))}</sequenceFlow>`,
        path('wait', 'late', 'end') + path('payment', 'end'),
      ),
    );
    const order = engine.start('order');
    engine.message('paid');
    expect([topics(engine), rowsOf(engine, 'job')]).toEqual([['Decided'], []]);
    loaded(engine, order);
    order.completeExternalTask('Decided');
    expect(topics(engine)).toEqual(['Track']);
    loaded(engine, order);
    order.completeExternalTask('Track');
    expect(order.ended).toBe(true);
    expect(order.path()).toContain('payment');
  });
});

describe("a worker's BPMN error at a listener", () => {
  const caught = `${boundaryEvent('caught', 'pack', errorEvent('broke'))}<userTask id="repair"/>${path('caught', 'repair')}`;
  const handler = eventSubProcess(
    'handler',
    `<startEvent id="inside">${errorEvent('broke')}</startEvent><userTask id="repair"/>`,
    path('inside', 'repair'),
  );

  test.each(['start', 'end'])('for %s is caught by the boundary event of the activity', async (event) => {
    const listener = extensions(byClass(event, 'Audit'), noting('end', 'end'));
    const engine = await deployed(
      error('broke'),
      process('order', start, `<task id="pack">${listener}</task>`, caught, path('start', 'pack')),
    );
    const order = engine.start('order', { log: '' });
    order.throwError('Audit', 'broke');
    expect(order.waitingAt()).toEqual(['repair']);
    expect(order.variables().log).toBe(event === 'start' ? 'end ' : '');
  });

  test('for take is caught in the scope of the flow, not at the activity that was left', async () => {
    const listened = `<sequenceFlow id="f" sourceRef="pack" targetRef="end">${extensions(byClass('take', 'Track'))}</sequenceFlow>`;
    const wrong = `${boundaryEvent('wrong', 'pack', errorEvent('broke'))}<userTask id="wrongly"/>${path('wrong', 'wrongly')}`;
    const engine = await deployed(
      error('broke'),
      process('order', start, '<task id="pack"/>', end, wrong, handler, path('start', 'pack'), listened),
    );
    const order = engine.start('order');
    order.throwError('Track', 'broke');
    expect(order.waitingAt()).toEqual(['repair']);
  });

  test('that nobody catches ends the path', async () => {
    const listened = `<sequenceFlow id="f" sourceRef="pack" targetRef="end">${extensions(byClass('take', 'Track'))}</sequenceFlow>`;
    const engine = await deployed(process('order', start, '<task id="pack"/>', end, path('start', 'pack'), listened));
    const order = engine.start('order');
    order.throwError('Track', 'broke');
    expect([order.ended, leftovers(engine)]).toEqual([true, {}]);
  });

  test.each(['start', 'end'])('for %s of the process is refused, whoever could catch it', async (event) => {
    const engine = await deployed(
      error('broke'),
      process('order', extensions(byClass(event, 'Audit')), start, end, handler, path('start', 'end')),
    );
    const order = engine.start('order');
    expect(() => order.throwError('Audit', 'broke')).toThrow(/'broke' to be thrown where it can be caught/);
    order.completeExternalTask('Audit');
    expect(order.ended).toBe(true);
  });

  test('of a listener that is a script at the end of the process is refused as well', async () => {
    const throwing = `<camunda:executionListener event="end"><camunda:script scriptFormat="javascript">throw new BpmnError('broke')</camunda:script></camunda:executionListener>`;
    const engine = await deployed(process('order', extensions(throwing), start, path('start')));
    expect(() => engine.start('order')).toThrow(/'broke' to be thrown where it can be caught/);
  });
});

describe('while a worker does a listener', () => {
  const listener = extensions(byClass('start', 'Begin'), byClass('end', 'Done'), noting('end', 'end'));
  const guarded = [
    `<userTask id="pack">${listener}</userTask>`,
    boundaryEvent('late', 'pack', timerEvent('timeDuration', 'PT1H')),
    '<userTask id="hurry"/>',
    path('start', 'pack'),
    path('late', 'hurry'),
  ];

  test('its failures are an incident, and retries close it', async () => {
    const engine = await deployed(process('order', start, ...guarded));
    const order = engine.start('order', { log: '' });
    order.failExternalTask('Begin', { message: 'no line', retries: 0 });
    expect(order.incidents()).toEqual([{ type: 'failedExternalTask', elementId: 'pack', message: 'no line' }]);
    const externalTaskId = onlyRow(engine, 'externalTask').id;
    send(engine, order.id, { kind: 'setExternalTaskRetries', externalTaskId, retries: 1 });
    expect(order.incidents()).toEqual([]);
    order.failExternalTask('Begin', { message: 'no line', retries: 0 });
    order.completeExternalTask('Begin');
    expect([order.incidents(), topics(engine)]).toEqual([[], []]);
  });

  test.each(['start', 'end'])(
    'for %s, an event can cancel the activity, and nothing waits for the worker',
    async (event) => {
      const engine = await deployed(process('order', start, ...guarded));
      const order = engine.start('order', { log: '' });
      if (event === 'end') {
        order.completeExternalTask('Begin');
        order.completeTask('pack');
      }
      expect(topics(engine)).toHaveLength(1);
      engine.advance({ hours: 2 });
      expect([topics(engine), order.waitingAt()]).toEqual([[], ['hurry']]);
      expect(order.variables().log, 'an end that has begun is not heard again').toBe(event === 'start' ? 'end ' : '');
      expect(history(engine)).toContain('pack (canceled)');
    },
  );

  test('the instance can be deleted, and suspended', async () => {
    const engine = await deployed(process('order', extensions(byClass('end', 'Close')), start, ...guarded));
    const order = engine.start('order', { log: '' });
    const suspend = (suspended: boolean) => send(engine, order.id, { kind: 'setSuspended', suspended });
    suspend(true);
    expect(onlyRow(engine, 'externalTask').suspended).toBe(true);
    expect(() => order.completeExternalTask('Begin')).toThrow(/suspended/);
    suspend(false);
    order.completeExternalTask('Begin');
    order.delete();
    expect([order.ended, leftovers(engine)]).toEqual([true, {}]);
  });

  test('the activity cannot be signalled past it', async () => {
    const engine = await deployed(process('order', start, ...guarded));
    const order = engine.start('order', { log: '' });
    const activityInstanceId = onlyRow(engine, 'externalTask').activityInstanceId;
    expect(() => send(engine, order.id, { kind: 'signalExecution', activityInstanceId })).toThrow(/can't be signalled/);
  });

  test('on a flow, a terminate end event takes the token away', async () => {
    const engine = await deployed(
      process(
        'order',
        `${start}<parallelGateway id="fork"/><task id="work"/><userTask id="stop"/><endEvent id="over"><terminateEventDefinition/></endEvent>`,
        path('start', 'fork', 'stop', 'over'),
        `<sequenceFlow id="f" sourceRef="fork" targetRef="work">${extensions(byClass('take', 'Track'))}</sequenceFlow>`,
      ),
    );
    const order = engine.start('order');
    order.completeTask('stop');
    expect([order.ended, leftovers(engine)]).toEqual([true, {}]);
  });
});

test('the topics of listeners are known when the process is deployed', async () => {
  const engine = await deployed(
    process(
      'order',
      extensions(byClass('start', 'Open')),
      `${start}<task id="work">${extensions(executionListener('end', 'delegateExpression="#{ledger}"'))}</task>`,
      `<sequenceFlow id="f" sourceRef="start" targetRef="work">${extensions(byExpression('take', '${tracker.track()}'))}</sequenceFlow>`,
    ),
  );
  const [model] = engine.host.models.values();
  expect(model?.topics).toEqual([
    { elementId: 'order', topic: 'Open' },
    { elementId: 'f', topic: 'tracker' },
    { elementId: 'work', topic: 'ledger' },
  ]);
});
