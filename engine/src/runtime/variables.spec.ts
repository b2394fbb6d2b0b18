import { describe, expect, test } from 'vitest';
import { leftovers, onlyRow, rowsOf, send } from '../spec-support/instances.js';
import { deployed, externalTask, mappings, path, process, subProcess } from '../spec-support/models.js';
import type { ProcessTest } from '../testing/index.js';
import type { TypedValue, Variables } from './typed-value.js';

const start = '<startEvent id="start"/>';

function typesOf(engine: ProcessTest): Record<string, string> {
  return Object.fromEntries(rowsOf(engine, 'variable').map(({ name, type }) => [name, type]));
}

describe('variables', () => {
  test('keep their types on their way through mappings, commands and storage', async () => {
    const inputs = { copy: '${amount}', text: 'Order ${amount}', flag: '${amount > 1}', list: '${items}' };
    const engine = await deployed(
      process('order', start, `<userTask id="work">${mappings(inputs)}</userTask>`, path('start', 'work')),
    );
    const variables: Variables = {
      amount: { type: 'Long', value: 5 },
      items: { type: 'Json', value: '[1]' },
      none: { type: 'Null', value: null },
      due: { type: 'Date', value: '2026-01-05T08:00:00.000Z' },
      rate: { type: 'Double', value: 3 },
      huge: { type: 'Long', value: '9007199254740993' },
    };
    engine.host.run('order-1', {
      kind: 'start',
      definitionId: 'order:1',
      businessKey: null,
      tenantId: null,
      variables,
    });
    expect(typesOf(engine)).toEqual({
      amount: 'Long',
      items: 'Json',
      none: 'Null',
      due: 'Date',
      rate: 'Double',
      huge: 'Long',
      copy: 'Long',
      text: 'String',
      flag: 'Boolean',
      list: 'Json',
    });
    expect(onlyRow(engine, 'userTask').processInstanceId).toBe('order-1');
    expect(rowsOf(engine, 'variable').find(({ name }) => name === 'huge')?.textValue).toBe('9007199254740993');
  });

  test('set at a task climb to the process, where the whole process sees them', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        subProcess('inner', '<startEvent id="begin"/><userTask id="work"/>', path('begin', 'work')),
        '<userTask id="after"/>',
        path('start', 'inner', 'after'),
      ),
    );
    const order = engine.start('order', { amount: 1 });
    order.completeTask('work', { amount: 2, note: 'ok' });
    expect(order.variables()).toEqual({ amount: 2, note: 'ok' });
    expect(rowsOf(engine, 'variable').every(({ activityInstanceId }) => activityInstanceId === order.id)).toBe(true);
  });

  test('of an input mapping are local: they shadow the outer ones and go with the activity', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        `<userTask id="work">${mappings({ amount: '${amount + 1}', twice: '${amount * 2}' }, { result: '${twice}' })}</userTask>`,
        '<userTask id="after"/>',
        path('start', 'work', 'after'),
      ),
    );
    const order = engine.start('order', { amount: 10 });
    order.completeTask('work', { amount: 100 }); // overwrites the local one
    expect(order.variables()).toEqual({ amount: 10, result: 22 });
    expect(
      rowsOf(engine, 'variable')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['amount', 'result']);
  });

  test('of an input mapping of a sub-process are shown around it until something inside changes them', async () => {
    const inside = `${mappings({ kept: '1', changed: '1' })}<startEvent id="begin"/><serviceTask id="change" camunda:expression="\${2}" camunda:resultVariable="changed"/><userTask id="work"/>${path('begin', 'change', 'work')}`;
    const engine = await deployed(
      process('p', '<startEvent id="start"/>', subProcess('inner', inside), path('start', 'inner')),
    );
    const { id } = engine.start('p');
    const inner = rowsOf(engine, 'historicActivityInstance').find(({ elementId }) => elementId === 'inner')?.id;
    const shown = rowsOf(engine, 'historicVariable').map(({ name, activityInstanceId }) => [name, activityInstanceId]);
    expect(shown).toEqual([
      ['kept', id],
      ['changed', inner],
    ]);
  });

  test('mapped as lists and maps become one value', async () => {
    const parameter = `<extensionElements><camunda:inputOutput>
      <camunda:inputParameter name="list"><camunda:list><camunda:value>a</camunda:value><camunda:value>\${n}</camunda:value></camunda:list></camunda:inputParameter>
      <camunda:inputParameter name="map"><camunda:map><camunda:entry key="x">\${n}</camunda:entry></camunda:map></camunda:inputParameter>
      <camunda:inputParameter name="script"><camunda:script scriptFormat="javascript">n + 1</camunda:script></camunda:inputParameter>
      <camunda:outputParameter name="list">\${list}</camunda:outputParameter><camunda:outputParameter name="map">\${map}</camunda:outputParameter>
      <camunda:outputParameter name="script">\${script}</camunda:outputParameter>
      </camunda:inputOutput></extensionElements>`;
    const engine = await deployed(
      process('order', start, `<userTask id="work">${parameter}</userTask>`, path('start', 'work')),
    );
    const order = engine.start('order', { n: 1 });
    order.completeTask('work');
    expect(order.variables()).toEqual({ n: 1, list: ['a', 1], map: { x: 1 }, script: 2 });
  });

  test('that an output mapping sets do not count for the conditions of the flows behind it', async () => {
    const flows = `<sequenceFlow id="fast" sourceRef="work" targetRef="a">
      <conditionExpression xsi:type="tFormalExpression">\${rush}</conditionExpression></sequenceFlow>`;
    const engine = await deployed(
      process(
        'order',
        start,
        `<userTask id="work" default="work-b">${mappings({}, { rush: '${true}' })}</userTask>
        <userTask id="a"/><userTask id="b"/>`,
        path('start', 'work', 'b') + flows,
      ),
    );
    const order = engine.start('order', { rush: false });
    order.completeTask('work');
    expect(order.waitingAt()).toEqual(['b']);
    expect(order.variables()).toEqual({ rush: true });
  });

  test('of a task are its own: only the task sees them', async () => {
    const engine = await deployed(
      process('order', start, '<userTask id="work"/><userTask id="after"/>', path('start', 'work', 'after')),
    );
    const order = engine.start('order', { amount: 1 });
    const taskId = onlyRow(engine, 'userTask').id;
    const set = (name: string, value: number, local: boolean) =>
      send(engine, order.id, { kind: 'setTaskVariables', taskId, set: { [name]: { type: 'Integer', value } }, local });
    set('draft', 1, true);
    set('draft', 2, false); // the task has it, so it stays there
    set('amount', 5, false);
    expect(order.variables()).toEqual({ amount: 5 });
    expect(rowsOf(engine, 'variable').find(({ name }) => name === 'draft')).toMatchObject({ taskId, numberValue: 2 });
    send(engine, order.id, { kind: 'setTaskVariables', taskId, remove: ['draft'], local: true });
    order.completeTask('work');
    expect(rowsOf(engine, 'variable').map(({ name }) => name)).toEqual(['amount']);
  });

  test('can be set and removed in one scope or where they are visible', async () => {
    const engine = await deployed(process('order', start, '<userTask id="work"/>', path('start', 'work')));
    const order = engine.start('order', { amount: 1, old: 1 });
    const scopeId = onlyRow(engine, 'userTask').activityInstanceId;
    const one: TypedValue = { type: 'Integer', value: 7 };
    send(engine, order.id, { kind: 'setVariables', scopeId, set: { amount: one }, remove: ['old'], local: false });
    send(engine, order.id, { kind: 'setVariables', scopeId, set: { here: one }, remove: ['amount'], local: true });
    expect(order.variables()).toEqual({ amount: 7 });
    expect(rowsOf(engine, 'variable').find(({ name }) => name === 'here')?.activityInstanceId).toBe(scopeId);
    expect(rowsOf(engine, 'historicVariable').find(({ name }) => name === 'old')?.state).toBe('DELETED');
    expect(() =>
      send(engine, order.id, { kind: 'setVariables', scopeId: 'nowhere', set: { x: one }, local: true }),
    ).toThrow(/'nowhere'/);
  });

  test('that are transient live until the command ends, and what is computed from them stays', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        externalTask('work', 'work', mappings({ copy: '${secret}' }, { kept: '${copy}' })),
        '<userTask id="after"/>',
        path('start', 'work', 'after'),
      ),
    );
    const secret: TypedValue = { type: 'String', value: 'x', transient: true };
    engine.host.run('order-1', {
      kind: 'start',
      definitionId: 'order:1',
      businessKey: null,
      tenantId: null,
      variables: { secret },
    });
    expect(typesOf(engine)).toEqual({ copy: 'String' });
    expect(Object.keys(engine.host.instances.get('order-1')!.nodes.get('order-1')!.variables)).toEqual([]);
    const externalTaskId = onlyRow(engine, 'externalTask').id;
    send(engine, 'order-1', { kind: 'completeExternalTask', externalTaskId });
    expect(typesOf(engine)).toEqual({ kept: 'String' });
    expect(() =>
      send(engine, 'order-1', { kind: 'setVariables', scopeId: 'order-1', set: { kept: secret }, local: false }),
    ).toThrow(/'kept' is stored/);
  });

  test('of a copied value have rows of their own', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        `<userTask id="work">${mappings({ copy: '${amount}' })}</userTask>`,
        path('start', 'work'),
      ),
    );
    const order = engine.start('order', { amount: 1 });
    expect(new Set(rowsOf(engine, 'variable').map(({ id }) => id)).size).toBe(2);
    order.completeTask('work', { copy: 9 });
    expect(order.variables()).toEqual({ amount: 1 });
    expect(leftovers(engine)).toEqual({});
  });
});
