import { describe, expect, test } from 'vitest';
import { leftovers, onlyRow, rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  deployed,
  error,
  errorEvent,
  externalTask,
  message,
  messageEvent,
  path,
  process,
  signal,
  signalEvent,
  subProcess,
} from '../spec-support/models.js';

const start = '<startEvent id="start"/>';
const check = process('check', start, externalTask('score'), path('start', 'score'));

function calling(extensions = '', rest = '', attributes = '') {
  return process(
    'loan',
    start,
    `<callActivity id="call" calledElement="check"${attributes}><extensionElements>${extensions}</extensionElements></callActivity>
    <userTask id="after"/>`,
    rest,
    path('start', 'call', 'after'),
  );
}

describe('a call activity', () => {
  test('waits for the instance that it calls, and goes on when that has ended', async () => {
    const engine = await deployed(check, calling());
    const loan = engine.start('loan', { amount: 5 });
    expect(loan.waitingAt()).toEqual(['score']);
    const child = rowsOf(engine, 'historicProcessInstance').find(
      ({ superProcessInstanceId }) => superProcessInstanceId,
    );
    expect(child).toMatchObject({ superProcessInstanceId: loan.id, rootProcessInstanceId: loan.id, businessKey: null });
    expect(rowsOf(engine, 'historicActivityInstance').find(({ elementId }) => elementId === 'call')).toMatchObject({
      calledProcessInstanceId: child?.id,
    });
    loan.completeExternalTask('score', { score: 700 });
    expect(loan.waitingAt()).toEqual(['after']);
    expect(loan.variables()).toEqual({ amount: 5 }); // nothing is passed that isn't mapped
  });

  test('passes on what its mappings name, with the types kept', async () => {
    const engine = await deployed(
      check,
      calling(
        `<camunda:in businessKey="\${execution.businessKey}"/><camunda:in source="amount" target="sum"/>
        <camunda:in sourceExpression="\${amount * 2}" target="double"/><camunda:in source="missing" target="none"/>
        <camunda:out source="score" target="points"/><camunda:out sourceExpression="\${score + 1}" target="more"/>`,
      ),
    );
    const loan = engine.start('loan', { amount: 5, secret: 'x' }, { businessKey: 'A-1' });
    const [childId] = [...engine.host.instances.keys()].filter((id) => id !== loan.id);
    const passed = rowsOf(engine, 'variable').filter(({ processInstanceId }) => processInstanceId === childId);
    expect(Object.fromEntries(passed.map(({ name, type, numberValue }) => [name, [type, numberValue]]))).toEqual({
      sum: ['Integer', 5],
      double: ['Long', 10],
      none: ['Null', null],
    });
    expect(engine.host.instances.get(childId!)?.businessKey).toBe('A-1');
    loan.completeExternalTask('score', { score: 700 });
    expect(loan.variables()).toEqual({ amount: 5, secret: 'x', points: 700, more: 701 });
  });

  test('takes what outputs compute from the instance that it called', async () => {
    const ended = process(
      'check',
      start,
      externalTask('score'),
      '<endEvent id="scored"/>',
      path('start', 'score', 'scored'),
    );
    const out = (name: string, expression: string) =>
      `<camunda:out sourceExpression="\${execution.${expression}}" target="${name}"/>`;
    const engine = await deployed(
      ended,
      calling(
        `<camunda:in businessKey="inner"/>${out('key', 'businessKey')}${out('at', 'currentActivityId')}${out('own', 'id != execution.superExecution.id')}${out('definition', 'processDefinitionKey')}`,
      ),
    );
    const loan = engine.start('loan', {}, { businessKey: 'outer' });
    loan.completeExternalTask('score');
    expect(loan.variables()).toEqual({ key: 'inner', at: 'scored', own: true, definition: 'check' });
  });

  test('has no number as the business key', async () => {
    const engine = await deployed(check, calling('<camunda:in businessKey="${5}"/>'));
    expect(() => engine.start('loan')).toThrow(/business key of 'call' to be a text/);
  });

  test('passes all variables in and out as rows of their own', async () => {
    const engine = await deployed(check, calling('<camunda:in variables="all"/><camunda:out variables="all"/>'));
    const loan = engine.start('loan', { amount: 5 });
    expect(
      rowsOf(engine, 'variable').map(({ name, processInstanceId }) => [name, processInstanceId === loan.id]),
    ).toEqual([
      ['amount', true],
      ['amount', false],
    ]);
    loan.completeExternalTask('score', { amount: 6, score: 700 });
    expect(loan.variables()).toEqual({ amount: 6, score: 700 });
  });

  test('runs a called process through at once when nothing in it waits', async () => {
    const engine = await deployed(process('check', start, '<task id="quick"/>', path('start', 'quick')), calling());
    expect(engine.start('loan').waitingAt()).toEqual(['after']);
  });

  test('ends the called instance when it is cancelled', async () => {
    const engine = await deployed(
      message('withdraw'),
      check,
      calling('', boundaryEvent('withdrawn', 'call', messageEvent('withdraw'))),
    );
    const loan = engine.start('loan');
    engine.message('withdraw');
    expect(loan.ended).toBe(true);
    const child = rowsOf(engine, 'historicProcessInstance').find(
      ({ superProcessInstanceId }) => superProcessInstanceId,
    );
    expect(child).toMatchObject({ state: 'INTERNALLY_TERMINATED', endedAt: engine.host.now });
    expect(leftovers(engine)).toEqual({});
  });

  test('fails the command when the process that it calls is not there', async () => {
    const engine = await deployed(calling());
    expect(() => engine.start('loan')).toThrow(/'check'/);
    expect(engine.host.instances.size).toBe(0);
  });

  test('catches at its border the error that the called process ends with, which still passes its variables', async () => {
    const engine = await deployed(
      error('broke'),
      process(
        'check',
        start,
        externalTask('score'),
        `<endEvent id="bad">${errorEvent('broke')}</endEvent>`,
        path('start', 'score', 'bad'),
      ),
      calling(
        '<camunda:out variables="all"/>',
        `${boundaryEvent('failed', 'call', errorEvent('broke'))}<userTask id="repair"/>${path('failed', 'repair')}`,
      ),
    );
    const loan = engine.start('loan');
    loan.completeExternalTask('score', { score: 3 });
    expect(loan.waitingAt()).toEqual(['repair']);
    expect(loan.variables()).toEqual({ score: 3 });
    expect(rowsOf(engine, 'historicProcessInstance').map(({ state }) => state)).toEqual([
      'ACTIVE',
      'INTERNALLY_TERMINATED',
    ]);
  });

  test('hands an error on through two calls to the process that catches it', async () => {
    const engine = await deployed(
      error('broke'),
      process('check', start, externalTask('score'), path('start', 'score')),
      process('middle', start, '<callActivity id="deeper" calledElement="check"/>', path('start', 'deeper')),
      process(
        'top',
        start,
        subProcess(
          'inner',
          '<startEvent id="begin"/><callActivity id="call" calledElement="middle"/>',
          path('begin', 'call'),
        ),
        `${boundaryEvent('failed', 'inner', errorEvent('broke'))}<userTask id="repair"/>`,
        path('start', 'inner') + path('failed', 'repair'),
      ),
    );
    const top = engine.start('top');
    top.throwError('score', 'broke');
    expect(top.waitingAt()).toEqual(['repair']);
    expect(engine.host.instances.size).toBe(1);
    expect(Object.keys(leftovers(engine))).toEqual(['userTask']);
  });

  test('ends only the path in the called process when nobody above catches its error', async () => {
    const engine = await deployed(check, calling());
    const loan = engine.start('loan');
    loan.throwError('score', 'broke');
    expect(loan.waitingAt()).toEqual(['after']);
    expect(rowsOf(engine, 'historicProcessInstance').map(({ state }) => state)).toEqual(['ACTIVE', 'COMPLETED']);
  });

  test('can be cancelled by the error of one called process while another one ends', async () => {
    const engine = await deployed(
      process('bad', start, `<endEvent id="end">${errorEvent('broke')}</endEvent>`, path('start', 'end')),
      process('good', start, '<task id="quick"/>', path('start', 'quick')),
      error('broke'),
      process(
        'both',
        start,
        subProcess(
          'inner',
          `<startEvent id="begin"/><parallelGateway id="fork"/>
          <callActivity id="first" calledElement="bad"/><callActivity id="second" calledElement="good"/>`,
          path('begin', 'fork', 'first') + path('fork', 'second'),
        ),
        `${boundaryEvent('failed', 'inner', errorEvent())}<userTask id="repair"/>`,
        path('start', 'inner') + path('failed', 'repair'),
      ),
    );
    expect(engine.start('both').waitingAt()).toEqual(['repair']);
    expect(engine.host.instances.size).toBe(1);
  });

  test('starts the called instance only after its asynchronous continuation', async () => {
    const engine = await deployed(check, calling('', '', ' camunda:asyncBefore="true"'));
    engine.runJobs = false;
    const loan = engine.start('loan');
    expect(loan.waitingAt()).toEqual(['call']);
    expect(engine.host.instances.size).toBe(1);
    engine.settle();
    expect(onlyRow(engine, 'externalTask').topicName).toBe('score');
  });

  test('inside a sub-process keeps mapped variables local when the model says so', async () => {
    const engine = await deployed(
      check,
      process(
        'loan',
        start,
        subProcess(
          'inner',
          `<startEvent id="begin"/><callActivity id="call" calledElement="check">
          <extensionElements><camunda:out source="score" target="score" local="true"/></extensionElements></callActivity>
          <userTask id="look"/>`,
          path('begin', 'call', 'look'),
        ),
        path('start', 'inner'),
      ),
    );
    const loan = engine.start('loan');
    loan.completeExternalTask('score', { score: 700 });
    expect(loan.waitingAt()).toEqual(['look']);
    expect(loan.variables()).toEqual({});
  });
});

describe('a call of a case', () => {
  const calls = (attributes: string, extensions = '') =>
    deployed(
      process(
        'claim',
        start,
        `<callActivity id="call" ${attributes}><extensionElements>${extensions}</extensionElements></callActivity><userTask id="after"/>`,
        path('start', 'call', 'after'),
      ),
    );

  test('is work for a worker, who gets what is mapped and whose answer is mapped back', async () => {
    const engine = await calls(
      'camunda:caseRef="damage" camunda:caseBinding="version" camunda:caseVersion="3"',
      `<camunda:in businessKey="B-\${amount}"/><camunda:in source="amount" target="sum"/>
      <camunda:out source="verdict" target="decision"/>`,
    );
    const claim = engine.start('claim', { amount: 5 });
    expect(onlyRow(engine, 'externalTask')).toMatchObject({
      topicName: 'case.damage',
      extensionProperties: { businessKey: 'B-5', caseBinding: 'version', caseVersion: '3' },
    });
    const local = rowsOf(engine, 'variable').filter(({ name }) => name === 'sum');
    expect(local).toMatchObject([{ numberValue: 5 }]);
    claim.completeExternalTask('case.damage', { verdict: 'pay', secret: 1 });
    expect(claim.waitingAt()).toEqual(['after']);
    expect(claim.variables()).toEqual({ amount: 5, decision: 'pay' }); // only what is mapped comes back
  });

  test('finds its topic at run time where an expression gives the key', async () => {
    const engine = await calls('camunda:caseRef="${which}"');
    engine.start('claim', { which: 'theft' });
    expect(onlyRow(engine, 'externalTask').topicName).toBe('case.theft');
    expect(() => engine.start('claim', { which: null })).toThrow(/'call' calls to have a key/);
  });
});

describe('a call whose variables Java code mapped', () => {
  const mapped = () =>
    deployed(
      check,
      calling(
        '<camunda:in source="amount" target="sum"/><camunda:out source="score" target="points"/>',
        '',
        ' camunda:variableMappingClass="com.acme.CheckMapping"',
      ),
    );

  test('asks a worker before the call, and after it with what the called process left', async () => {
    const engine = await mapped();
    const loan = engine.start('loan', { amount: 5 });
    expect(onlyRow(engine, 'externalTask')).toMatchObject({
      topicName: 'CheckMapping',
      extensionProperties: { mapping: 'input' },
    });
    loan.completeExternalTask('CheckMapping', { level: 'high' });
    expect(loan.waitingAt()).toEqual(['score']);
    const passed = rowsOf(engine, 'variable').filter(({ processInstanceId }) => processInstanceId !== loan.id);
    expect(passed.map(({ name }) => name).sort()).toEqual(['level', 'sum']);

    loan.completeExternalTask('score', { score: 700 });
    expect(onlyRow(engine, 'externalTask')).toMatchObject({ extensionProperties: { mapping: 'output' } });
    expect(rowsOf(engine, 'variable').some(({ name }) => name === 'level')).toBe(true); // for the worker to look at
    loan.completeExternalTask('CheckMapping', { level: 'done' });
    expect(loan.waitingAt()).toEqual(['after']);
    expect(loan.variables()).toEqual({ amount: 5, points: 700, level: 'done' });
  });

  test('does not take what a listener answers for a mapping', async () => {
    const engine = await deployed(
      check,
      calling(
        '<camunda:executionListener event="start" class="com.acme.Watch"/>',
        '',
        ' camunda:variableMappingClass="com.acme.CheckMapping"',
      ),
    );
    const loan = engine.start('loan');
    loan.completeExternalTask('Watch', { seen: true });
    expect(loan.variables()).toEqual({ seen: true });
    expect(onlyRow(engine, 'externalTask').topicName).toBe('CheckMapping');
    loan.completeExternalTask('CheckMapping');
    expect(loan.waitingAt()).toEqual(['score']);
  });

  test('leaves nothing behind when it is cancelled while a worker maps', async () => {
    const engine = await deployed(
      message('withdraw'),
      check,
      calling(
        '',
        boundaryEvent('withdrawn', 'call', messageEvent('withdraw')),
        ' camunda:variableMappingDelegateExpression="${mapper}"',
      ),
    );
    const loan = engine.start('loan');
    expect(onlyRow(engine, 'externalTask').topicName).toBe('mapper');
    engine.message('withdraw');
    expect(loan.ended).toBe(true);
    expect(leftovers(engine)).toEqual({});
  });
});

test('a signal that a called process throws before its end is heard by the boundary event of its call', async () => {
  const engine = await deployed(
    signal('stop'),
    process(
      'check',
      `${start}<userTask id="work"/><endEvent id="stop-all">${signalEvent('stop')}</endEvent>`,
      path('start', 'work', 'stop-all'),
    ),
    calling(
      '',
      `<userTask id="stopped"/>${boundaryEvent('heard', 'call', signalEvent('stop'))}${path('heard', 'stopped')}`,
    ),
  );
  const loan = engine.start('loan');
  loan.completeTask('work');
  expect(loan.waitingAt()).toEqual(['stopped']);
  expect(leftovers(engine)).toEqual({ userTask: 1 });
});
