import { afterAll, beforeAll, expect, test } from 'vitest';
import { BatchModule } from '../src/batch/batch.module.js';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { TaskModule } from '../src/task/task.module.js';
import { UserOperationModule } from '../src/user-operation/user-operation.module.js';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

const MODULES = [
  BatchModule,
  DeploymentModule,
  ProcessDefinitionModule,
  ProcessInstanceModule,
  TaskModule,
  UserOperationModule,
];
let rest: TestRest;

beforeAll(async () => {
  rest = await openTestRest(MODULES, 'mary');
  await rest.upload('/deployment/create', { 'p.bpmn': bpmn('p', sequence(START, USER_TASK, END)) });
});
afterAll(() => rest?.close());

const start = async () => (await rest.post('/process-definition/key/p/start')).body.id as string;
const entries = async (query: string) =>
  (await rest.get(`/history/user-operation?sortBy=timestamp&sortOrder=asc&${query}`)).body;

test('tells who worked on a task, with the values before and after', async () => {
  const id = await start();
  const [task] = (await rest.get(`/task?processInstanceId=${id}`)).body;
  await rest.post(`/task/${task.id}/claim`, { userId: 'john' });
  await rest.post(`/task/${task.id}/complete`);
  const log = await entries(`taskId=${task.id}`);
  expect(log).toMatchObject([
    { operationType: 'Claim', entityType: 'Task', property: 'assignee', orgValue: null, newValue: 'john' },
    { operationType: 'Complete', property: 'delete', orgValue: 'false', newValue: 'true' },
  ]);
  expect(log[0]).toMatchObject({ userId: 'mary', category: 'TaskWorker', processInstanceId: id, annotation: null });
});

test('takes an annotation, and gives it up again', async () => {
  const id = await start();
  await rest.put(`/process-instance/${id}/suspended`, { suspended: true });
  const [entry] = await entries(`processInstanceId=${id}&operationType=Suspend`);
  expect(entry).toMatchObject({ category: 'Operator', property: 'suspensionState', newValue: 'suspended' });
  const path = `/history/user-operation/${entry.operationId}`;
  expect((await rest.put(`${path}/set-annotation`, { annotation: 'by request' })).status).toBe(204);
  expect((await entries(`operationId=${entry.operationId}`))[0].annotation).toBe('by request');
  await rest.put(`${path}/clear-annotation`);
  expect((await entries(`operationId=${entry.operationId}`))[0].annotation).toBeNull();
  expect((await rest.put('/history/user-operation/none/set-annotation', { annotation: 'x' })).status).toBe(400);
});

test('has one entry for a batch with its reason, and none for each of its instances or for a dry run', async () => {
  const ids = [await start(), await start()];
  const body = { processInstanceIds: ids, annotation: 'a wrong import' };
  await rest.post('/process-instance/delete?dryRun=true', body);
  expect((await rest.get('/history/user-operation/count?operationType=Delete')).body.count).toBe(0);
  const { body: batch } = await rest.post('/process-instance/delete', body);
  expect(batch.createUserId).toBe('mary');
  for (let round = 0; round < 2; round++)
    for (const { id } of await rest.core.database.query<{ id: string }>('SELECT id FROM job'))
      await rest.core.jobExecutor.executeNow(id);
  expect((await rest.get('/process-instance/count')).body.count).toBe(1);
  const log = await entries('operationType=Delete');
  expect(log.map(({ property, newValue }: Record<string, string>) => [property, newValue]).sort()).toEqual([
    ['async', 'true'],
    ['nrOfInstances', '2'],
  ]);
  expect(log[0]).toMatchObject({ batchId: batch.id, entityType: 'ProcessInstance', annotation: 'a wrong import' });
});

test('says nothing when nobody is logged in', async () => {
  const anonymous = await openTestRest(MODULES);
  try {
    await anonymous.upload('/deployment/create', { 'p.bpmn': bpmn('p', sequence(START, USER_TASK, END)) });
    await anonymous.post('/process-definition/key/p/start');
    expect((await anonymous.get('/history/user-operation/count')).body.count).toBe(0);
  } finally {
    await anonymous.close();
  }
});
