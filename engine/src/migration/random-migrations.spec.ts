import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProcessModel } from '../model/process-model.js';
import type { Command } from '../runtime/commands.js';
import type { TableName } from '../runtime/records.js';
import { leftovers, rowsOf } from '../spec-support/instances.js';
import { definitions } from '../spec-support/models.js';
import { type Block, blocks, randomProcess } from '../spec-support/random-process.js';
import { type ProcessTest, processTest } from '../testing/index.js';
import { compilePlan } from './compile-plan.js';
import { dryRun } from './dry-run.js';
import { generatePlan } from './generate-plan.js';
import { footprintOf, inverseOf, rowsToKeep } from './inverse.js';
import { canMigrate, type MigrationInstruction, REFRESH_ASPECTS } from './plan.js';
import { validateInstance } from './validate-instance.js';
import { validatePlan } from './validate-plan.js';

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
  await untilSeen(property, 60, () => expect(migrated).toBeGreaterThan(10));
}, 120_000);

/** Other ways for the tokens between the same elements: some of their joins can never complete then. */
const rewire = fc.constantFrom<(block: Block) => Block>(
  (block) => (block.kind === 'sequence' && block.blocks.length > 1 ? parallel(block.blocks) : parallel([block, work])),
  (block) => (block.kind === 'choice' ? parallel(block.branches) : { kind: 'sequence', blocks: [work, block] }),
  (block) => (block.kind === 'parallel' ? { kind: 'sequence', blocks: block.branches } : block),
  (block) =>
    block.kind === 'inclusive'
      ? parallel(block.branches)
      : { kind: 'inclusive', branches: [block, work], taken: 3, async: never },
);
/** Its target has the same ids inside, so that instances go on in one branch of what has become a fork. */
const choices = fc
  .tuple(blocks, blocks, fc.nat(1))
  .map(([one, other, taken]): Block => ({ kind: 'choice', branches: [one, other], taken, async: never }));
/** What waits for several events at once: rows go when they have no counterpart. */
const guards = fc
  .array(
    fc.record({
      kind: fc.constant('guarded' as const),
      by: fc.constantFrom('boundary' as const, 'nonInterruptingBoundary' as const, 'eventSubProcess' as const),
      event: fc.constantFrom('timer' as const, 'message' as const),
    }),
    { minLength: 2, maxLength: 3 },
  )
  .map((all): Block => ({ kind: 'subProcess', body: parallel(all), async: never }));
const parallel = (branches: readonly Block[]): Block => ({ kind: 'parallel', branches, async: never });

test('what the dry run says comes true, and what was migrated can be put back exactly', async () => {
  const seen = { clean: 0, attention: 0, refused: 0, starved: 0, deleted: 0, refreshed: 0 };
  const order = fc.array(fc.nat(9_999), { minLength: 20, maxLength: 40 });
  const models = fc.oneof(blocks, choices, guards);
  const changes = fc.oneof(change, rewire);
  const less = fc.array(fc.nat(1), { minLength: 5, maxLength: 5 }).map((dice) => dice.map((die) => die === 0));
  const property = fc.asyncProperty(
    models,
    changes,
    order,
    fc.oneof(fc.nat(1), fc.nat(12)),
    less,
    async (block, mutate, chosen, steps, left) => {
      const engine = await processTest();
      engine.runJobs = false;
      const { host } = engine;
      const [source, target] = [randomProcess('p', block), randomProcess('p', mutate(block))];
      await engine.deploy({ 'p.bpmn': definitions(source.xml) });
      const sourceDefinitionId = host.latest.get('p') ?? '';
      const { id } = engine.start('p', { ...target.variables, ...source.variables });
      play(engine, id, chosen, steps);
      await engine.deploy({ 'p.bpmn': definitions(target.xml) });
      const targetDefinitionId = host.latest.get('p') ?? '';
      const state = host.instances.get(id);
      if (!state) return;
      const model = (definitionId: string) => host.models.get(definitionId)!;
      const instructions = varied(model(sourceDefinitionId), model(targetDefinitionId), left);
      const command = { kind: 'migrate', plan: { sourceDefinitionId, targetDefinitionId, instructions } } as const;
      const before = stored(engine);
      const { verdict, findings } = dryRun(state, command, host.environment(new Map(), null));
      expect(stored(engine), 'the dry run changes nothing').toEqual(before);
      seen[verdict]++;
      if (verdict === 'refused') {
        expect(() => host.run(id, command)).toThrow(findings[0]!.message);
        expect(stored(engine)).toEqual(before);
        return;
      }
      const rows = before;
      host.run(id, command);
      const former = { processDefinitionId: sourceDefinitionId, processDefinitionKey: model(sourceDefinitionId).key };
      const footprint = footprintOf(host.lastChanges);
      const kept = rowsToKeep(footprint);
      const keptRow = (table: TableName, row: string) => {
        const before = rows[table]?.[row];
        const { ids, columns } = kept[table] ?? { ids: [], columns: null };
        if (!before || !ids.includes(row)) return undefined;
        return Object.fromEntries(Object.entries(before).filter(([column]) => columns?.has(column) ?? true));
      };
      seen.deleted += host.lastChanges.filter(({ op }) => op === 'delete').length;
      seen.refreshed += instructions.filter(({ refresh }) => refresh).length;
      const restored = inverseOf(footprint, former, keptRow);
      const revision = host.instances.get(id)!.revision;
      host.run(id, { kind: 'restore', before: state, changes: restored, revision });
      expect(stored(engine), 'it stands where it stood').toEqual(before);
      expect({ ...host.instances.get(id), revision: 0 }).toEqual({ ...state, revision: 0 });

      host.run(id, command);
      play(engine, id, chosen, MAX_STEPS);
      const ended = !host.instances.has(id);
      if (verdict === 'clean') expect(ended, 'it has ended').toBe(true);
      if (!findings.some(({ code }) => code === 'join-never-completes')) return;
      seen.starved++;
      expect(ended, 'it waits for ever').toBe(false);
    },
  );
  await untilSeen(property, 130, () => {
    expect(seen.clean).toBeGreaterThan(10);
    expect(seen.refused).toBeGreaterThan(3);
    expect(seen.starved).toBeGreaterThan(0);
    expect(seen.deleted, 'rows that went came back').toBeGreaterThan(10);
    expect(seen.refreshed).toBeGreaterThan(10);
  });
}, 240_000);

/** Chance may keep out what the property is about; then it is tried with more. */
async function untilSeen(property: fc.IAsyncProperty<unknown>, numRuns: number, seenEnough: () => void): Promise<void> {
  for (let round = 1; ; round++) {
    await fc.assert(property, { numRuns });
    try {
      return seenEnough();
    } catch (error) {
      if (round === 5) throw error;
    }
  }
}

/**
 * The generated plan with everything refreshed that can be, but for some instructions: where they may be left out, what
 * they speak of (events, enclosing scopes) goes and begins anew.
 */
function varied(source: ProcessModel, target: ProcessModel, left: readonly boolean[]): readonly MigrationInstruction[] {
  const isValid = (plan: readonly MigrationInstruction[]) =>
    validatePlan(source, target, plan).instructions.length === 0;
  let plan = generatePlan(source, target);
  for (const [index, instruction] of plan.entries()) {
    const others = plan.filter((each) => each !== instruction);
    const { children, incoming } = source.elements.get(instruction.sourceActivityId ?? '')!;
    const isScopeOrEvent = children.length > 0 || incoming.length === 0;
    if (left[index % left.length] && isScopeOrEvent && isValid(others)) plan = others;
  }
  return plan.map((instruction) => {
    const choices = REFRESH_ASPECTS.filter((aspect) =>
      isValid([...plan.filter((each) => each !== instruction), { ...instruction, refresh: { [aspect]: 'refresh' } }]),
    );
    if (choices.length === 0) return instruction;
    return { ...instruction, refresh: Object.fromEntries(choices.map((aspect) => [aspect, 'refresh'] as const)) };
  });
}

/** All rows, by table and id, as plain data. */
function stored({ host }: ProcessTest): Record<string, Record<string, Record<string, unknown>>> {
  return Object.fromEntries(
    Object.entries(host.rows).map(([table, rows]) => [table, Object.fromEntries(rows as Map<string, never>)]),
  );
}

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
