import { describe, expect, test } from 'vitest';
import { MigratingInstanceError } from '../errors.js';
import { leftovers, rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  flow,
  mappings,
  path,
  process,
  subProcess,
  timerEvent,
} from '../spec-support/models.js';
import { type ProcessTest, processTest } from '../testing/index.js';
import { dryRun } from './dry-run.js';
import { footprintOf, inverseOf } from './inverse.js';
import type { MigrationInstruction } from './plan.js';
import { validatePlan } from './validate-plan.js';

const start = '<startEvent id="start"/>';
const user = (id: string, more = '') => `<userTask id="${id}">${more}</userTask>`;
const joined = (...branches: string[]) =>
  [
    '<parallelGateway id="fork"/><parallelGateway id="join"/>',
    ...branches.map((id) => flow('fork', id) + flow(id, 'join')),
  ].join('');
const become = (sourceActivityId: string, targetActivityId: string, ...also: string[]): MigrationInstruction => ({
  sourceActivityId,
  targetActivityId,
  updateEventTrigger: false,
  ...(also.length > 0 && { alsoStartActivityIds: also }),
});

async function versions(before: string, after: string) {
  const engine = await processTest();
  const ids: string[] = [];
  for (const content of [before, after]) {
    await engine.deploy({ 'p.bpmn': definitions(process('p', start, content)) });
    ids.push(engine.host.latest.get('p') ?? '');
  }
  const [sourceDefinitionId = '', targetDefinitionId = ''] = ids;
  engine.host.latest.set('p', sourceDefinitionId);
  const command = (...instructions: MigrationInstruction[]) =>
    ({ kind: 'migrate', plan: { sourceDefinitionId, targetDefinitionId, instructions } }) as const;
  const failures = (...instructions: MigrationInstruction[]) =>
    validatePlan(
      engine.host.models.get(sourceDefinitionId)!,
      engine.host.models.get(targetDefinitionId)!,
      instructions,
    ).instructions.flatMap((each) => each.failures);
  return { engine, command, failures };
}

const rows = ({ host }: ProcessTest) =>
  Object.fromEntries(Object.entries(host.rows).map(([table, all]) => [table, new Map(all as Map<string, never>)]));

describe('one activity that becomes several', () => {
  const before = user('review') + path('start', 'review');
  const after = `${user('legal')}${user('credit', mappings({ got: '${x}' }))}${user('next')}${joined('legal', 'credit')}${path('start', 'fork')}${path('join', 'next')}`;

  test('goes on as the first, and the others begin beside it', async () => {
    const { engine, command } = await versions(before, after);
    const instance = engine.start('p', { x: 7 });
    const [task] = rowsOf(engine, 'userTask');
    engine.host.run(instance.id, command(become('review', 'legal', 'credit')));
    expect(instance.waitingAt().sort()).toEqual(['credit', 'legal']);
    expect(rowsOf(engine, 'userTask').find(({ elementId }) => elementId === 'legal')?.id).toBe(task!.id);
    expect(
      rowsOf(engine, 'variable')
        .map(({ name, numberValue }) => `${name}=${numberValue}`)
        .sort(),
    ).toEqual(['got=7', 'x=7']);
    instance.completeTask('legal');
    instance.completeTask('credit');
    expect(instance.waitingAt()).toEqual(['next']);
    instance.completeTask('next');
    expect(instance.ended).toBe(true);
    expect(leftovers(engine)).toEqual({});
  });

  test('is clean in a dry run, where the one that is left out would starve the join', async () => {
    const { engine, command } = await versions(before, after);
    const { id } = engine.start('p', { x: 7 });
    const tried = (migration: ReturnType<typeof command>) =>
      dryRun(engine.host.instances.get(id)!, migration, engine.host.environment(new Map(), null));
    expect(tried(command(become('review', 'legal', 'credit')))).toMatchObject({ verdict: 'clean' });
    expect(tried(command(become('review', 'legal')))).toMatchObject({
      verdict: 'attention',
      findings: [{ code: 'join-never-completes', elementId: 'join' }],
    });
  });

  test('is one again when that is undone', async () => {
    const { engine, command } = await versions(before, after);
    const { id } = engine.start('p', { x: 7 });
    const [state, stored] = [engine.host.instances.get(id)!, rows(engine)];
    engine.host.run(id, command(become('review', 'legal', 'credit')));
    const former = { processDefinitionId: state.definitionId, processDefinitionKey: 'p' };
    const changes = inverseOf(footprintOf(engine.host.lastChanges), former, (table, row) => stored[table]?.get(row));
    const { revision } = engine.host.instances.get(id)!;
    engine.host.run(id, { kind: 'restore', before: state, changes, revision });
    expect(rows(engine)).toEqual(stored);
    expect({ ...engine.host.instances.get(id), revision: 0 }).toEqual({ ...state, revision: 0 });
  });

  test('begins the others in the scope that the target lies in, each for its own instance', async () => {
    const room = subProcess(
      'room',
      '<startEvent id="s"/>',
      user('legal'),
      user('credit'),
      path('s', 'legal', 'credit'),
    );
    const { engine, command } = await versions(before, room + path('start', 'room'));
    const instance = engine.start('p');
    engine.host.run(instance.id, command(become('review', 'legal', 'credit')));
    const nodes = [...engine.host.instances.get(instance.id)!.nodes.values()];
    const scope = nodes.find(({ elementId }) => elementId === 'room')!;
    expect(
      nodes
        .filter(({ parentId }) => parentId === scope.id)
        .map(({ elementId }) => elementId)
        .sort(),
    ).toEqual(['credit', 'legal']);
  });

  test('that is done already, and only waits to go on, is refused', async () => {
    const { engine, command } = await versions(
      `<userTask id="review" camunda:asyncAfter="true"/>${path('start', 'review')}`,
      `<userTask id="legal" camunda:asyncAfter="true"/>${user('credit')}${path('start', 'legal', 'credit')}`,
    );
    engine.runJobs = false;
    const instance = engine.start('p');
    instance.completeTask('review');
    const attempt = () => engine.host.run(instance.id, command(become('review', 'legal', 'credit')));
    expect(attempt).toThrow(MigratingInstanceError);
    expect(attempt).toThrow(/done already/);
  });

  test('must be able to begin there', async () => {
    const late = boundaryEvent('late', 'legal', timerEvent('timeDuration', 'PT1H'));
    const { failures } = await versions(
      before + subProcess('box', '<startEvent id="bs"/>', user('in'), path('bs', 'in')) + path('review', 'box'),
      `${after}${late}${path('late', 'next')}${subProcess('room', '<startEvent id="s"/>', user('inner'), path('s', 'inner'))}${path('next', 'room')}`,
    );
    expect(failures(become('review', 'legal', 'nowhere'))).toEqual(["Target activity 'nowhere' does not exist"]);
    expect(failures(become('review', 'legal', 'legal'))).toEqual(["Target activity 'legal' is named twice"]);
    expect(failures(become('review', 'legal', 'late', 'start'))).toEqual([
      "No token can begin at target activity 'late'",
      "No token can begin at target activity 'start'",
    ]);
    expect(failures(become('review', 'legal', 'inner'))).toEqual([
      "Target activity 'inner' must be in the same scope as 'legal' to begin beside it",
    ]);
    expect(failures(become('box', 'room', 'next'))).toEqual([
      "Only an activity that waits itself can become several, but 'box' contains others",
    ]);
  });
});

test('several activities can become one kind of work, each as a token of its own', async () => {
  const { engine, command } = await versions(
    user('legal') + user('credit') + joined('legal', 'credit') + path('start', 'fork'),
    user('review') + path('start', 'review'),
  );
  const instance = engine.start('p');
  engine.host.run(instance.id, command(become('legal', 'review'), become('credit', 'review')));
  expect(instance.waitingAt()).toEqual(['review', 'review']);
  for (const { id } of rowsOf(engine, 'userTask')) engine.host.run(instance.id, { kind: 'completeTask', taskId: id });
  expect(instance.ended).toBe(true);
  expect(leftovers(engine)).toEqual({});
});
