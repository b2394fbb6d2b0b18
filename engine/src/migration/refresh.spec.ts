import { expect, test } from 'vitest';
import { MigrationPlanError } from '../errors.js';
import { onlyRow, rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  externalTask,
  mappings,
  message,
  messageEvent,
  path,
  process,
  timerEvent,
} from '../spec-support/models.js';
import { type ProcessTest, processTest, type TestInstance } from '../testing/index.js';
import { dryRun } from './dry-run.js';
import { footprintOf, inverseOf } from './inverse.js';
import type { MigrationInstruction, Refresh } from './plan.js';

interface Versions {
  readonly engine: ProcessTest;
  readonly instance: TestInstance;
  readonly migrate: (...instructions: readonly MigrationInstruction[]) => void;
}

/** An instance of the first of two versions, which both have a start event and the path to `a`. */
async function versions(before: string, after: string, variables = {}): Promise<Versions> {
  const engine = await processTest();
  const { host } = engine;
  const ids: string[] = [];
  for (const content of [before, after]) {
    const body = process('p', '<startEvent id="start"/>', content, path('start', 'a'));
    await engine.deploy({ 'p.bpmn': definitions(message('old'), message('new'), body) });
    ids.push(host.latest.get('p') ?? '');
  }
  const [sourceDefinitionId = '', targetDefinitionId = ''] = ids;
  host.latest.set('p', sourceDefinitionId);
  const instance = engine.start('p', variables);
  const migrate: Versions['migrate'] = (...instructions) => {
    const command = { kind: 'migrate', plan: { sourceDefinitionId, targetDefinitionId, instructions } } as const;
    const state = host.instances.get(instance.id)!;
    const stored = () => JSON.stringify(Object.entries(host.rows).map(([, rows]) => [...rows].sort()));
    const before = stored();
    const rows = Object.fromEntries(
      Object.entries(host.rows).map(([name, all]) => [name, new Map(all as Map<string, never>)]),
    );
    const { after } = dryRun(state, command, host.environment(new Map(), null));
    host.run(instance.id, command);
    const migrated = host.instances.get(instance.id)!;
    expect(shapeOf(after), 'the dry run shows it').toEqual(shapeOf(migrated));
    const former = { processDefinitionId: state.definitionId, processDefinitionKey: state.definitionKey };
    const changes = inverseOf(footprintOf(host.lastChanges), former, (table, id) => rows[table]?.get(id));
    host.run(instance.id, { kind: 'restore', before: state, changes, revision: migrated.revision });
    expect(stored(), 'it can be put back').toBe(before);
    host.run(instance.id, command);
  };
  return { engine, instance, migrate };
}

/** What a state says beside the ids that every run makes anew. */
function shapeOf(state: unknown): unknown {
  const nodes = [
    ...(state as { nodes: Map<string, { task?: object; externalTask?: object; jobs?: object }> }).nodes.values(),
  ];
  return nodes.map(({ task, externalTask, jobs }) =>
    JSON.parse(JSON.stringify({ task, externalTask, jobs }, (key, value) => (key === 'id' ? 'id' : value))),
  );
}

const from = (id: string, refresh: Refresh, updateEventTrigger = false): MigrationInstruction => ({
  sourceActivityId: id,
  targetActivityId: id,
  updateEventTrigger,
  refresh,
});

test("a topic is the target's, and its worker of before has it no longer", async () => {
  const { engine, instance, migrate } = await versions(externalTask('a', 'old'), externalTask('a', 'new'));
  const task = onlyRow(engine, 'externalTask');
  engine.host.rows.externalTask.set(task.id, { ...task, workerId: 'w', lockExpiresAt: new Date(9e12) });
  migrate(from('a', { topic: 'refresh' }));
  expect(onlyRow(engine, 'externalTask')).toMatchObject({ topicName: 'new', workerId: null, lockExpiresAt: null });
  instance.completeExternalTask('new');
  expect(instance.ended).toBe(true);
});

test('a topic that is the same leaves the worker at work', async () => {
  const { engine, migrate } = await versions(externalTask('a', 'same'), externalTask('a', 'same'));
  const task = onlyRow(engine, 'externalTask');
  engine.host.rows.externalTask.set(task.id, { ...task, workerId: 'w', lockExpiresAt: new Date(9e12) });
  migrate(from('a', { topic: 'refresh' }));
  expect(onlyRow(engine, 'externalTask')).toMatchObject({ topicName: 'same', workerId: 'w' });
});

test("a worker's failure is forgotten with its incident", async () => {
  const { engine, instance, migrate } = await versions(externalTask('a'), externalTask('a'));
  instance.failExternalTask('a', { message: 'broken', retries: 0 });
  migrate(from('a', { retries: 'refresh' }));
  expect(onlyRow(engine, 'externalTask')).toMatchObject({ retries: null, errorMessage: null });
  expect(instance.incidents()).toEqual([]);
});

test('a job gets its retries again', async () => {
  const broken =
    '<scriptTask id="a" scriptFormat="javascript" camunda:asyncBefore="true"><script>throw new Error("no")</script></scriptTask>';
  const { engine, instance, migrate } = await versions(broken, broken);
  expect(onlyRow(engine, 'job').retries).toBe(0);
  engine.runJobs = false;
  migrate(from('a', { retries: 'refresh' }));
  expect(onlyRow(engine, 'job').retries).toBe(3);
  expect(instance.incidents()).toEqual([]);
});

test('inputs are evaluated again, and those that only the source had go', async () => {
  const task = (inputs: Record<string, string>) => `<userTask id="a">${mappings(inputs)}</userTask>`;
  const { engine, migrate } = await versions(
    task({ same: '${x}', gone: '1' }),
    task({ same: '${x + 1}', more: '${same + 1}' }),
    { x: 1 },
  );
  migrate(from('a', { inputMapping: 'refresh' }));
  const values = rowsOf(engine, 'variable').map(({ name, numberValue }) => `${name}=${numberValue}`);
  expect(values.sort()).toEqual(['more=3', 'same=2', 'x=1']);
});

test("assignee, candidates and dates are the target's, each where it is asked for", async () => {
  const task = (attributes: string) => `<userTask id="a" ${attributes}/>`;
  const both = [
    task('camunda:assignee="ann" camunda:candidateUsers="ann,bob" camunda:dueDate="P1D"'),
    task(
      'camunda:assignee="carl" camunda:candidateUsers="bob,carl" camunda:candidateGroups="g" camunda:dueDate="P3D" camunda:followUpDate="P2D"',
    ),
  ] as const;
  const links = (engine: ProcessTest) =>
    rowsOf(engine, 'identityLink')
      .map(({ userId, groupId }) => userId ?? groupId)
      .sort();
  const days = (engine: ProcessTest, date: Date | null) =>
    date && (date.getTime() - engine.host.now.getTime()) / 86_400_000;
  const one = await versions(...both);
  one.engine.advance('PT12H');
  one.migrate(from('a', { assignee: 'refresh' }));
  for (const table of ['userTask', 'historicTask', 'historicActivityInstance'] as const)
    expect(onlyRow(one.engine, table, 'a')).toMatchObject({ assignee: 'carl' });
  expect(links(one.engine)).toEqual(['bob', 'carl', 'g']);
  expect(days(one.engine, onlyRow(one.engine, 'userTask').dueDate)).toBe(0.5);

  const other = await versions(...both);
  other.engine.advance('PT12H');
  other.migrate(from('a', { dueDate: 'refresh' }));
  for (const table of ['userTask', 'historicTask'] as const) {
    const { assignee, dueDate, followUpDate } = onlyRow(other.engine, table);
    expect([assignee, days(other.engine, dueDate), days(other.engine, followUpDate)]).toEqual(['ann', 3, 2]);
  }
  expect(links(other.engine)).toEqual(['ann', 'bob']);
});

test('a form key stays where it is to be kept', async () => {
  const task = (key: string) => `<userTask id="a" camunda:formKey="${key}"/>`;
  const key = async (refresh: Refresh) => {
    const { engine, migrate } = await versions(task('old'), task('new'));
    migrate(from('a', refresh));
    return onlyRow(engine, 'userTask').formKey;
  };
  expect([await key({}), await key({ form: 'refresh' }), await key({ form: 'keep' })]).toEqual(['new', 'new', 'old']);
});

test('timers and messages are told apart from updateEventTrigger', async () => {
  const guarded = (name: string, due: string) =>
    `<userTask id="a"/>${boundaryEvent('m', 'a', messageEvent(name))}${boundaryEvent('t', 'a', timerEvent('timeDuration', due))}`;
  const { engine, migrate } = await versions(guarded('old', 'PT2H'), guarded('new', 'PT9H'));
  migrate(from('a', {}), from('m', { message: 'refresh' }), from('t', { timer: 'keep' }, true));
  expect(onlyRow(engine, 'eventSubscription').eventName).toBe('new');
  expect(onlyRow(engine, 'job').dueDate!.getTime() - engine.host.now.getTime()).toBe(2 * 3_600_000);
});

test("what is not there to be refreshed, or can't be kept, is refused with its reason", async () => {
  const form = '<userTask id="a" camunda:formRef="f" camunda:formRefBinding="deployment"/>';
  const { migrate } = await versions(form, form);
  const refused = (refresh: Refresh, reason: RegExp) => {
    expect(() => migrate(from('a', refresh))).toThrow(MigrationPlanError);
    expect(() => migrate(from('a', refresh))).toThrow(reason);
  };
  refused({ topic: 'refresh' }, /Cannot refresh 'topic', because the target activity has no topic/);
  refused({ timer: 'refresh' }, /Cannot refresh 'timer', because the target activity has no timer/);
  refused({ form: 'keep' }, /Cannot keep the form of 'a'/);
  refused({ colour: 'refresh' } as Refresh, /Cannot refresh 'colour', because that is none of topic, retries/);
});

test('what is worked out for a worker survives when the model changes what it says beside it', async () => {
  const work = (property: string, field: string) =>
    `<serviceTask id="a" camunda:class="org.example.Notify"><extensionElements>
      <camunda:properties><camunda:property name="kind" value="${property}"/></camunda:properties>
      <camunda:field name="to"><camunda:expression>${field}</camunda:expression></camunda:field>
    </extensionElements></serviceTask>`;
  const told = (engine: ProcessTest) => onlyRow(engine, 'externalTask').extensionProperties;
  const same = await versions(work('letter', '${customer}'), work('mail', '${customer}'), { customer: 'kim' });
  expect(told(same.engine)).toEqual({ kind: 'letter', to: 'kim' });
  same.migrate({ sourceActivityId: 'a', targetActivityId: 'a', updateEventTrigger: false });
  expect(told(same.engine)).toEqual({ kind: 'mail', to: 'kim' });
  const broken = await versions(work('letter', '${customer}'), work('mail', '${nobody}'), { customer: 'kim' });
  broken.migrate({ sourceActivityId: 'a', targetActivityId: 'a', updateEventTrigger: false });
  expect(told(broken.engine)).toEqual({ kind: 'letter', to: 'kim' });
});

test('a worker that maps the result of a call is told so after a migration, too', async () => {
  const call = (property: string) =>
    `<callActivity id="a" calledElement="child" camunda:variableMappingClass="org.example.Mapping"><extensionElements>
      <camunda:properties><camunda:property name="kind" value="${property}"/></camunda:properties>
    </extensionElements></callActivity>`;
  const { engine, instance, migrate } = await versions(call('old'), call('new'));
  await engine.deploy({ 'child.bpmn': definitions(process('child', '<startEvent id="begin"/>')) });
  const told = () => onlyRow(engine, 'externalTask').extensionProperties;
  expect(told()).toMatchObject({ mapping: 'input' });
  engine.host.run(instance.id, {
    kind: 'completeExternalTask',
    externalTaskId: onlyRow(engine, 'externalTask').id,
    variables: {},
    localVariables: {},
  });
  expect(told()).toMatchObject({ kind: 'old', mapping: 'output' });
  migrate({ sourceActivityId: 'a', targetActivityId: 'a', updateEventTrigger: false });
  expect(told()).toEqual({ kind: 'new', mapping: 'output' });
});
