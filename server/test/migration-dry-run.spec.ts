import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { ExternalTaskModule } from '../src/external-task/external-task.module.js';
import { MigrationModule } from '../src/migration/migration.module.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { TaskModule } from '../src/task/task.module.js';
import { bpmn, END, START, sequence } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

let rest: TestRest;
const definitions: string[] = [];

const user = (id: string) => `<bpmn:userTask id="${id}" />`;
const worker = (id: string, topic: string, inside = '') =>
  `<bpmn:serviceTask id="${id}" camunda:type="external" camunda:topic="${topic}">${inside}</bpmn:serviceTask>`;
const flow = (from: string, to: string) =>
  `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}" />`;
const input = `<bpmn:extensionElements><camunda:inputOutput>
  <camunda:inputParameter name="sum">\${net}</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>`;

/** `first`, `second`, `call`, in a row; in the target `second` has gone, `beside` was added, and `call` reads `net`. */
const VERSIONS = [
  sequence(START, user('first'), user('second'), worker('call', 'credit'), END),
  [
    START,
    '<bpmn:parallelGateway id="fork" /><bpmn:parallelGateway id="join" />',
    user('first'),
    user('beside'),
    worker('call', 'credit', input),
    END,
    ...['start>fork', 'fork>first', 'fork>beside', 'first>join', 'beside>join', 'join>call', 'call>end'].map((each) =>
      flow(each.split('>')[0]!, each.split('>')[1]!),
    ),
  ].join(''),
];

beforeAll(async () => {
  rest = await openTestRest([
    DeploymentModule,
    ExternalTaskModule,
    MigrationModule,
    ProcessDefinitionModule,
    ProcessInstanceModule,
    TaskModule,
  ]);
  for (const version of VERSIONS) {
    const { body } = await rest.upload('/deployment/create', { 'p.bpmn': bpmn('p', version) });
    definitions.push(Object.keys(body.deployedProcessDefinitions)[0]!);
  }
});
afterAll(() => rest.close());

async function start(variables = {}): Promise<string> {
  return (await rest.post(`/process-definition/${definitions[0]}/start`, { variables })).body.id;
}

/** Completes the user tasks of the instance that is there, one after the other. */
async function advance(id: string, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) {
    const [task] = (await rest.get(`/task?processInstanceId=${id}`)).body;
    await rest.post(`/task/${task.id}/complete`);
  }
}

const plan = (...ids: string[]) => ({
  sourceProcessDefinitionId: definitions[0],
  targetProcessDefinitionId: definitions[1],
  instructions: ids.map((id) => ({ sourceActivityIds: [id], targetActivityIds: [id] })),
});

async function stored(): Promise<unknown[]> {
  return rest.core.database.query(
    'SELECT id, revision, process_definition_id, state FROM process_instance ORDER BY id',
  );
}

/** Addresses of our own lie beside `/engine-rest`. */
const dryRun = (body: unknown) => rest.post('/../api/migration/dry-run', body);

test('verdicts are gathered by where instances stand, counts first, and nothing changes', async () => {
  const places = [
    { steps: 0, count: 3, variables: { net: { value: 1 } } },
    { steps: 1, count: 2, variables: {} },
    { steps: 2, count: 4, variables: { net: { value: 1 } } },
    { steps: 2, count: 1, variables: {} },
  ];
  const ids: string[][] = [];
  for (const { steps, count, variables } of places) {
    const started = await Promise.all(Array.from({ length: count }, () => start(variables)));
    for (const id of started) await advance(id, steps);
    ids.push(started);
  }
  const before = await stored();
  const body = {
    migrationPlan: plan('first', 'call'),
    processInstanceQuery: { processDefinitionId: definitions[0] },
    processInstanceIds: ['nobody'],
  };
  const { status, body: answer } = await dryRun(body);
  expect(status).toBe(200);
  expect(answer.counts).toEqual({ clean: 5, attention: 3, refused: 3 });
  const fared = answer.groups.map(
    (group: {
      verdict: string;
      count: number;
      signature: { elementId: string }[];
      reasons: { code: string; elementId: string; count: number }[];
    }) => [
      group.verdict,
      group.count,
      group.signature.map(({ elementId }) => elementId).join(),
      group.reasons.map(({ code, elementId, count }) => `${code}@${elementId}:${count}`).join(),
    ],
  );
  expect(fared).toEqual([
    ['refused', 2, 'second', 'not-migratable@second:2'],
    ['refused', 1, '', 'not-found@null:1'],
    ['attention', 3, 'first', 'join-never-completes@join:3'],
    // Their input is read already.
    ['clean', 5, 'call', ''],
  ]);
  expect(answer.groups[0].instanceIds.sort()).toEqual(ids[1]?.sort());
  expect(answer.groups[0].signature).toEqual([{ elementId: 'second', phase: 'active', waitsFor: ['user task'] }]);
  expect(answer.topicsWithoutWorker).toEqual(['credit']);
  expect(await stored()).toEqual(before);

  const [refused] = ids[1]!;
  const executed = await rest.post('/migration/execute', {
    ...body,
    processInstanceQuery: null,
    processInstanceIds: [refused],
  });
  const alone = await dryRun({ migrationPlan: plan('first', 'call'), processInstanceIds: [refused] });
  expect(executed.status).toBe(400);
  expect(alone.body.groups[0].validationReport).toEqual(executed.body.validationReport);
});

test('a worker that has announced itself for the topic is there, though it holds no task and waits for none', async () => {
  const id = await start();
  await advance(id, 2);
  const ask = async () =>
    (await dryRun({ migrationPlan: plan('first', 'call'), processInstanceIds: [id] })).body.topicsWithoutWorker;
  expect(await ask()).toEqual(['credit']);
  const topics = [{ name: 'credit', concurrency: 1 }];
  const now = new Date().toISOString();
  const announced = await rest.post('/../api/workers/heartbeat', {
    workerId: 'between-two-polls',
    version: '2.0.0',
    build: null,
    transport: 'rest',
    topics,
    startedAt: now,
  });
  expect(announced.status).toBe(204);
  expect(await ask()).toEqual([]);
  await rest.delete('/../api/workers/between-two-polls');
  expect(await ask()).toEqual(['credit']);
});

test('where the target pins the topic to versions, only a worker of such a version is there', async () => {
  const id = await start();
  await advance(id, 2);
  const ask = async () =>
    (await dryRun({ migrationPlan: plan('first', 'call'), processInstanceIds: [id] })).body.topicsWithoutWorker;
  const announce = (version: string) =>
    rest.post('/../api/workers/heartbeat', {
      workerId: `credit-${version}`,
      version,
      topics: [{ name: 'credit', concurrency: 1 }],
      startedAt: new Date().toISOString(),
    });
  const target = (await rest.get(`/process-definition/${plan('first', 'call').targetProcessDefinitionId}`)).body;
  const pins = `/../api/deployment/${target.deploymentId}/worker-versions`;
  await announce('1.0.0');
  expect(await ask()).toEqual([]);
  expect((await rest.put(pins, { credit: '>=2' })).status).toBe(204);
  expect(await ask()).toEqual(['credit']);
  await announce('2.1.0');
  expect(await ask()).toEqual([]);
  for (const version of ['1.0.0', '2.1.0']) await rest.delete(`/../api/workers/credit-${version}`);
  await rest.put(pins, {});
});

test('a worker that holds a task of the topic is there', async () => {
  const id = await start();
  await advance(id, 2);
  await rest.post('/external-task/fetchAndLock', {
    workerId: 'w',
    maxTasks: 1,
    topics: [{ topicName: 'credit', lockDuration: 100_000 }],
  });
  const { body } = await dryRun({ migrationPlan: plan('first', 'call'), processInstanceIds: [id] });
  expect(body.topicsWithoutWorker).toEqual([]);
});

test('a variable that the target reads is missed where the instance lacks it', async () => {
  const [without, having] = [await start(), await start({ net: { value: 1 } })];
  const { body } = await dryRun({ migrationPlan: plan('first', 'call'), processInstanceIds: [without, having] });
  const [{ verdict, reasons }] = body.groups;
  expect(verdict).toBe('attention');
  expect(
    reasons.map(({ code, elementId, count }: { code: string; elementId: string; count: number }) => [
      code,
      elementId,
      count,
    ]),
  ).toEqual([
    ['join-never-completes', 'join', 2],
    ['variable-never-written', 'call', 1],
  ]);
});

test('a plan that is not valid, or chooses nothing, is refused as by execute', async () => {
  const id = await start();
  for (const body of [
    { migrationPlan: plan('nowhere'), processInstanceIds: [id] },
    { migrationPlan: plan('first'), processInstanceIds: [] },
    { processInstanceIds: [id] },
  ]) {
    const [dry, real] = [await dryRun(body), await rest.post('/migration/execute', body)];
    expect(dry.status).toBe(400);
    expect(dry.body).toEqual(real.body);
  }
});
