import { describe, expect, test } from 'vitest';
import { leftovers, rowsOf } from '../spec-support/instances.js';
import { deployed, flow, path, process } from '../spec-support/models.js';
import { story, storyModels } from '../spec-support/stories.js';
import { type ProcessTest, processTest, type TestInstance } from '../testing/index.js';
import { NodeTree } from './node-tree.js';
import type { InstanceState } from './state.js';
import { restoreState, storeState } from './stored-state.js';

/** Plays the story, with something done to the engine after each step. */
async function play(afterStep: (engine: ProcessTest) => void): Promise<ProcessTest> {
  const engine = await (await processTest()).deploy(storyModels);
  engine.runJobs = false;
  const loan: TestInstance = engine.start('loan', { amount: 5 });
  for (const step of story) {
    afterStep(engine);
    step(engine, loan);
  }
  expect(loan.ended).toBe(true);
  return engine;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}

function freezeState(state: InstanceState): void {
  const refuse = () => {
    throw new Error('Expected the given state to stay as it is');
  };
  const { base, changes } = NodeTree.of(state.nodes);
  for (const nodes of [base, changes])
    if (!Object.isFrozen(nodes)) Object.assign(nodes, { set: refuse, delete: refuse, clear: refuse });
  for (const node of state.nodes.values()) deepFreeze(node);
  deepFreeze(state);
}

const tableNames = (engine: ProcessTest) => Object.keys(engine.host.rows) as (keyof ProcessTest['host']['rows'])[];

describe('a command', () => {
  test('never changes the state that it is given', async () => {
    const engine = await play(({ host }) => [...host.instances.values()].forEach(freezeState));
    expect(leftovers(engine)).toEqual({});
    expect(rowsOf(engine, 'historicActivityInstance').filter(({ endedAt }) => !endedAt)).toEqual([]);
  });

  test('given twice decides the same twice', async () => {
    const first = await play(() => {});
    const second = await play(() => {});
    for (const table of tableNames(first)) expect(rowsOf(second, table), table).toEqual(rowsOf(first, table));
  });

  test('that fails changes nothing', async () => {
    const engine = await deployed(
      process(
        'order',
        '<startEvent id="start"/><userTask id="work"/>',
        '<exclusiveGateway id="g"/><task id="a"/><task id="b"/>',
        path('start', 'work', 'g') + flow('g', 'a', '${amount > 1}') + flow('g', 'b', '${amount == 1}'),
      ),
    );
    const order = engine.start('order', { amount: 0 });
    const before = JSON.stringify([
      storeState(engine.host.instances.get(order.id)!),
      ...tableNames(engine).map((table) => rowsOf(engine, table)),
    ]);
    expect(() => order.completeTask('work', { note: 'x' })).toThrow(/'g'/);
    const after = JSON.stringify([
      storeState(engine.host.instances.get(order.id)!),
      ...tableNames(engine).map((table) => rowsOf(engine, table)),
    ]);
    expect(after).toBe(before);
  });

  test('needs its instance: a start a new one, everything else one that runs', async () => {
    const engine = await deployed(
      process('order', '<startEvent id="start"/><userTask id="work"/>', path('start', 'work')),
    );
    const order = engine.start('order');
    const again = { kind: 'start', definitionId: 'order:1', businessKey: null, tenantId: null } as const;
    expect(() => engine.host.run(order.id, again)).toThrow(/exists/);
    expect(() => engine.host.run('unknown', { kind: 'setSuspended', suspended: true })).toThrow(/'unknown'/);
    for (const command of [
      { kind: 'completeTask', taskId: 'x' },
      { kind: 'completeExternalTask', externalTaskId: 'x' },
      { kind: 'executeJob', jobId: 'x' },
      { kind: 'deliverMessage', subscriptionId: 'x' },
      { kind: 'resolveIncident', incidentId: 'x' },
      { kind: 'signalExecution', activityInstanceId: 'x' },
    ] as const)
      expect(() => engine.host.run(order.id, command), command.kind).toThrow(/'x'.*there is none/);
  });
});

test('an instance that is stored and restored at every step goes on as if nothing had happened', async () => {
  const straight = await play(() => {});
  const interrupted = await play(({ host }) => {
    for (const [id, state] of host.instances) {
      const variables = [...host.rows.variable.values()].filter(({ processInstanceId }) => processInstanceId === id);
      const restored = restoreState(JSON.parse(JSON.stringify(storeState(state))), variables);
      expect(JSON.parse(JSON.stringify(storeState(restored)))).toEqual(JSON.parse(JSON.stringify(storeState(state))));
      host.instances.set(id, restored);
    }
  });
  for (const table of tableNames(straight)) expect(rowsOf(interrupted, table), table).toEqual(rowsOf(straight, table));
});

test('a stored variable of a scope that is not in the tree is refused', async () => {
  const engine = await deployed(
    process('order', '<startEvent id="start"/><userTask id="work"/>', path('start', 'work')),
  );
  const order = engine.start('order', { amount: 5 });
  const [row] = rowsOf(engine, 'variable');
  const stored = storeState(engine.host.instances.get(order.id)!);
  expect(() => restoreState(stored, [{ ...row!, activityInstanceId: 'gone' }])).toThrow(/'gone'/);
});
