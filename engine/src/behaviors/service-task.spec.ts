import { describe, expect, test } from 'vitest';
import { history, leftovers, onlyRow, rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  deployed,
  error,
  errorEvent,
  externalTask,
  message,
  messageEvent,
  path,
  process,
  refusals,
  subProcess,
} from '../spec-support/models.js';

const start = '<startEvent id="start"/>';

describe('a service task', () => {
  test('for a worker waits under its topic, with its priority and properties', async () => {
    const properties =
      '<extensionElements><camunda:properties><camunda:property name="queue" value="slow"/></camunda:properties></extensionElements>';
    const engine = await deployed(
      process(
        'order',
        start,
        externalTask('charge', '${provider}-charge', properties).replace(
          ' camunda:topic',
          ' camunda:taskPriority="${amount}" camunda:topic',
        ),
        path('start', 'charge'),
      ),
    );
    const order = engine.start('order', { provider: 'acme', amount: 7 }, { businessKey: 'A-1' });
    expect(onlyRow(engine, 'externalTask')).toMatchObject({
      topicName: 'acme-charge',
      priority: 7,
      retries: null,
      businessKey: 'A-1',
      extensionProperties: { queue: 'slow' },
    });
    order.completeExternalTask('acme-charge', { paid: true });
    expect(order.ended).toBe(true);
    expect(order.variables()).toMatchObject({ paid: true });
    expect(leftovers(engine)).toEqual({});
  });

  test('keeps the local variables that a worker sends from everybody but its outputs', async () => {
    const outputs =
      '<extensionElements><camunda:inputOutput><camunda:outputParameter name="total">${net + tax}</camunda:outputParameter></camunda:inputOutput></extensionElements>';
    const engine = await deployed(
      process(
        'order',
        start,
        externalTask('charge', 'charge', outputs),
        '<userTask id="after"/>',
        path('start', 'charge', 'after'),
      ),
    );
    const order = engine.start('order');
    const whole = (value: number) => ({ type: 'Integer', value }) as const;
    engine.host.run(order.id, {
      kind: 'completeExternalTask',
      externalTaskId: onlyRow(engine, 'externalTask').id,
      localVariables: { net: whole(10), tax: whole(2) },
    });
    expect(order.variables()).toEqual({ total: 12 });
    expect(rowsOf(engine, 'variable').map(({ name }) => name)).toEqual(['total']);
  });

  test('with an expression is done at once, its value kept as the result', async () => {
    const task = '<serviceTask id="sum" camunda:expression="${a + b}" camunda:resultVariable="total"/>';
    const engine = await deployed(
      process('order', start, task, '<userTask id="after"/>', path('start', 'sum', 'after')),
    );
    const order = engine.start('order', { a: 2, b: 3 });
    expect(order.variables()).toEqual({ a: 2, b: 3, total: 5 });
    expect(() => engine.start('order', { a: 2 })).toThrow(/b/);
  });

  test('is taken away from the workers when its sub-process is cancelled', async () => {
    const engine = await deployed(
      message('cancel'),
      process(
        'order',
        start,
        subProcess('inner', '<startEvent id="begin"/>', externalTask('charge'), path('begin', 'charge')),
        boundaryEvent('cancelled', 'inner', messageEvent('cancel')),
        path('start', 'inner'),
      ),
    );
    const order = engine.start('order');
    const { id } = onlyRow(engine, 'externalTask');
    engine.message('cancel');
    expect(leftovers(engine)).toEqual({});
    expect(history(engine)).toContain('charge (canceled)');
    expect(() => engine.host.run(order.id, { kind: 'completeExternalTask', externalTaskId: id })).toThrow();
  });

  test.each([
    ['a class', ' camunda:class="com.acme.ChargeCard"', '', 'ChargeCard', null],
    ['a bean', ' camunda:delegateExpression="${chargeCard}"', '', 'chargeCard', null],
    [
      'a method',
      ' camunda:expression="${cards.charge(execution)}"',
      '',
      'cards',
      { expression: '${cards.charge(execution)}' },
    ],
    [
      'a shell command',
      ' camunda:type="shell"',
      '<camunda:field name="command" stringValue="echo"/>',
      'shell',
      { command: 'echo' },
    ],
    ['fields', ' camunda:class="a.B"', '<camunda:field name="of" expression="${1 + 1}"/>', 'B', { of: '2' }],
  ])('done by %s is work for a worker', async (_, attributes, extension, topicName, extensionProperties) => {
    const task = `<serviceTask id="charge"${attributes}><extensionElements>${extension}</extensionElements></serviceTask>`;
    const engine = await deployed(process('order', start, task, path('start', 'charge')));
    const order = engine.start('order');
    expect(onlyRow(engine, 'externalTask')).toMatchObject({ topicName, extensionProperties });
    order.completeExternalTask(topicName);
    expect(order.ended).toBe(true);
  });

  test('calls the method of a variable at once', async () => {
    const task = '<serviceTask id="count" camunda:expression="${names.size()}" camunda:resultVariable="total"/>';
    const engine = await deployed(
      process('order', start, task, '<userTask id="after"/>', path('start', 'count', 'after')),
    );
    expect(engine.start('order', { names: ['a', 'b'] }).variables()).toMatchObject({ total: 2 });
  });

  test('with a connector tells the worker its inputs, and makes its outputs of the answer', async () => {
    const connector = `<camunda:connector><camunda:connectorId>http</camunda:connectorId><camunda:inputOutput>
      <camunda:inputParameter name="url">https://bureau/\${customer}</camunda:inputParameter>
      <camunda:outputParameter name="score">\${response + 1}</camunda:outputParameter></camunda:inputOutput></camunda:connector>`;
    const task = `<serviceTask id="ask"><extensionElements>${connector}</extensionElements></serviceTask>`;
    const engine = await deployed(
      process('order', start, task, '<userTask id="after"/>', path('start', 'ask', 'after')),
    );
    const order = engine.start('order', { customer: 'ann' });
    const { id, topicName } = onlyRow(engine, 'externalTask');
    expect(topicName).toBe('http');
    expect(rowsOf(engine, 'variable').find(({ name }) => name === 'url')).toMatchObject({
      textValue: 'https://bureau/ann',
    });
    engine.host.run(order.id, {
      kind: 'completeExternalTask',
      externalTaskId: id,
      localVariables: { response: { type: 'Integer', value: 41 } },
    });
    expect(order.variables()).toEqual({ customer: 'ann', score: 42 });
  });

  test('throws the BPMN error that its outcome stands for, completed or failed', async () => {
    const rule = `<extensionElements><camunda:errorEventDefinition errorRef="broke" expression="\${externalTask.errorMessage == 'no money' || poor == true}"/></extensionElements>`;
    const model = process(
      'order',
      start,
      externalTask('charge', 'charge', rule),
      boundaryEvent('failed', 'charge', errorEvent('broke')),
      '<userTask id="repair"/>',
      path('start', 'charge') + path('failed', 'repair'),
    );
    const engine = await deployed(error('broke'), model);
    const completed = engine.start('order', { poor: true });
    completed.completeExternalTask('charge');
    expect(completed.waitingAt()).toEqual(['repair']);
    const failed = engine.start('order', { poor: false });
    engine.host.run(failed.id, {
      kind: 'failExternalTask',
      externalTaskId: onlyRow(engine, 'externalTask').id,
      retries: 3,
      retryTimeoutMs: 0,
      errorMessage: 'no money',
      errorDetails: null,
    });
    expect(failed.waitingAt()).toEqual(['repair']);
  });

  test('tells the rules for such errors who worked, and how many retries are left', async () => {
    const rule = `<extensionElements><camunda:errorEventDefinition errorRef="broke" expression="\${externalTask.workerId == 'ann' || externalTask.retries == 0}"/></extensionElements>`;
    const model = process(
      'order',
      start,
      externalTask('charge', 'charge', rule),
      boundaryEvent('failed', 'charge', errorEvent('broke')),
      '<userTask id="repair"/><userTask id="ship"/>',
      path('start', 'charge', 'ship') + path('failed', 'repair'),
    );
    const engine = await deployed(error('broke'), model);
    const completedBy = (workerId: string) => {
      const order = engine.start('order');
      const externalTaskId = onlyRow(engine, 'externalTask').id;
      engine.host.run(order.id, { kind: 'completeExternalTask', externalTaskId, workerId });
      return order.waitingAt();
    };
    expect([completedBy('ann'), completedBy('bob')]).toEqual([['repair'], ['ship']]);
    const failed = engine.start('order');
    const externalTaskId = onlyRow(engine, 'externalTask').id;
    const failure = { retryTimeoutMs: 0, errorMessage: null, errorDetails: null };
    engine.host.run(failed.id, { kind: 'failExternalTask', externalTaskId, retries: 1, ...failure });
    expect(failed.waitingAt()).toEqual(['charge']);
    engine.host.run(failed.id, { kind: 'failExternalTask', externalTaskId, retries: 0, ...failure });
    expect(failed.waitingAt()).toEqual(['repair']);
  });

  test.each(['resultVariable', 'resultVariableName'])('names its result by %s', async (name) => {
    const task = `<serviceTask id="work" camunda:expression="\${1 + 1}" camunda:${name}="sum"/><userTask id="after"/>`;
    const engine = await deployed(process('order', start, task, path('start', 'work', 'after')));
    expect(engine.start('order').variables()).toEqual({ sum: 2 });
  });

  test('must say how it is done, by something that can run here', async () => {
    const model = (attributes: string) =>
      definitions(process('order', start, `<serviceTask id="charge"${attributes}/>`, path('start', 'charge')));
    for (const [attributes, reason] of [
      ['', /say how it is done/],
      [' camunda:type="mail"', /to be external or shell, but it is 'mail'/],
      [' camunda:type="external"', /'camunda:topic'/],
      [' camunda:expression="${1 +"', /valid expression/],
    ] as const) {
      const [problem] = await refusals(model(attributes));
      expect(problem).toMatchObject({ message: expect.stringMatching(reason), elementId: 'charge', line: 6 });
    }
  });
});
