import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { HistoryModule } from '../src/history/history.module.js';
import { MigrationModule } from '../src/migration/migration.module.js';
import { ModificationModule } from '../src/modification/modification.module.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { TaskModule } from '../src/task/task.module.js';
import { bpmn, END, START, sequence } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

let rest: TestRest;
const definitions: string[] = [];

const user = (id: string) => `<bpmn:userTask id="${id}" name="${id}" />`;

beforeAll(async () => {
  rest = await openTestRest([
    DeploymentModule,
    HistoryModule,
    MigrationModule,
    ModificationModule,
    ProcessDefinitionModule,
    ProcessInstanceModule,
    TaskModule,
  ]);
  for (const id of ['old', 'new']) {
    const xml = bpmn('p', sequence(START, user(id), END));
    const { body } = await rest.upload('/deployment/create', { 'p.bpmn': xml });
    definitions.push(Object.keys(body.deployedProcessDefinitions)[0]!);
  }
});
afterAll(() => rest.close());

async function start(variables = {}): Promise<string> {
  const { body } = await rest.post(`/process-definition/${definitions[0]}/start`, { variables, businessKey: 'key' });
  return body.id;
}

const plan = (source: string, target: string) => ({
  sourceProcessDefinitionId: definitions[0],
  targetProcessDefinitionId: definitions[1],
  instructions: [{ sourceActivityIds: [source], targetActivityIds: [target] }],
});

async function tasksOf(id: string): Promise<string[]> {
  const { body } = await rest.get(`/task?processInstanceId=${id}`);
  return body.map((task: { taskDefinitionKey: string }) => task.taskDefinitionKey);
}

test('instances migrate together, and each row says so', async () => {
  const ids = [await start(), await start()];
  const { status } = await rest.post('/migration/execute', {
    migrationPlan: plan('old', 'new'),
    processInstanceIds: ids,
  });
  expect(status).toBe(204);
  for (const id of ids) {
    expect((await rest.get(`/process-instance/${id}`)).body.definitionId).toBe(definitions[1]);
    expect(await tasksOf(id)).toEqual(['new']);
  }
});

test('a plan that is wrong is refused with a report by instruction', async () => {
  const id = await start();
  const wrong = plan('old', 'nowhere');
  const report = (await rest.post('/migration/validate', wrong)).body;
  expect(report.instructionReports).toEqual([
    {
      instruction: { sourceActivityIds: ['old'], targetActivityIds: ['nowhere'], updateEventTrigger: false },
      failures: ["Target activity 'nowhere' does not exist"],
    },
  ]);
  const refused = await rest.post('/migration/execute', { migrationPlan: wrong, processInstanceIds: [id] });
  expect([refused.status, refused.body.type]).toEqual([400, 'MigrationPlanValidationException']);
  expect(refused.body.validationReport.instructionReports).toEqual(report.instructionReports);
});

test('an instance that does not fit keeps the others from migrating, and the answer says where', async () => {
  const [good, bad] = [await start(), await start()];
  const unmapped = { ...plan('old', 'new'), instructions: [] };
  const { status, body } = await rest.post('/migration/execute', {
    migrationPlan: unmapped,
    processInstanceIds: [bad],
  });
  expect([status, body.type]).toEqual([400, 'MigratingProcessInstanceValidationException']);
  expect(body.validationReport).toMatchObject({
    processInstanceId: bad,
    activityInstanceValidationReports: [{ sourceScopeId: 'old', failures: [expect.any(String)] }],
  });
  await rest.post('/migration/execute', { migrationPlan: plan('old', 'new'), processInstanceIds: [bad] });
  const both = { migrationPlan: plan('old', 'new'), processInstanceIds: [good, bad] };
  expect((await rest.post('/migration/execute', both)).status).toBe(400);
  expect(await tasksOf(good)).toEqual(['old']);
});

test('tokens are moved by hand, and all of it or nothing happens', async () => {
  const id = await start();
  const move = (activityId: string) => ({
    instructions: [
      { type: 'startBeforeActivity', activityId, variables: { x: { value: 1, local: false } } },
      { type: 'cancel', activityId: 'old' },
    ],
  });
  const refused = await rest.post(`/process-instance/${id}/modification`, move('nope'));
  expect(refused.status).toBe(400);
  expect(refused.body.message).toContain("'nope' does not exist");
  const [before] = (await rest.get(`/task?processInstanceId=${id}`)).body;
  expect((await rest.post(`/process-instance/${id}/modification`, move('old'))).status).toBe(204);
  expect(before.taskDefinitionKey).toBe('old');
  expect((await rest.get(`/history/process-instance/${id}`)).body.state).toBe('EXTERNALLY_TERMINATED');
});

test('moving and starting anew many instances can first say which they are', async () => {
  const id = await start();
  const cancel = [{ type: 'cancel', activityId: 'old' }];
  const modification = { processDefinitionId: definitions[0], processInstanceIds: [id], instructions: cancel };
  for (const path of ['execute', 'executeAsync']) {
    const { status, body } = await rest.post(`/modification/${path}?dryRun=true`, modification);
    expect([status, body]).toEqual([200, { dryRun: true, type: 'instance-modification', count: 1, ids: [id] }]);
  }
  expect((await rest.get(`/process-instance/${id}`)).status).toBe(200);
  expect((await rest.post('/modification/execute', modification)).status).toBe(204);
  const instructions = [{ type: 'startBeforeActivity', activityId: 'old' }];
  for (const path of ['restart', 'restart-async']) {
    const address = `/process-definition/${definitions[0]}/${path}?dryRun=true`;
    const { status, body } = await rest.post(address, { processInstanceIds: [id], instructions });
    expect([status, body]).toEqual([200, { dryRun: true, type: 'instance-restart', count: 1, ids: [id] }]);
  }
  const all = (await rest.get('/history/process-instance')).body;
  expect(
    all.some((each: { restartedProcessInstanceId: string | null }) => each.restartedProcessInstanceId === id),
  ).toBe(false);
});

test('a finished instance begins anew with its first or its last variables', async () => {
  const id = await start({ x: { value: 1, type: 'Integer' } });
  const [task] = (await rest.get(`/task?processInstanceId=${id}`)).body;
  await rest.post(`/task/${task.id}/complete`, { variables: { x: { value: 2, type: 'Integer' } } });
  const restart = async (initialVariables: boolean) => {
    const instructions = [{ type: 'startBeforeActivity', activityId: 'old' }];
    const body = { processInstanceIds: [id], instructions, initialVariables };
    expect((await rest.post(`/process-definition/${definitions[0]}/restart`, body)).status).toBe(204);
    const all = (await rest.get('/history/process-instance?unfinished=true&sortBy=startTime&sortOrder=desc')).body;
    const again = all.find((each: { restartedProcessInstanceId: string }) => each.restartedProcessInstanceId === id);
    const { value } = (await rest.get(`/process-instance/${again.id}/variables/x`)).body;
    await rest.delete(`/process-instance/${again.id}`);
    return [again.businessKey, value];
  };
  expect(await restart(false)).toEqual(['key', 2]);
  expect(await restart(true)).toEqual(['key', 1]);
  const running = {
    processInstanceIds: [await start()],
    instructions: [{ type: 'startBeforeActivity', activityId: 'old' }],
  };
  expect((await rest.post(`/process-definition/${definitions[0]}/restart`, running)).status).toBe(400);
});
