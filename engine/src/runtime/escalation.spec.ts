import { describe, expect, test } from 'vitest';
import { history, onlyRow, rowsOf, send } from '../spec-support/instances.js';
import {
  boundaryEvent,
  deployed,
  escalation,
  escalationEvent,
  eventSubProcess,
  path,
  process,
  subProcess,
} from '../spec-support/models.js';

const start = '<startEvent id="start"/>';
const handle = '<userTask id="handle"/>';
const after = '<userTask id="after"/>';
const thrower = `<intermediateThrowEvent id="escalate">${escalationEvent('late')}</intermediateThrowEvent>`;
const inner = subProcess(
  'inner',
  `<startEvent id="in"/>${thrower}<userTask id="work"/>`,
  path('in', 'escalate', 'work'),
);
const outer = (...more: string[]) =>
  process('order', start + inner + after + handle, path('start', 'inner', 'after'), ...more);
const caught = (code: string | undefined, interrupting: boolean) =>
  boundaryEvent('caught', 'inner', escalationEvent(code), interrupting) + path('caught', 'handle');

describe('an escalation in a sub-process', () => {
  test('opens a path beside it, and both go on', async () => {
    const engine = await deployed(escalation('late'), outer(caught('late', false)));
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['handle', 'work']);
  });

  test('stops it when the event interrupts', async () => {
    const engine = await deployed(escalation('late'), outer(caught('late', true)));
    expect(engine.start('order').waitingAt()).toEqual(['handle']);
    expect(history(engine)).toContain('inner (canceled)');
  });

  test('is caught without a code by an event for all escalations', async () => {
    const engine = await deployed(escalation('late'), outer(caught(undefined, false)));
    expect(engine.start('order').waitingAt()).toEqual(['handle', 'work']);
  });

  test('changes nothing when nobody catches it', async () => {
    const engine = await deployed(escalation('late'), escalation('other'), outer(caught('other', true)));
    expect(engine.start('order').waitingAt()).toEqual(['work']);
  });

  test('reaches an event sub-process of the process', async () => {
    const reaction = eventSubProcess(
      'reaction',
      `<startEvent id="noticed" isInterrupting="false">${escalationEvent('late')}</startEvent>${handle}`,
      path('noticed', 'handle'),
    );
    const model = process('order', start + inner + after, path('start', 'inner', 'after'), reaction);
    const engine = await deployed(escalation('late'), model);
    expect(engine.start('order').waitingAt()).toEqual(['handle', 'work']);
  });
});

describe('an escalation in a called process', () => {
  const called = process('called', `${start}${thrower}<userTask id="work"/>`, path('start', 'escalate', 'work'));
  const caller = (interrupting: boolean) =>
    process(
      'order',
      `${start}<callActivity id="inner" calledElement="called"/>${after}${handle}`,
      path('start', 'inner', 'after') + caught('late', interrupting),
    );

  test('is caught at the call activity, and the called process goes on', async () => {
    const engine = await deployed(escalation('late'), called, caller(false));
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['handle', 'work']);
    order.completeTask('work');
    expect(order.waitingAt()).toEqual(['after', 'handle']);
  });

  test('ends the called process when the event interrupts, and the history says why', async () => {
    const engine = await deployed(escalation('late'), called, caller(true));
    expect(engine.start('order').waitingAt()).toEqual(['handle']);
    const ended = rowsOf(engine, 'historicProcessInstance').find(
      ({ processDefinitionKey }) => processDefinitionKey === 'called',
    );
    expect(ended).toMatchObject({
      state: 'INTERNALLY_TERMINATED',
      deleteReason: 'Cancel scope activity Activity(caught) executed.',
    });
  });
});

describe('an escalation from a task', () => {
  const model = outer(caught('late', false)).replace(thrower, '<task id="escalate"/>');
  const escalate = (code: string) => (engine: Awaited<ReturnType<typeof deployed>>, id: string) =>
    send(engine, id, { kind: 'escalateTask', taskId: onlyRow(engine, 'userTask', 'work').id, escalationCode: code });

  test('leaves the task as it is', async () => {
    const engine = await deployed(escalation('late'), model);
    const order = engine.start('order');
    escalate('late')(engine, order.id);
    expect(order.waitingAt()).toEqual(['handle', 'work']);
  });

  test('is refused when nobody catches it', async () => {
    const engine = await deployed(escalation('late'), model);
    const order = engine.start('order');
    expect(() => escalate('early')(engine, order.id)).toThrow("Expected escalation 'early'");
    expect(order.waitingAt()).toEqual(['work']);
  });
});
