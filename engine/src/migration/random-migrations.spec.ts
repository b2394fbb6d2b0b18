import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '../runtime/commands.js';
import { leftovers, rowsOf } from '../spec-support/instances.js';
import { definitions } from '../spec-support/models.js';
import { type Block, blocks, randomProcess } from '../spec-support/random-process.js';
import { type ProcessTest, processTest } from '../testing/index.js';
import { compilePlan } from './compile-plan.js';
import { generatePlan } from './generate-plan.js';
import { canMigrate } from './plan.js';
import { validateInstance } from './validate-instance.js';

const MAX_STEPS = 5_000;

/** The same process with something around it, or after it: most ids stay, most scopes move. */
const change = fc.constantFrom<(block: Block) => Block>(
  (block) => block,
  (block) => ({ kind: 'sequence', blocks: [block, work] }),
  (block) => ({ kind: 'sequence', blocks: [block, { kind: 'subProcess', body: work, async: never }] }),
  (block) => ({ kind: 'parallel', branches: [block, work], async: never }),
);
const never = { before: false, after: false };
const work: Block = { kind: 'work', task: 'user', async: never };

test('a migration that validates never fails, and the instance comes to its end', async () => {
  let migrated = 0;
  const choices = fc.array(fc.nat(9_999), { minLength: 20, maxLength: 40 });
  const property = fc.asyncProperty(blocks, change, choices, fc.nat(12), async (block, mutate, chosen, steps) => {
    const engine = await processTest();
    engine.runJobs = false;
    const [source, target] = [randomProcess('p', block), randomProcess('p', mutate(block))];
    await engine.deploy({ 'p.bpmn': definitions(source.xml) });
    const sourceDefinitionId = engine.host.latest.get('p') ?? '';
    const { id } = engine.start('p', { ...target.variables, ...source.variables });
    play(engine, id, chosen, steps);
    await engine.deploy({ 'p.bpmn': definitions(target.xml) });
    const targetDefinitionId = engine.host.latest.get('p') ?? '';
    const state = engine.host.instances.get(id);
    if (!state) return;
    const model = (definitionId: string) => engine.host.models.get(definitionId)!;
    const instructions = generatePlan(model(sourceDefinitionId), model(targetDefinitionId), {
      updateEventTriggers: steps % 2 === 0,
    });
    const plan = { sourceDefinitionId, targetDefinitionId, instructions };
    if (!canMigrate(validateInstance(state, compilePlan(plan, { model })))) return;
    migrated++;
    engine.host.run(id, { kind: 'migrate', plan });
    for (const { processDefinitionId } of rowsOf(engine, 'userTask'))
      expect(processDefinitionId).toBe(targetDefinitionId);
    play(engine, id, chosen, MAX_STEPS);
    expect(engine.host.instances.has(id), 'it has ended').toBe(false);
    expect(leftovers(engine)).toEqual({});
  });
  await fc.assert(property, { numRuns: 60 });
  expect(migrated).toBeGreaterThan(10);
}, 120_000);

/** Does what could be done, the choices say in which order; a join that waits for good is left alone. */
function play(engine: ProcessTest, id: string, choices: readonly number[], steps: number): void {
  for (let step = 0; step < steps && engine.host.instances.has(id); step++) {
    const commands = possibleCommands(engine);
    if (commands.length === 0) return;
    const choice = choices[step % choices.length]! + Math.floor(step / choices.length);
    engine.host.run(id, commands[choice % commands.length]!);
  }
}

function possibleCommands(engine: ProcessTest): Command[] {
  return [
    ...rowsOf(engine, 'userTask').map(({ id }): Command => ({ kind: 'completeTask', taskId: id })),
    ...rowsOf(engine, 'externalTask').map(({ id }): Command => ({ kind: 'completeExternalTask', externalTaskId: id })),
    ...rowsOf(engine, 'eventSubscription').map(({ id }): Command => ({ kind: 'deliverMessage', subscriptionId: id })),
    ...rowsOf(engine, 'job').map(({ id }): Command => ({ kind: 'executeJob', jobId: id })),
  ];
}
