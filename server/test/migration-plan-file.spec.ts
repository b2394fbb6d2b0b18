import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { MigrationModule } from '../src/migration/migration.module.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { TaskModule } from '../src/task/task.module.js';
import { bpmn, END, START, sequence } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

let rest: TestRest;
const definitions: string[] = [];
const user = (id: string, more: string) => `<bpmn:userTask id="${id}" ${more} />`;

beforeAll(async () => {
  rest = await openTestRest([
    DeploymentModule,
    MigrationModule,
    ProcessDefinitionModule,
    ProcessInstanceModule,
    TaskModule,
  ]);
  for (const [tag, ...tasks] of [
    ['1.0', 'ask', 'check'],
    ['2.0', 'ask', 'verify'],
    ['2.0', 'ask', 'verify', 'more'],
  ] as const) {
    const whose = definitions.length === 2 ? 'camunda:assignee="kim"' : '';
    const xml = bpmn(
      'loan',
      sequence(START, ...tasks.map((task) => user(task, whose)), END),
      `camunda:versionTag="${tag}"`,
    );
    const { body } = await rest.upload('/deployment/create', { 'loan.bpmn': xml });
    definitions.push(Object.keys(body.deployedProcessDefinitions)[0]!);
  }
});
afterAll(() => rest.close());

const FILE = {
  source: { key: 'loan', version: 1 },
  target: { key: 'loan', versionTag: '2.0' },
  variables: { migrated: { value: true, type: 'Boolean' } },
};
const api = (path: string, body: unknown) => rest.post(`/../api/migration/${path}`, body);

test('a file becomes a plan with the ids of this installation; a tag means the newest version that has it', async () => {
  const { status, body } = await api('plan', FILE);
  expect(status).toBe(200);
  expect(body.migrationPlan).toMatchObject({
    sourceProcessDefinitionId: definitions[0],
    targetProcessDefinitionId: definitions[2],
    instructions: [{ sourceActivityIds: ['ask'], targetActivityIds: ['ask'], updateEventTrigger: false }],
  });
  expect(body.validation.instructionReports).toEqual([]);
  const wrong = [{ sourceActivityIds: ['check'], targetActivityIds: ['nowhere'] }];
  const checked = await api('plan', { ...FILE, instructions: wrong });
  expect(checked.body.validation.instructionReports[0].failures).toEqual(["Target activity 'nowhere' does not exist"]);
});

test('it is tried out and applied as it is', async () => {
  const { id } = (await rest.post(`/process-definition/${definitions[0]}/start`)).body;
  const body = { planFile: FILE, processInstanceIds: [id] };
  expect((await api('dry-run', body)).body.counts).toEqual({ clean: 1, attention: 0, refused: 0 });
  expect((await rest.get(`/process-instance/${id}`)).body.definitionId).toBe(definitions[0]);
  expect((await api('execute', body)).body.migrated).toBe(1);
  expect((await rest.get(`/process-instance/${id}`)).body.definitionId).toBe(definitions[2]);
  expect((await rest.get(`/process-instance/${id}/variables/migrated`)).body.value).toBe(true);
});

test('what its instructions say of refreshing is done, and checked before', async () => {
  const { id } = (await rest.post(`/process-definition/${definitions[0]}/start`)).body;
  const instruction = (refresh: object) => [{ sourceActivityIds: ['ask'], targetActivityIds: ['ask'], refresh }];
  const file = (refresh: object) => ({ ...FILE, instructions: instruction(refresh) });
  const { body: checked } = await api('plan', file({ topic: 'refresh', assignee: 'keep' }));
  expect(checked.validation.instructionReports).toMatchObject([
    {
      instruction: { refresh: { topic: 'refresh', assignee: 'keep' } },
      failures: ["Cannot refresh 'topic', because the target activity has no topic"],
    },
  ]);
  expect((await api('plan', file({ assignee: 'sometimes' }))).status).toBe(400);
  const body = { planFile: file({ assignee: 'refresh', form: null }), processInstanceIds: [id] };
  expect((await api('execute', body)).status).toBe(200);
  const [task] = (await rest.get(`/task?processInstanceId=${id}`)).body;
  expect(task.assignee).toBe('kim');
});

test('one activity becomes several, and several become one, as the instructions list them', async () => {
  const { id } = (await rest.post(`/process-definition/${definitions[0]}/start`)).body;
  const instruction = (sourceActivityIds: string[], targetActivityIds: string[]) => ({
    ...FILE,
    instructions: [{ sourceActivityIds, targetActivityIds }],
  });
  const { body: checked } = await api('plan', instruction(['ask', 'check'], ['ask', 'start']));
  expect(checked.validation.instructionReports).toMatchObject([
    {
      instruction: { sourceActivityIds: ['ask'], targetActivityIds: ['ask', 'start'] },
      failures: ["No token can begin at target activity 'start'"],
    },
    { instruction: { sourceActivityIds: ['check'], targetActivityIds: ['ask', 'start'] } },
  ]);
  const body = { planFile: instruction(['ask', 'check'], ['ask', 'more']), processInstanceIds: [id] };
  const tried = (await api('dry-run', body)).body;
  expect(tried.counts).toEqual({ clean: 1, attention: 0, refused: 0 });
  const { body: executed } = await api('execute', body);
  const waiting = async () =>
    (await rest.get(`/task?processInstanceId=${id}`)).body
      .map((task: { taskDefinitionKey: string }) => task.taskDefinitionKey)
      .sort();
  expect(await waiting()).toEqual(['ask', 'more']);
  const undo = await rest.post(`/../api/migration/${executed.id}/undo?dryRun=true`);
  expect(undo.body.undoable, JSON.stringify(undo.body)).toBe(1);
  expect((await api('plan', instruction(['ask'], []))).status).toBe(400);
});

test('a target that takes no new instances must be asked for', async () => {
  const { id } = (await rest.post(`/process-definition/${definitions[0]}/start`)).body;
  const state = (wanted: string) =>
    rest.core.database.query('UPDATE process_definition SET state = $2 WHERE id = $1', [definitions[2], wanted]);
  const body = (more = {}) => ({ planFile: { ...FILE, ...more }, processInstanceIds: [id] });
  for (const wanted of ['draining', 'archived']) {
    await state(wanted);
    const { body: checked } = await api('plan', FILE);
    const failure = expect.stringMatching(`Target process definition '${definitions[2]}' is ${wanted}`);
    expect(checked.validation.targetFailures).toEqual([failure]);
    for (const path of ['dry-run', 'execute', 'execute-async']) {
      const { status, body: said } = await api(path, body());
      expect([status, said.type]).toEqual([400, 'MigrationPlanValidationException']);
      expect(said.message).toEqual(expect.stringMatching(`is ${wanted}: it takes no new instances`));
    }
    const asked = await api('dry-run', body({ allowInactiveTarget: true }));
    expect(asked.body.counts).toEqual({ clean: 1, attention: 0, refused: 0 });
  }
  expect((await api('execute', body({ allowInactiveTarget: true }))).body.migrated).toBe(1);
  await state('active');
});

test('as a batch too', async () => {
  const { id } = (await rest.post(`/process-definition/${definitions[0]}/start`)).body;
  const { body } = await api('execute-async', { planFile: FILE, processInstanceIds: [id] });
  expect(body).toMatchObject({ type: 'instance-migration', totalJobs: 1 });
});

test('what it names must be there, and be named by one thing', async () => {
  const said = async (file: object, more = {}) => {
    const { status, body } = await api('dry-run', { planFile: file, processInstanceIds: ['x'], ...more });
    expect(status).toBe(400);
    return body.message;
  };
  expect(await said({ ...FILE, target: { key: 'loan', versionTag: '9' } })).toBe(
    "Expected 'target' to be deployed, but there is no process 'loan' with version tag '9'",
  );
  const either = "Expected 'source' to name 'loan' by either 'version' or 'versionTag'";
  expect(await said({ ...FILE, source: { key: 'loan' } })).toBe(either);
  expect(await said({ ...FILE, source: { key: 'loan', version: 1, versionTag: '1.0' } })).toBe(either);
  expect(await said(FILE, { migrationPlan: { instructions: [] } })).toContain("either 'migrationPlan' or 'planFile'");
});
