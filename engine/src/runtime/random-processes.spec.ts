import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RUNTIME_TABLES, rowsOf } from '../spec-support/instances.js';
import { definitions } from '../spec-support/models.js';
import { blocks, randomProcess } from '../spec-support/random-process.js';
import { type ProcessTest, processTest } from '../testing/index.js';
import type { Command } from './commands.js';
import { restoreState, storeState } from './stored-state.js';

/** More than any generated process can need. */
const MAX_STEPS = 5_000;

test('a sound process ends in any order of its work, with every activity done exactly as often as the model says', async () => {
  const engine = await processTest();
  engine.runJobs = false;
  let count = 0;
  const anyProcess = fc.asyncProperty(blocks, fc.infiniteStream(fc.nat(9_999)), async (block, choices) => {
    const key = `random-${++count}`;
    const { xml, variables, visits } = randomProcess(key, block);
    await engine.deploy({ 'random.bpmn': definitions(xml) });
    const { id } = engine.start(key, variables);
    for (let step = 0; engine.host.instances.has(id); step++) {
      expect(step).toBeLessThan(MAX_STEPS);
      const commands = possibleCommands(engine, id);
      expect(commands.length, 'a running instance has work to do').toBeGreaterThan(0);
      const choice = choices.next().value;
      engine.host.run(id, commands[choice % commands.length]!);
      if (choice % 3 === 0) saveAndLoad(engine, id);
    }
    expect(visitsOf(engine, id)).toEqual(new Map([...visits].sort(byId)));
    for (const table of RUNTIME_TABLES) expect(rowsOf(engine, table), table).toEqual([]);
  });
  await fc.assert(anyProcess, { numRuns: 100 });
}, 60_000);

/** Everything that somebody could do now: complete a task, answer, deliver a message, run a job. */
function possibleCommands(engine: ProcessTest, instanceId: string): Command[] {
  const own = <T extends { readonly processInstanceId: string | null }>(rows: readonly T[]) =>
    rows.filter((row) => row.processInstanceId === instanceId);
  return [
    ...own(rowsOf(engine, 'userTask')).map(({ id }): Command => ({ kind: 'completeTask', taskId: id })),
    ...own(rowsOf(engine, 'externalTask')).map(
      ({ id }): Command => ({ kind: 'completeExternalTask', externalTaskId: id }),
    ),
    ...own(rowsOf(engine, 'eventSubscription')).map(
      ({ id }): Command => ({ kind: 'deliverMessage', subscriptionId: id }),
    ),
    ...own(rowsOf(engine, 'job')).map(({ id }): Command => ({ kind: 'executeJob', jobId: id })),
  ];
}

/** What a server does when it has forgotten an instance: only what was stored is left. */
function saveAndLoad(engine: ProcessTest, id: string): void {
  const state = engine.host.instances.get(id);
  if (!state) return;
  const stored = JSON.parse(JSON.stringify(storeState(state)));
  const variables = rowsOf(engine, 'variable').filter((row) => row.processInstanceId === id);
  engine.host.instances.set(id, restoreState(stored, variables));
}

function visitsOf(engine: ProcessTest, id: string): Map<string, number> {
  const visits = new Map<string, number>();
  for (const row of rowsOf(engine, 'historicActivityInstance')) {
    if (row.processInstanceId !== id) continue;
    expect(row, 'every activity that was started has ended').toMatchObject({
      endedAt: engine.host.now,
      canceled: false,
    });
    visits.set(row.elementId, (visits.get(row.elementId) ?? 0) + 1);
  }
  return new Map([...visits].sort(byId));
}

function byId([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1;
}
