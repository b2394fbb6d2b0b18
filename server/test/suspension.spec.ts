import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';

let server: RestServer;
const WAIT = '<bpmn:userTask id="task" camunda:asyncBefore="true" />';
const LATER = '2035-01-01T00:00:00.000+0000';

beforeAll(async () => {
  server = await startRestServer();
});
afterAll(() => server?.close());

const deploy = (key: string, inside = sequence(START, USER_TASK, END)) =>
  server.deploy([`${key}.bpmn`, bpmn(key, inside)]);
const isSuspended = async (path: string) => (await server.get(path)).body.suspended;
const onlyJob = async (query: string) => {
  const { body } = await server.get(`/job?${query}`);
  expect(body).toHaveLength(1);
  return body[0];
};

describe('suspension at a date', () => {
  test('of a process definition and its instances is done by a job', async () => {
    const definition = await deploy('dated');
    const instance = await server.start('dated');
    const body = { suspended: true, includeProcessInstances: true, executionDate: LATER };
    expect((await server.put(`/process-definition/${definition}/suspended`, body)).status).toBe(204);
    expect(await isSuspended(`/process-definition/${definition}`)).toBe(false);
    const job = await onlyJob(`processDefinitionId=${definition}&timers=true`);
    expect(job).toMatchObject({ dueDate: LATER, processDefinitionKey: 'dated', processInstanceId: null });
    expect((await server.post(`/job/${job.id}/execute`)).status).toBe(204);
    expect(await isSuspended(`/process-definition/${definition}`)).toBe(true);
    expect(await isSuspended(`/process-instance/${instance}`)).toBe(true);
    expect((await server.get(`/job/${job.id}`)).status).toBe(404);
    const log = (await server.get(`/history/job-log?jobId=${job.id}&sortBy=occurrence&sortOrder=asc`)).body;
    expect(log).toMatchObject([
      { creationLog: true, jobDefinitionType: 'suspend-processdefinition', jobDueDate: LATER },
      { successLog: true },
    ]);
  });

  test('of a key reaches the versions that are there by then', async () => {
    const first = await deploy('keyed');
    await server.put('/process-definition/suspended', {
      processDefinitionKey: 'keyed',
      suspended: true,
      executionDate: LATER,
    });
    const second = await deploy('keyed', sequence(START, WAIT, END));
    const job = await onlyJob('processDefinitionKey=keyed');
    await server.post(`/job/${job.id}/execute`);
    for (const id of [first, second]) expect(await isSuspended(`/process-definition/${id}`)).toBe(true);
  });

  test('of job definitions takes their jobs along', async () => {
    const definition = await deploy('worked', sequence(START, WAIT, END));
    const instance = await server.start('worked');
    const [of] = (await server.get(`/job-definition?processDefinitionId=${definition}`)).body;
    const body = { suspended: true, includeJobs: true, executionDate: LATER };
    expect((await server.put(`/job-definition/${of.id}/suspended`, body)).status).toBe(204);
    expect(await isSuspended(`/job-definition/${of.id}`)).toBe(false);
    const job = await onlyJob(`processDefinitionId=${definition}&timers=true`);
    await server.post(`/job/${job.id}/execute`);
    expect(await isSuspended(`/job-definition/${of.id}`)).toBe(true);
    expect((await onlyJob(`processInstanceId=${instance}`)).suspended).toBe(true);
    await server.put('/job-definition/suspended', {
      processDefinitionId: definition,
      suspended: false,
      executionDate: LATER,
    });
    const back = await onlyJob(`processDefinitionId=${definition}&timers=true`);
    await server.post(`/job/${back.id}/execute`);
    expect(await isSuspended(`/job-definition/${of.id}`)).toBe(false);
    expect((await onlyJob(`processInstanceId=${instance}`)).suspended).toBe(true);
  });

  test('is refused for what is no date, and goes with the definition', async () => {
    const definition = await deploy('undone', sequence(START, WAIT, END));
    const [of] = (await server.get(`/job-definition?processDefinitionId=${definition}`)).body;
    const wrong = await server.put(`/job-definition/${of.id}/suspended`, { suspended: true, executionDate: 'soon' });
    expect(wrong).toMatchObject({ status: 400, body: { message: expect.stringContaining('soon') } });
    await server.put(`/process-definition/${definition}/suspended`, { suspended: true, executionDate: LATER });
    const job = await onlyJob(`processDefinitionId=${definition}`);
    await server.delete(`/process-definition/${definition}`);
    expect((await server.get(`/job/${job.id}`)).status).toBe(404);
  });

  test('survives that the definition is suspended and activated meanwhile', async () => {
    const definition = await deploy('meanwhile');
    await server.put(`/process-definition/${definition}/suspended`, { suspended: false, executionDate: LATER });
    await server.put(`/process-definition/${definition}/suspended`, { suspended: true });
    expect((await onlyJob(`processDefinitionId=${definition}`)).suspended).toBe(false);
  });
});

describe('suspending many instances', () => {
  test('chooses them by the history too, and can first say which they are', async () => {
    await deploy('many');
    const ids = [await server.start('many'), await server.start('many')].sort();
    const body = { suspended: true, historicProcessInstanceQuery: { processDefinitionKey: 'many', unfinished: true } };
    const preview = await server.put('/process-instance/suspended?dryRun=true', body);
    expect(preview).toMatchObject({ status: 200, body: { dryRun: true, count: 2 } });
    expect([...preview.body.ids].sort()).toEqual(ids);
    expect(await isSuspended(`/process-instance/${ids[0]}`)).toBe(false);
    expect((await server.put('/process-instance/suspended', body)).status).toBe(204);
    for (const id of ids) expect(await isSuspended(`/process-instance/${id}`)).toBe(true);
  });

  test('of jobs can first say which they are', async () => {
    await deploy('jobs', sequence(START, WAIT, END));
    const instance = await server.start('jobs');
    const { id } = await onlyJob(`processInstanceId=${instance}`);
    const body = { suspended: true, processInstanceId: instance };
    const preview = await server.put('/job/suspended?dryRun=true', body);
    expect(preview).toMatchObject({ status: 200, body: { dryRun: true, count: 1, ids: [id] } });
    expect(await isSuspended(`/job/${id}`)).toBe(false);
    expect((await server.put('/job/suspended', body)).status).toBe(204);
    expect(await isSuspended(`/job/${id}`)).toBe(true);
  });
});

describe('what a definition takes along', () => {
  const dry = (path: string, body: object) => server.put(`${path}?dryRun=true`, body);

  test('is told before process definitions are suspended, and nothing happens', async () => {
    const definition = await deploy('told');
    const instance = await server.start('told');
    const body = { suspended: true, includeProcessInstances: true };
    const told = {
      status: 200,
      body: {
        dryRun: true,
        type: 'process-definition',
        ids: [definition],
        included: { type: 'process-instance', count: 1, ids: [instance] },
      },
    };
    expect(await dry(`/process-definition/${definition}/suspended`, body)).toMatchObject(told);
    expect(await dry('/process-definition/key/told/suspended', body)).toMatchObject(told);
    expect(await dry('/process-definition/suspended', { ...body, processDefinitionKey: 'told' })).toMatchObject(told);
    const alone = await dry(`/process-definition/${definition}/suspended`, { suspended: true });
    expect(alone.body.included).toBeUndefined();
    expect(await isSuspended(`/process-definition/${definition}`)).toBe(false);
    expect(await isSuspended(`/process-instance/${instance}`)).toBe(false);
  });

  test('is told before job definitions are suspended, get another priority, or their jobs new retries', async () => {
    const definition = await deploy('jobs-told', sequence(START, WAIT, END));
    const instance = await server.start('jobs-told');
    const job = await onlyJob(`processInstanceId=${instance}`);
    const [{ id }] = (await server.get(`/job-definition?processDefinitionId=${definition}`)).body;
    const told = { status: 200, body: { dryRun: true, ids: [id], included: { type: 'job', ids: [job.id] } } };
    const body = { suspended: true, includeJobs: true };
    expect(await dry(`/job-definition/${id}/suspended`, body)).toMatchObject(told);
    expect(await dry('/job-definition/suspended', { ...body, processDefinitionId: definition })).toMatchObject(told);
    expect(await dry(`/job-definition/${id}/jobPriority`, { priority: 7, includeJobs: true })).toMatchObject(told);
    const none = await dry(`/job-definition/${id}/retries`, { retries: 5 });
    expect(none, 'only failed jobs get new ones').toMatchObject({ status: 200, body: { type: 'job', count: 0 } });
    await server.put(`/job/${job.id}/retries`, { retries: 0 });
    expect((await dry(`/job-definition/${id}/retries`, { retries: 5 })).body.ids).toEqual([job.id]);
    expect(await onlyJob(`processInstanceId=${instance}`)).toMatchObject({ suspended: false, retries: 0, priority: 0 });
    expect((await server.get(`/job-definition/${id}`)).body).toMatchObject({
      suspended: false,
      overridingJobPriority: null,
    });
  });
});
