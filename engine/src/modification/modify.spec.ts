import { expect, test } from 'vitest';
import { InvalidCommandError, SuspendedError } from '../errors.js';
import { history, leftovers, onlyRow, rowsOf } from '../spec-support/instances.js';
import { deployed, path, process, subProcess } from '../spec-support/models.js';
import type { ProcessTest, TestInstance } from '../testing/index.js';
import type { ModificationInstruction } from './instruction.js';

const user = (id: string, content = '') => `<userTask id="${id}">${content}</userTask>`;
const NESTED = process(
  'p',
  '<startEvent id="start"/>',
  user('a'),
  subProcess('sub', '<startEvent id="s"/>', user('b'), user('c'), path('s', 'b', 'c')),
  user('z'),
  path('start', 'a', 'sub', 'z'),
);

function modify(engine: ProcessTest, { id }: TestInstance, ...instructions: ModificationInstruction[]): void {
  engine.command(id, { kind: 'modify', instructions });
}

const before = (activityId: string): ModificationInstruction => ({ type: 'startBefore', activityId });
const cancel = (activityId: string): ModificationInstruction => ({ type: 'cancelActivity', activityId });
const scopeOf = (engine: ProcessTest) =>
  rowsOf(engine, 'historicActivityInstance').filter(({ elementId, endedAt }) => elementId === 'sub' && !endedAt);

test('who cancels first and then starts gets a new scope, who starts first keeps it', async () => {
  const engine = await deployed(NESTED);
  const instance = engine.start('p');
  instance.completeTask('a');
  const [first] = scopeOf(engine);
  modify(engine, instance, before('c'), cancel('b'));
  expect(scopeOf(engine)).toMatchObject([{ id: first?.id }]);
  modify(engine, instance, cancel('c'), before('b'));
  expect(scopeOf(engine)).toHaveLength(1);
  expect(scopeOf(engine)[0]?.id).not.toBe(first?.id);
  expect(instance.waitingAt()).toEqual(['b']);
});

test('tokens start before, after and on a flow, with variables where they belong', async () => {
  const engine = await deployed(NESTED);
  const instance = engine.start('p');
  const variables = { g: { type: 'Integer', value: 1 } } as const;
  const localVariables = { l: { type: 'Integer', value: 2 } } as const;
  modify(engine, instance, { type: 'startBefore', activityId: 'c', variables, localVariables });
  const [scope] = scopeOf(engine);
  const at = (name: string) => rowsOf(engine, 'variable').find((row) => row.name === name)?.activityInstanceId;
  expect([at('g'), at('l')]).toEqual([instance.id, scope?.id]);
  modify(
    engine,
    instance,
    { type: 'startAfter', activityId: 'sub' },
    { type: 'startTransition', transitionId: 'sub-z' },
  );
  expect(instance.waitingAt()).toEqual(['a', 'c', 'z', 'z']);
});

test('an instance of which everything is cancelled ends as somebody ended it', async () => {
  const engine = await deployed(NESTED);
  const instance = engine.start('p');
  modify(engine, instance, cancel('a'));
  expect(onlyRow(engine, 'historicProcessInstance').state).toBe('EXTERNALLY_TERMINATED');
  expect(leftovers(engine)).toEqual({});
});

test('the process goes on to its end when the last token is moved there', async () => {
  const engine = await deployed(
    process('p', '<startEvent id="start"/>', user('a'), '<endEvent id="end"/>', path('start', 'a', 'end')),
  );
  const instance = engine.start('p');
  modify(engine, instance, cancel('a'), before('end'));
  expect(onlyRow(engine, 'historicProcessInstance').state).toBe('COMPLETED');
  expect(history(engine)).toEqual(['start', 'a (canceled)', 'end']);
  expect(instance.ended).toBe(true);
});

test('one instance more or less of a multi-instance is waited for', async () => {
  const loop =
    '<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>';
  const engine = await deployed(process('p', '<startEvent id="start"/>', user('a', loop), path('start', 'a')));
  const instance = engine.start('p');
  modify(engine, instance, before('a'));
  expect(instance.waitingAt()).toEqual(['a', 'a', 'a']);
  const [task] = rowsOf(engine, 'userTask');
  modify(engine, instance, { type: 'cancelInstance', instanceId: task!.activityInstanceId });
  instance.completeTask('a');
  expect(instance.ended).toBe(false);
  instance.completeTask('a');
  expect(instance.ended).toBe(true);
  expect(leftovers(engine)).toEqual({});
});

test('what cannot be meant is refused, and nothing has changed', async () => {
  const engine = await deployed(NESTED);
  const instance = engine.start('p');
  const refused = (...instructions: ModificationInstruction[]) =>
    expect(() => modify(engine, instance, ...instructions));
  refused(before('b'), before('nope')).toThrow("'nope' does not exist");
  refused({ type: 'cancelInstance', instanceId: 'nope' }).toThrow(InvalidCommandError);
  refused({ type: 'startAfter', activityId: 'z' }).toThrow('no outgoing sequence flow');
  modify(engine, instance, before('b'));
  engine.command(instance.id, {
    kind: 'modify',
    instructions: [{ type: 'startBefore', activityId: 'b', ancestorActivityInstanceId: instance.id }],
  });
  refused(before('c')).toThrow('ambiguous');
  expect(instance.waitingAt()).toEqual(['a', 'b', 'b']);
  engine.command(instance.id, { kind: 'setSuspended', suspended: true });
  refused(before('z')).toThrow(SuspendedError);
});

test('a suspended instance can be cancelled in parts or as a whole, but nothing begins or ends in it by itself', async () => {
  const engine = await deployed(NESTED);
  const instance = engine.start('p');
  modify(engine, instance, before('b'));
  engine.command(instance.id, { kind: 'setSuspended', suspended: true });
  expect(instance.waitingAt()).toEqual(['a', 'b']);
  const cancel = (activityId: string) => ({ type: 'cancelActivity', activityId }) as const;
  expect(() => modify(engine, instance, cancel('b'), before('a'))).toThrow(SuspendedError);
  expect(instance.waitingAt(), 'all or nothing').toEqual(['a', 'b']);
  modify(engine, instance, cancel('b'));
  expect(instance.waitingAt()).toEqual(['a']);
  expect(() => modify(engine, instance, cancel('a')), 'the last one').toThrow(SuspendedError);
  modify(engine, instance, { type: 'cancelInstance', instanceId: instance.id });
  expect(instance.ended).toBe(true);
});

test('a new instance can begin anywhere, and says which one it repeats', async () => {
  const engine = await deployed(NESTED);
  const command = {
    kind: 'start',
    definitionId: engine.host.latest.get('p') ?? '',
    businessKey: 'key',
    tenantId: null,
    variables: { x: { type: 'Integer', value: 1 } },
    instructions: [before('c')],
    restartedProcessInstanceId: 'finished',
  } as const;
  engine.command('again', command);
  expect(rowsOf(engine, 'userTask').map(({ elementId }) => elementId)).toEqual(['c']);
  expect(onlyRow(engine, 'historicProcessInstance')).toMatchObject({
    restartedProcessInstanceId: 'finished',
    initialVariables: { x: { type: 'Integer', numberValue: 1 } },
  });
});
