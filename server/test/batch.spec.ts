import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';

let server: RestServer;

const ORDER = '<bpmn:receiveTask id="order-task" messageRef="order" />';
const BROKEN =
  '<bpmn:scriptTask id="broken" scriptFormat="javascript" camunda:asyncBefore="true"><bpmn:script>throw new Error("out of paper")</bpmn:script></bpmn:scriptTask>';
const EXTERNAL = '<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="paint" />';
/** Deleting it fails as long as its variable says so. */
const STUBBORN = `<bpmn:userTask id="task"><bpmn:extensionElements>
  <camunda:executionListener event="end" expression="\${stubborn ? missing : null}" /></bpmn:extensionElements></bpmn:userTask>`;

beforeAll(async () => {
  server = await startRestServer();
  await server.deploy(['plain.bpmn', bpmn('plain', sequence(START, USER_TASK, END))]);
  await server.deploy(['ordered.bpmn', bpmn('ordered', sequence(START, ORDER, END))]);
  await server.deploy(['breaking.bpmn', bpmn('breaking', sequence(START, BROKEN, END))]);
  await server.deploy(['painted.bpmn', bpmn('painted', sequence(START, EXTERNAL, END))]);
  await server.deploy(['stubborn.bpmn', bpmn('stubborn', sequence(START, STUBBORN, END))]);
});
afterAll(() => server?.close());

const several = (key: string, count: number, variables = {}) =>
  Promise.all(Array.from({ length: count }, () => server.start(key, variables)));
const progress = (id: string) => api(`/batch/${id}`);
const api = async (path: string, method = 'GET') => {
  const answer = await fetch(`${server.url.replace('/engine-rest', '/api')}${path}`, { method });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  return answer.status === 204 ? null : (answer.json() as any);
};
const jobsOf = async (definition: string) => (await server.get(`/job?jobDefinitionId=${definition}`)).body;
const runningIds = async (key: string) =>
  (await server.get(`/process-instance?processDefinitionKey=${key}`)).body.map(({ id }: { id: string }) => id);

/** Runs the batch's jobs by hand until it's over or only failed ones are left. */
async function drive({ id, seedJobDefinitionId, batchJobDefinitionId }: Record<string, string>) {
  for (const definition of [seedJobDefinitionId!, batchJobDefinitionId!])
    for (let round = 0; round < 5; round++)
      for (const job of await jobsOf(definition)) if (job.retries > 0) await server.post(`/job/${job.id}/execute`);
  return progress(id!);
}

describe('deleting many instances', () => {
  test('tells a batch that runs by jobs, and its history when it is over', async () => {
    const ids = await several('plain', 3);
    const { status, body: batch } = await server.post('/process-instance/delete', {
      processInstanceIds: [...ids, ids[0]],
      deleteReason: 'enough',
    });
    expect(status).toBe(200);
    expect(batch).toMatchObject({
      type: 'instance-deletion',
      totalJobs: 3,
      jobsCreated: 0,
      batchJobsPerSeed: 100,
      invocationsPerBatchJob: 1,
      suspended: false,
      createUserId: null,
      executionStartTime: null,
    });
    const [seed] = await jobsOf(batch.seedJobDefinitionId);
    expect(seed).toMatchObject({
      batchId: batch.id,
      jobDefinitionId: batch.seedJobDefinitionId,
      processDefinitionId: null,
      processInstanceId: null,
    });
    expect((await server.get(`/batch/statistics?batchId=${batch.id}`)).body[0]).toMatchObject({
      remainingJobs: 3,
      completedJobs: 0,
      failedJobs: 0,
    });
    expect(await drive(batch)).toMatchObject({ total: 3, open: 0, done: 3, failed: 0, skipped: 0 });
    expect((await server.get(`/batch/${batch.id}`)).status).toBe(404);
    const past = (await server.get(`/history/batch/${batch.id}`)).body;
    expect(past.endTime).not.toBeNull();
    expect((await server.get(`/history/process-instance/${ids[0]}`)).body).toMatchObject({
      state: 'EXTERNALLY_TERMINATED',
      deleteReason: 'enough',
    });
  });

  test('skips those that have ended meanwhile', async () => {
    const [first, second] = await several('plain', 2);
    const { body: batch } = await server.post('/process-instance/delete', { processInstanceIds: [first, second] });
    await server.delete(`/process-instance/${first}`);
    expect(await drive(batch)).toMatchObject({ total: 2, done: 1, skipped: 1, failed: 0 });
    expect(await api(`/batch/${batch.id}/failures`)).toMatchObject([{ itemId: first, state: 'skipped' }]);
  });

  test('takes those that a query finds, and with dryRun only says which', async () => {
    for (const id of await runningIds('plain')) await server.delete(`/process-instance/${id}`);
    const ids = await several('plain', 2);
    const body = { processInstanceQuery: { processDefinitionKey: 'plain' } };
    const preview = await server.post('/process-instance/delete?dryRun=true', body);
    expect(preview.body).toMatchObject({ dryRun: true, count: 2 });
    expect([...preview.body.ids].sort()).toEqual([...ids].sort());
    expect((await server.post('/process-instance/delete', { ...body, dryRun: true })).body.dryRun).toBe(true);
    expect(await runningIds('plain')).toHaveLength(2);
    expect((await server.get('/batch/count')).body).toEqual({ count: 0 });
    const historic = { historicProcessInstanceQuery: { processDefinitionKey: 'plain', unfinished: true } };
    const { body: batch } = await server.post('/process-instance/delete', historic);
    expect(await drive(batch)).toMatchObject({ done: 2 });
    expect(await runningIds('plain')).toEqual([]);
  });

  test('refuses to choose nothing', async () => {
    for (const body of [{}, { processInstanceIds: [] }, { processInstanceQuery: { businessKey: 'nobody' } }]) {
      const answer = await server.post('/process-instance/delete', body);
      expect([answer.status, answer.body.type]).toEqual([400, 'InvalidRequestException']);
    }
  });
});

describe('an instance that fails', () => {
  let batch: Record<string, string>;
  let stubborn = '';

  beforeEach(async () => {
    stubborn = await server.start('stubborn', { stubborn: { value: true } });
    const others = await several('stubborn', 2, { stubborn: { value: false } });
    batch = (await server.post('/process-instance/delete', { processInstanceIds: [stubborn, ...others] })).body;
    await drive(batch);
  });
  afterEach(() => server.delete(`/batch/${batch['id']}?cascade=true`));

  test('leaves the batch open with its reason and an incident, while the others are done', async () => {
    expect(await progress(batch['id']!)).toMatchObject({ total: 3, done: 2, failed: 1, open: 0, endTime: null });
    const [failure] = await api(`/batch/${batch['id']}/failures`);
    expect(failure).toMatchObject({ itemId: stubborn, state: 'failed', retries: 0 });
    expect(failure.reason).toContain('missing');
    expect((await server.get(`/batch/statistics?batchId=${batch['id']}`)).body[0]).toMatchObject({
      remainingJobs: 1,
      completedJobs: 2,
      failedJobs: 1,
    });
    const incidents = (await server.get(`/incident?configuration=${failure.jobId}`)).body;
    expect(incidents).toMatchObject([{ incidentType: 'failedJob', processInstanceId: null, activityId: null }]);
    expect((await server.get(`/batch/count?withFailures=true&batchId=${batch['id']}`)).body.count).toBe(1);
  });

  test('is tried again on request, and only it', async () => {
    await server.put(`/process-instance/${stubborn}/variables/stubborn`, { value: false });
    const [{ jobId }] = await api(`/batch/${batch['id']}/failures`);
    await api(`/batch/${batch['id']}/retry`, 'POST');
    expect((await server.get(`/incident?configuration=${jobId}`)).body).toEqual([]);
    expect(await drive(batch)).toMatchObject({ done: 3, failed: 0, skipped: 0 });
    expect((await progress(batch['id']!)).endTime).not.toBeNull();
  });

  test('gets new retries by the definition of the batch jobs, as operators do it in Camunda', async () => {
    await server.put(`/process-instance/${stubborn}/variables/stubborn`, { value: false });
    await server.put(`/job-definition/${batch['batchJobDefinitionId']}/retries`, { retries: 1 });
    expect(await drive(batch)).toMatchObject({ done: 3, failed: 0 });
  });
});

test('a batch is paused and goes on', async () => {
  const ids = await several('plain', 2);
  const { body: batch } = await server.post('/process-instance/delete', { processInstanceIds: ids });
  expect((await server.put(`/batch/${batch.id}/suspended`, { suspended: true })).status).toBe(204);
  expect((await server.get(`/batch?batchId=${batch.id}&suspended=true`)).body).toHaveLength(1);
  const [seed] = await jobsOf(batch.seedJobDefinitionId);
  expect(seed.suspended).toBe(true);
  await server.post(`/job/${seed.id}/execute`);
  expect((await jobsOf(batch.batchJobDefinitionId))[0].suspended).toBe(true);
  await server.put(`/batch/${batch.id}/suspended`, { suspended: false });
  expect((await jobsOf(batch.batchJobDefinitionId))[0].suspended).toBe(false);
  expect(await drive(batch)).toMatchObject({ done: 2 });
});

test('a batch that is canceled does no more, and its figures still add up', async () => {
  const ids = await several('plain', 2);
  const { body: batch } = await server.post('/process-instance/delete', { processInstanceIds: ids });
  expect((await server.delete(`/batch/${batch.id}`)).status).toBe(204);
  expect(await jobsOf(batch.seedJobDefinitionId)).toEqual([]);
  expect(await progress(batch.id)).toMatchObject({ total: 2, open: 0, done: 0, failed: 0, skipped: 2 });
  expect((await server.get(`/process-instance/${ids[0]}`)).status).toBe(200);
  expect((await server.delete(`/batch/${batch.id}`)).status).toBe(400);
  expect((await server.delete(`/history/batch/${batch.id}`)).status).toBe(204);
  expect((await server.get(`/history/batch/${batch.id}`)).status).toBe(404);
});

test('what was done before a crash is not done again', async () => {
  const ids = await several('ordered', 2);
  const { body: batch } = await server.post('/process-instance/message-async', {
    processInstanceIds: ids,
    messageName: 'order placed',
  });
  const [seed] = await jobsOf(batch.seedJobDefinitionId);
  await server.post(`/job/${seed.id}/execute`);
  // As a server leaves it that dies between an item's commit and the end of the job.
  const { database } = server.core;
  await database.query("UPDATE batch_item SET state = 'done' WHERE batch_id = $1 AND subject_id = $2", [
    batch.id,
    ids[0],
  ]);
  expect(await drive(batch)).toMatchObject({ total: 2, done: 2 });
  expect(await runningIds('ordered')).toEqual([ids[0]]);
});

describe('other bulk operations', () => {
  test('skip jobs and external tasks that are not there', async () => {
    const jobs = await server.post('/job/retries', { jobIds: ['nothing'], retries: 1 });
    expect(await drive(jobs.body)).toMatchObject({ total: 1, skipped: 1 });
    const tasks = await server.post('/external-task/retries-async', { externalTaskIds: ['nothing'], retries: 1 });
    expect(await drive(tasks.body)).toMatchObject({ total: 1, skipped: 1 });
  });

  test('suspend and activate instances', async () => {
    const [id] = await several('plain', 1);
    const { body: batch } = await server.post('/process-instance/suspended-async', {
      processInstanceIds: [id],
      suspended: true,
    });
    expect(await drive(batch)).toMatchObject({ type: 'instance-update-suspension-state', done: 1 });
    expect((await server.get(`/process-instance/${id}`)).body.suspended).toBe(true);
  });

  test('set variables', async () => {
    const [id] = await several('plain', 1);
    const variables = { amount: { value: 5, type: 'Integer' } };
    const { body: batch } = await server.post('/process-instance/variables-async', {
      processInstanceIds: [id],
      variables,
    });
    expect(await drive(batch)).toMatchObject({ type: 'set-variables', done: 1 });
    expect((await server.get(`/process-instance/${id}/variables/amount`)).body).toMatchObject(variables.amount);
    const nothing = await server.post('/process-instance/variables-async', { processInstanceIds: [id] });
    expect(nothing.status).toBe(400);
  });

  test('deliver a message, and skip instances that do not wait for it', async () => {
    const [waiting] = await several('ordered', 1);
    const [other] = await several('plain', 1);
    const { body: batch } = await server.post('/process-instance/message-async', {
      processInstanceIds: [waiting, other],
      messageName: 'order placed',
    });
    expect(await drive(batch)).toMatchObject({ type: 'correlate-message', done: 1, skipped: 1 });
    expect((await server.get(`/process-instance/${waiting}`)).status).toBe(404);
  });

  test('set the retries of jobs, by themselves and by their instances', async () => {
    const [id] = await several('breaking', 1);
    const [job] = (await server.get(`/job?processInstanceId=${id}`)).body;
    const one = await server.post('/job/retries', { jobIds: [job.id], retries: 7 });
    expect(await drive(one.body)).toMatchObject({ type: 'set-job-retries', done: 1 });
    expect((await server.get(`/job/${job.id}`)).body.retries).toBe(7);
    const all = await server.post('/process-instance/job-retries', { processInstances: [id], retries: 5 });
    await drive(all.body);
    expect((await server.get(`/job/${job.id}`)).body.retries).toBe(5);
    expect((await server.post('/job/retries', { jobIds: [job.id], retries: -1 })).status).toBe(400);
    expect((await server.post('/job/retries', { jobIds: [job.id] })).status).toBe(400);
  });

  test('set the retries of external tasks', async () => {
    const [id] = await several('painted', 1);
    const { body: batch } = await server.post('/external-task/retries-async', { processInstanceIds: [id], retries: 4 });
    expect(await drive(batch)).toMatchObject({ type: 'set-external-task-retries', done: 1 });
    expect((await server.get(`/external-task?processInstanceId=${id}`)).body[0].retries).toBe(4);
  });

  test('delete the history of past instances, but not of running ones', async () => {
    const [past, running] = await several('plain', 2);
    await server.delete(`/process-instance/${past}`);
    const { body: batch } = await server.post('/history/process-instance/delete', {
      historicProcessInstanceIds: [past, running],
    });
    expect(await drive(batch)).toMatchObject({ type: 'historic-instance-deletion', done: 1, failed: 1 });
    expect((await server.get(`/history/process-instance/${past}`)).status).toBe(404);
    const unknown = await server.post('/history/process-instance/delete', { historicProcessInstanceIds: ['nobody'] });
    expect(unknown.status).toBe(400);
  });
});

test('the job executor carries out a batch by itself', async () => {
  const running = await startRestServer({ JOB_EXECUTOR: 'on' });
  try {
    await running.deploy(['plain.bpmn', bpmn('plain', sequence(START, USER_TASK, END))]);
    // More than share one job.
    await Promise.all(Array.from({ length: 102 }, () => running.start('plain')));
    const { body: batch } = await running.post('/process-instance/delete', {
      processInstanceQuery: { processDefinitionKey: 'plain' },
    });
    await expect
      .poll(async () => (await running.get(`/history/batch/${batch.id}`)).body.endTime, { timeout: 40_000 })
      .not.toBeNull();
    expect((await running.get('/process-instance/count')).body).toEqual({ count: 0 });
  } finally {
    await running.close();
  }
}, 60_000);
