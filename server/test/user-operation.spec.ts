import { afterAll, beforeAll, expect, test } from 'vitest';
import { BatchModule } from '../src/batch/batch.module.js';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { ExternalTaskModule } from '../src/external-task/external-task.module.js';
import { IncidentModule } from '../src/incident/incident.module.js';
import { JobModule } from '../src/job/job.module.js';
import { JobDefinitionModule } from '../src/job-definition/job-definition.module.js';
import { logOperationsOf } from '../src/persistence/user-operations.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { TaskModule } from '../src/task/task.module.js';
import { UserOperationModule } from '../src/user-operation/user-operation.module.js';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

const MODULES = [
  BatchModule,
  DeploymentModule,
  ExternalTaskModule,
  IncidentModule,
  JobModule,
  JobDefinitionModule,
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

const CHARGE = '<bpmn:serviceTask id="charge" camunda:asyncBefore="true" camunda:expression="${missing}" />';
/** Each entry in one line. */
const lines = async (query: string) =>
  (await entries(query)).map(
    ({ operationType, entityType, property, orgValue, newValue }: Record<string, string | null>) =>
      `${operationType} ${entityType} ${property} ${orgValue} -> ${newValue}`,
  );

test('tells who deployed, suspended, dated and deleted a process', async () => {
  const upload = { 'q.bpmn': bpmn('q', sequence(START, USER_TASK, END)) };
  const { body: deployment } = await rest.upload('/deployment/create', upload, { 'deployment-name': 'q' });
  const [definition] = Object.keys(deployment.deployedProcessDefinitions);
  expect(await lines(`deploymentId=${deployment.id}`)).toEqual([
    'Create Deployment duplicateFilterEnabled null -> false',
    'Create Deployment deployChangedOnly null -> false',
  ]);
  await rest.put(`/process-definition/${definition}/suspended`, { suspended: true, includeProcessInstances: true });
  await rest.put('/process-definition/suspended', { suspended: false, processDefinitionKey: 'q' });
  await rest.put(`/process-definition/${definition}/history-time-to-live`, { historyTimeToLive: 5 });
  expect(await lines(`processDefinitionId=${definition}`)).toEqual([
    'SuspendProcessDefinition ProcessDefinition suspensionState null -> suspended',
    'SuspendProcessDefinition ProcessDefinition includeProcessInstances null -> true',
    'UpdateHistoryTimeToLive ProcessDefinition historyTimeToLive 30 -> 5',
  ]);
  expect(await lines('operationType=ActivateProcessDefinition&processDefinitionKey=q')).toHaveLength(2);
  await rest.delete(`/deployment/${deployment.id}?cascade=true`);
  expect(await lines(`deploymentId=${deployment.id}&operationType=Delete`)).toEqual([
    'Delete Deployment cascade null -> true',
  ]);
});

test('tells what operators did to jobs, job definitions and incidents', async () => {
  await rest.upload('/deployment/create', { 'r.bpmn': bpmn('r', sequence(START, CHARGE, END)) });
  const { id: instance } = (await rest.post('/process-definition/key/r/start')).body;
  const [job] = (await rest.get(`/job?processInstanceId=${instance}`)).body;
  await rest.put(`/job/${job.id}/suspended`, { suspended: true });
  await rest.put(`/job/${job.id}/priority`, { priority: 9 });
  await rest.put(`/job/${job.id}/retries`, { retries: 1 });
  expect((await rest.post(`/job/${job.id}/execute`)).status).toBe(404);
  expect(await lines(`jobId=${job.id}`)).toEqual([
    'SuspendJob Job suspensionState null -> suspended',
    'SetPriority Job priority 0 -> 9',
    'SetJobRetries Job retries 3 -> 1',
    'Execute Job null null -> null',
  ]);
  const [incident] = (await rest.get(`/incident?processInstanceId=${instance}`)).body;
  await rest.put(`/incident/${incident.id}/annotation`, { annotation: 'known' });
  await rest.delete(`/incident/${incident.id}/annotation`);
  expect(await lines(`processInstanceId=${instance}&entityType=Incident`)).toEqual([
    `SetAnnotation Incident incidentId null -> ${incident.id}`,
    `ClearAnnotation Incident incidentId null -> ${incident.id}`,
  ]);
  await rest.put(`/job-definition/${job.jobDefinitionId}/suspended`, { suspended: true, includeJobs: true });
  await rest.put(`/job-definition/${job.jobDefinitionId}/jobPriority`, { priority: 3 });
  expect(await lines(`jobDefinitionId=${job.jobDefinitionId}`)).toEqual([
    'SuspendJobDefinition JobDefinition suspensionState null -> suspended',
    'SuspendJobDefinition JobDefinition includeJobs null -> true',
    'SetPriority JobDefinition overridingPriority null -> 3',
  ]);
  await rest.put('/job/suspended', { suspended: false, processInstanceId: instance });
  expect(await lines(`processInstanceId=${instance}&operationType=ActivateJob`)).toHaveLength(1);
});

test('tells what is done without a login, where the server is set to', async () => {
  const anonymous = await openTestRest(MODULES);
  logOperationsOf('all');
  try {
    await anonymous.upload('/deployment/create', { 'p.bpmn': bpmn('p', sequence(START, USER_TASK, END)) });
    const [entry] = (await anonymous.get('/history/user-operation')).body;
    expect(entry).toMatchObject({ userId: null, operationType: 'Create', entityType: 'Deployment' });
  } finally {
    logOperationsOf('users');
    await anonymous.close();
  }
});
