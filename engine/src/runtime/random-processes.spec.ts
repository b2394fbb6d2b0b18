import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RUNTIME_TABLES, rowsOf } from '../spec-support/instances.js';
import { definitions } from '../spec-support/models.js';
import { blocks, type RandomProcess, randomProcess } from '../spec-support/random-process.js';
import { heardEvents } from '../spec-support/worker-listeners.js';
import { type ProcessTest, processTest } from '../testing/index.js';
import type { Command } from './commands.js';
import { restoreState, storeState } from './stored-state.js';

/** More than any generated process can need. */
const MAX_STEPS = 5_000;

test('a sound process ends whatever happens first, with every activity done exactly as often as the model says', async () => {
  let count = 0;
  const choices = fc.array(fc.nat(9_999), { minLength: 20, maxLength: 60 });
  const anyProcess = fc.asyncProperty(blocks, heardEvents, choices, async (block, heard, chosen) => {
    const model = randomProcess(`random-${++count}`, block, heard);
    const engine = await play(model, chosen, false);
    expectVisits(engine, model);
    for (const table of RUNTIME_TABLES) expect(rowsOf(engine, table), table).toEqual([]);
    const restored = await play(model, chosen, true);
    for (const table of HISTORY_TABLES) expect(rowsOf(restored, table), table).toEqual(rowsOf(engine, table));
  });
  await fc.assert(anyProcess, { numRuns: 60 });
}, 60_000);

const HISTORY_TABLES = [
  'historicProcessInstance',
  'historicActivityInstance',
  'historicVariable',
  'historicTask',
] as const;

/** Plays one instance to its end; the choices say what happens next. */
async function play(
  { key, xml, variables }: RandomProcess,
  choices: readonly number[],
  savesAndLoads: boolean,
): Promise<ProcessTest> {
  const engine = await processTest();
  engine.runJobs = false;
  await engine.deploy({ 'random.bpmn': definitions(xml) });
  const { id } = engine.start(key, variables);
  for (let step = 0; engine.host.instances.has(id); step++) {
    expect(step).toBeLessThan(MAX_STEPS);
    if (savesAndLoads) saveAndLoad(engine, id);
    const commands = possibleCommands(engine, id);
    expect(commands.length, 'a running instance has work to do').toBeGreaterThan(0);
    const choice = choices[step % choices.length]! + Math.floor(step / choices.length);
    engine.host.run(id, commands[choice % commands.length]!);
  }
  return engine;
}

/** Everything that somebody could do now: complete a task, answer, deliver a message, run a job. */
function possibleCommands(engine: ProcessTest, instanceId: string): Command[] {
  const own = <T extends { readonly processInstanceId: string | null }>(rows: readonly T[]) =>
    rows.filter((row) => row.processInstanceId === instanceId);
  return [
    ...own(rowsOf(engine, 'userTask'))
      .filter(({ activityInstanceId }) => !hasListenerAtWork(engine, instanceId, activityInstanceId))
      .map(({ id }): Command => ({ kind: 'completeTask', taskId: id })),
    ...own(rowsOf(engine, 'externalTask')).map(
      ({ id }): Command => ({ kind: 'completeExternalTask', externalTaskId: id }),
    ),
    ...own(rowsOf(engine, 'eventSubscription')).map(
      ({ id }): Command => ({ kind: 'deliverMessage', subscriptionId: id }),
    ),
    ...own(rowsOf(engine, 'job')).map(({ id }): Command => ({ kind: 'executeJob', jobId: id })),
  ];
}

/** A user task isn't completed before its listeners are done. */
function hasListenerAtWork(engine: ProcessTest, instanceId: string, nodeId: string): boolean {
  return engine.host.instances.get(instanceId)?.nodes.get(nodeId)?.listener !== undefined;
}

/** What a server does when it has forgotten an instance: only what was stored is left. */
function saveAndLoad(engine: ProcessTest, id: string): void {
  const state = engine.host.instances.get(id);
  if (!state) return;
  const stored = JSON.parse(JSON.stringify(storeState(state)));
  const variables = rowsOf(engine, 'variable').filter((row) => row.processInstanceId === id);
  engine.host.instances.set(id, restoreState(stored, variables));
}

function expectVisits(engine: ProcessTest, { visits, open, relations }: RandomProcess): void {
  const counted = new Map<string, number>();
  const canceled = new Map<string, number>();
  for (const row of rowsOf(engine, 'historicActivityInstance')) {
    expect(row, 'every activity that was started has ended').toMatchObject({ endedAt: engine.host.now });
    counted.set(row.elementId, (counted.get(row.elementId) ?? 0) + 1);
    if (row.canceled) canceled.set(row.elementId, (canceled.get(row.elementId) ?? 0) + 1);
  }
  const fixed = [...counted].filter(([id]) => !open.has(id));
  expect(new Map(fixed.sort(byId))).toEqual(new Map([...visits].sort(byId)));
  const explained = new Set<string>();
  for (const { sum, is } of relations) {
    const total = sum.reduce((all, id) => all + (counted.get(id) ?? 0), 0);
    if (typeof is === 'number') expect(total, sum.join()).toBe(is);
    else if ('visits' in is) expect(total, sum.join()).toBe(counted.get(is.visits) ?? 0);
    else if ('atMost' in is) expect(total, sum.join()).toBeLessThanOrEqual(is.atMost);
    else {
      expect(total, sum.join()).toBe(canceled.get(is.canceled) ?? 0);
      explained.add(is.canceled);
    }
  }
  expect(
    [...canceled.keys()].filter((id) => !explained.has(id)),
    'cancelled without a reason',
  ).toEqual([]);
}

function byId([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1;
}
