import { describe, expect, test } from 'vitest';
import { history, leftovers, rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  conditionalEvent,
  deployed,
  eventSubProcess,
  mappings,
  path,
  process,
  subProcess,
} from '../spec-support/models.js';
import { heldStartConditions } from './start-conditions.js';
import { fromNative, type TypedValue } from './typed-value.js';

const start = '<startEvent id="start"/>';
const work = '<userTask id="work"/>';
const done = '<userTask id="done"/>';
const handle = '<userTask id="handle"/>';

function watched(condition: string, { interrupting = true, attributes = '', task = work } = {}) {
  return process(
    'order',
    start + task + done + handle,
    boundaryEvent('event', 'work', conditionalEvent(condition, attributes), interrupting),
    path('start', 'work', 'done') + path('event', 'handle'),
  );
}

describe('a conditional boundary event', () => {
  test('happens when a change makes its condition true, and not before', async () => {
    const engine = await deployed(watched('${amount > 100}'));
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['work']);
    order.setVariables({ amount: 50 });
    expect(order.waitingAt()).toEqual(['work']);
    order.setVariables({ amount: 500 });
    expect(order.waitingAt()).toEqual(['handle']);
    expect(rowsOf(engine, 'eventSubscription')).toEqual([]);
  });

  test('happens as the activity begins when its condition holds already, so the work is never offered', async () => {
    const engine = await deployed(watched('${amount > 100}'));
    expect(engine.start('order', { amount: 500 }).waitingAt()).toEqual(['handle']);
    expect(history(engine)).toEqual(['start', 'work (canceled)', 'event', 'handle (open)']);
    expect(rowsOf(engine, 'historicTask').map(({ elementId }) => elementId)).toEqual(['handle']);
  });

  test('comes before the completion that brings the variable', async () => {
    const engine = await deployed(watched('${late}'));
    const order = engine.start('order', { late: false });
    order.completeTask('work', { late: true });
    expect(order.waitingAt()).toEqual(['handle']);
  });

  test('happens once for every change while its condition holds when it does not interrupt', async () => {
    const engine = await deployed(watched('${amount > 100}', { interrupting: false }));
    const order = engine.start('order', { amount: 1 });
    order.setVariables({ amount: 500, note: 'big' });
    order.setVariables({ amount: 5 });
    expect(order.waitingAt()).toEqual(['handle', 'handle', 'work']);
  });

  test('is told of the named variable and kind of change only', async () => {
    const attributes = 'camunda:variableName="amount" camunda:variableEvents="update"';
    const engine = await deployed(watched('${amount > 100}', { interrupting: false, attributes }));
    const order = engine.start('order');
    order.setVariables({ amount: 500 });
    order.setVariables({ note: 'big' });
    expect(order.waitingAt()).toEqual(['work']);
    order.setVariables({ amount: 600 });
    expect(order.waitingAt()).toEqual(['handle', 'work']);
  });

  test('hears once of what the input mappings of its activity set', async () => {
    const task = `<userTask id="work">${mappings({ local: 'yes' })}</userTask>`;
    const engine = await deployed(watched("${local == 'yes'}", { interrupting: false, task }));
    expect(engine.start('order').waitingAt()).toEqual(['handle', 'work']);
  });

  test('does not hear of a variable that another scope hides', async () => {
    const task = `<userTask id="work">${mappings({ amount: '${1}' })}</userTask>`;
    const engine = await deployed(watched('${amount == 1}', { interrupting: false, task }));
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['handle', 'work']);
    order.setVariables({ amount: 1 });
    expect(order.waitingAt()).toEqual(['handle', 'work']);
  });
});

describe('an intermediate conditional event', () => {
  const inside = `<intermediateCatchEvent id="wait">${conditionalEvent('${ready}')}</intermediateCatchEvent>`;
  const model = process('order', start + inside + done, path('start', 'wait', 'done'));

  test('is passed at once when its condition holds', async () => {
    const engine = await deployed(model);
    expect(engine.start('order', { ready: true }).waitingAt()).toEqual(['done']);
  });

  test('waits for the change that makes it true', async () => {
    const engine = await deployed(model);
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['wait']);
    order.setVariables({ ready: true });
    order.completeTask('done');
    expect(order.ended).toBe(true);
    expect(leftovers(engine)).toEqual({});
  });
});

describe('a conditional event sub-process', () => {
  const react = (interrupting: boolean) =>
    eventSubProcess(
      'reaction',
      `<startEvent id="noticed" isInterrupting="${interrupting}">${conditionalEvent('${alarm}')}</startEvent>${handle}`,
      path('noticed', 'handle'),
    );

  test('goes before the process itself when its condition holds at the start', async () => {
    const engine = await deployed(process('order', start + work, path('start', 'work'), react(true)));
    expect(engine.start('order', { alarm: true }).waitingAt()).toEqual(['handle']);
    expect(history(engine)).toEqual(['reaction (open)', 'noticed', 'handle (open)']);
  });

  test('stops only the sub-process that it is in', async () => {
    const inner = subProcess('inner', `<startEvent id="in"/>${work}`, path('in', 'work'), react(true));
    const engine = await deployed(process('order', start + inner + done, path('start', 'inner', 'done')));
    const order = engine.start('order');
    order.setVariables({ alarm: true });
    expect(order.waitingAt()).toEqual(['handle']);
    order.completeTask('handle');
    expect(order.waitingAt()).toEqual(['done']);
  });

  test('runs beside the process as often as it is noticed when it does not interrupt', async () => {
    const engine = await deployed(process('order', start + work, path('start', 'work'), react(false)));
    const order = engine.start('order');
    order.setVariables({ alarm: true });
    order.setVariables({ alarm: true });
    expect(order.waitingAt()).toEqual(['handle', 'handle', 'work']);
  });
});

test('the conditions that start a process are tried with the variables that an instance would have', async () => {
  const first = `<startEvent id="big">${conditionalEvent('${amount > 100}')}</startEvent>`;
  const second = `<startEvent id="urgent">${conditionalEvent('${urgent}')}</startEvent>`;
  const engine = await deployed(process('order', first + second + work, path('big', 'work') + path('urgent', 'work')));
  const { host } = engine;
  const id = host.latest.get('order')!;
  const held = (variables: Record<string, unknown>) =>
    heldStartConditions(
      id,
      Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, fromNative(value)])),
      {
        now: host.now,
        newId: host.newId,
        model: () => host.models.get(id)!,
      } as unknown as Parameters<typeof heldStartConditions>[2],
    );
  expect(held({ amount: 500 })).toEqual(['big']);
  expect(held({ amount: 500, urgent: true })).toEqual(['big', 'urgent']);
  expect(held({})).toEqual([]);
  expect(host.instances.size).toBe(0);
});

test('a condition that names a variable only starts the process where that variable is given', async () => {
  const named = `<startEvent id="any">${conditionalEvent('${true}', 'camunda:variableName="amount"')}</startEvent>`;
  const { host } = await deployed(process('order', named + work, path('any', 'work')));
  const id = host.latest.get('order')!;
  const env = { now: host.now, newId: host.newId, model: () => host.models.get(id)! };
  const held = (variables: Record<string, TypedValue>) =>
    heldStartConditions(id, variables, env as unknown as Parameters<typeof heldStartConditions>[2]);
  expect(held({ amount: { type: 'Integer', value: 1 } })).toEqual(['any']);
  expect(held({ other: { type: 'Integer', value: 1 } })).toEqual([]);
});
