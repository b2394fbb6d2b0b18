import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence, timerStart } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';

let server: RestServer;
let instance = '';
let id = '';

const wait =
  '<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT72H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>';
const broken =
  '<bpmn:scriptTask id="broken" name="Breaks" scriptFormat="javascript" camunda:asyncBefore="true"><bpmn:script>throw new Error("out of paper")</bpmn:script></bpmn:scriptTask>';

beforeAll(async () => {
  server = await startRestServer();
  await server.deploy(['waiting.bpmn', bpmn('waiting', sequence(START, wait, '<bpmn:userTask id="after" />', END))]);
  await server.deploy(['breaking.bpmn', bpmn('breaking', sequence(START, broken, END))]);
});
afterAll(() => server?.close());

const job = () => server.get(`/job/${id}`).then(({ body }) => body);
const jobsOf = (query = '') => server.get(`/job?processInstanceId=${instance}${query}`).then(({ body }) => body);
const definitionsOf = (key: string) =>
  server.get(`/job-definition?processDefinitionKey=${key}`).then(({ body }) => body);

describe('a timer', () => {
  beforeEach(async () => {
    instance = await server.start('waiting');
    id = (await jobsOf())[0].id;
  });

  test('shows when it is due and where it comes from', async () => {
    const [definition] = await definitionsOf('waiting');
    expect(definition).toMatchObject({
      activityId: 'wait',
      jobType: 'timer-intermediate-transition',
      jobConfiguration: 'DURATION: PT72H',
      suspended: false,
      overridingJobPriority: null,
      tenantId: null,
    });
    const found = await job();
    expect(found).toMatchObject({
      id,
      jobDefinitionId: definition.id,
      processInstanceId: instance,
      processDefinitionKey: 'waiting',
      retries: 3,
      exceptionMessage: null,
      failedActivityId: null,
      suspended: false,
      priority: 0,
      tenantId: null,
      batchId: null,
    });
    expect(Date.parse(found.dueDate) - Date.parse(found.createTime)).toBe(72 * 3_600_000);
  });

  test('is found by what is known of it', async () => {
    const [definition] = await definitionsOf('waiting');
    for (const query of [
      '&timers=true',
      '&active=true&withRetriesLeft=true',
      '&dueDates=gt_2020-01-01T00:00:00.000%2B0000,lt_2099-01-01T00:00:00.000%2B0000',
      '&createTimes=gt_2020-01-01T00:00:00.000%2B0000',
      `&jobDefinitionId=${definition.id}`,
      '&activityId=wait&priorityLowerThanOrEquals=0',
    ])
      expect([query, (await jobsOf(query)).length]).toEqual([query, 1]);
    for (const query of [
      '&messages=true',
      '&executable=true',
      '&withException=true',
      '&noRetriesLeft=true',
      '&suspended=true',
      '&acquired=true',
      '&jobIds=none',
    ])
      expect([query, (await jobsOf(query)).length]).toEqual([query, 0]);
    const posted = await server.post('/job', {
      processInstanceId: instance,
      dueDates: [{ operator: 'gt', value: '2020-01-01T00:00:00.000+0000' }],
      sorting: [{ sortBy: 'jobDueDate', sortOrder: 'asc' }],
    });
    expect(posted.body).toHaveLength(1);
    for (const wrong of [
      'timers=true&messages=true',
      'dueDates=zz_2020-01-01T00:00:00.000%2B0000',
      'dueDates=gt',
      'sortBy=x&sortOrder=asc',
    ])
      expect([wrong, (await server.get(`/job?${wrong}`)).status]).toEqual([wrong, 400]);
  });

  test('runs by hand before it is due, once', async () => {
    expect((await server.post(`/job/${id}/execute`)).status).toBe(204);
    expect((await server.get(`/task?processInstanceId=${instance}`)).body).toMatchObject([
      { taskDefinitionKey: 'after' },
    ]);
    expect((await server.post(`/job/${id}/execute`)).status).toBe(404);
  });

  test('can be given another date, retries and priority', async () => {
    const dueDate = '2035-01-01T00:00:00.000+0000';
    expect((await server.put(`/job/${id}/duedate`, { duedate: dueDate })).status).toBe(204);
    expect((await job()).dueDate).toBe(dueDate);
    const { createTime } = await job();
    expect((await server.post(`/job/${id}/duedate/recalculate`)).status).toBe(204);
    expect(Date.parse((await job()).dueDate) - Date.parse(createTime)).toBe(72 * 3_600_000);
    expect((await server.put(`/job/${id}/retries`, { retries: 7, dueDate })).status).toBe(204);
    expect((await server.put(`/job/${id}/priority`, { priority: 5 })).status).toBe(204);
    expect(await job()).toMatchObject({ retries: 7, priority: 5, dueDate });
    for (const [path, body] of [
      ['retries', { retries: -1 }],
      ['retries', {}],
      ['priority', {}],
      ['duedate', { duedate: 'soon' }],
    ] as const)
      expect((await server.put(`/job/${id}/${path}`, body)).status).toBe(400);
    expect(await job()).toMatchObject({ retries: 7, priority: 5, dueDate });
  });

  test('can be suspended, and still be run by hand', async () => {
    await server.put(`/job/${id}/suspended`, { suspended: true });
    expect((await job()).suspended).toBe(true);
    await server.put('/job/suspended', { processInstanceId: instance, suspended: false });
    expect((await job()).suspended).toBe(false);
    await server.put('/job/suspended', { processDefinitionKey: 'waiting', suspended: true });
    expect((await job()).suspended).toBe(true);
    expect((await server.post(`/job/${id}/execute`)).status).toBe(204);
    await server.put('/job/suspended', { processDefinitionKey: 'waiting', suspended: false });
    expect((await server.put('/job/suspended', { suspended: true })).status).toBe(400);
    expect(
      (await server.put('/job/suspended', { suspended: true, processInstanceId: 'a', jobDefinitionId: 'b' })).status,
    ).toBe(400);
  });

  test('can be deleted', async () => {
    expect((await server.delete(`/job/${id}`)).status).toBe(204);
    expect((await server.get(`/job/${id}`)).status).toBe(404);
  });
});

describe('a job definition', () => {
  test('that is suspended has its jobs born suspended, until it is activated', async () => {
    const [definition] = await definitionsOf('waiting');
    const before = await server.start('waiting');
    await server.put('/job-definition/suspended', {
      processDefinitionId: definition.processDefinitionId,
      suspended: true,
      includeJobs: true,
    });
    instance = await server.start('waiting');
    const [born] = await jobsOf();
    expect(born.suspended).toBe(true);
    expect((await server.get(`/job?processInstanceId=${before}`)).body[0].suspended).toBe(true);
    expect((await definitionsOf('waiting'))[0].suspended).toBe(true);
    expect((await server.post(`/job/${born.id}/execute`)).status).toBe(204);
    await server.put(`/job-definition/${definition.id}/suspended`, { suspended: false, includeJobs: true });
    expect((await server.get(`/job?processInstanceId=${before}`)).body[0].suspended).toBe(false);
    expect((await server.get(`/job-definition/count?processDefinitionKey=waiting&active=true`)).body).toEqual({
      count: 1,
    });
  });

  test('overrides the priority of the jobs to come, and of those that are there when asked', async () => {
    const [definition] = await definitionsOf('waiting');
    instance = await server.start('waiting');
    expect(
      (await server.put(`/job-definition/${definition.id}/jobPriority`, { priority: 30, includeJobs: true })).status,
    ).toBe(204);
    expect((await jobsOf())[0].priority).toBe(30);
    instance = await server.start('waiting');
    expect((await jobsOf())[0].priority).toBe(30);
    expect((await server.get(`/job-definition/${definition.id}`)).body.overridingJobPriority).toBe(30);
    expect(
      (await server.put(`/job-definition/${definition.id}/jobPriority`, { priority: null, includeJobs: true })).status,
    ).toBe(400);
    expect((await server.put(`/job-definition/${definition.id}/jobPriority`, { priority: null })).status).toBe(204);
  });

  test('that is not there is said to be not there', async () => {
    expect((await server.get('/job-definition/none')).status).toBe(404);
    expect((await server.put('/job-definition/none/jobPriority', { priority: 1 })).status).toBe(404);
    expect((await server.put('/job-definition/suspended', { suspended: true })).status).toBe(400);
    expect(
      (
        await server.put('/job-definition/suspended', {
          suspended: true,
          processDefinitionId: 'a',
          processDefinitionKey: 'b',
        })
      ).status,
    ).toBe(400);
  });
});

describe('a job that fails', () => {
  beforeEach(async () => {
    instance = await server.start('breaking');
    id = (await jobsOf())[0].id;
  });

  test('counts down to an incident, which new retries resolve', async () => {
    const failed = await server.post(`/job/${id}/execute`);
    expect(failed).toMatchObject({
      status: 404,
      body: { type: 'InvalidRequestException', code: null, message: expect.stringContaining('out of paper') },
    });
    expect(await job()).toMatchObject({
      retries: 2,
      failedActivityId: 'broken',
      exceptionMessage: expect.stringContaining('out of paper'),
    });
    const trace = await server.get(`/job/${id}/stacktrace`);
    expect(trace).toMatchObject({
      status: 200,
      contentType: 'text/plain',
      body: expect.stringContaining('out of paper'),
    });
    expect(await server.get(`/job/${id}/stacktrace`, { accept: 'application/json' })).toMatchObject({
      status: 406,
      body: { type: 'NotAcceptableException' },
    });
    await server.post(`/job/${id}/execute`);
    await server.post(`/job/${id}/execute`);
    expect(await jobsOf('&noRetriesLeft=true&withException=true')).toHaveLength(1);
    const [incident] = (await server.get(`/incident?processInstanceId=${instance}`)).body;
    const [definition] = await definitionsOf('breaking');
    expect(incident).toMatchObject({
      incidentType: 'failedJob',
      activityId: 'broken',
      failedActivityId: 'broken',
      configuration: id,
      jobDefinitionId: definition.id,
      rootCauseIncidentId: incident.id,
      annotation: null,
    });
    expect(
      (await server.get(`/incident?jobDefinitionIdIn=${definition.id}&processInstanceId=${instance}`)).body,
    ).toHaveLength(1);
    expect((await server.put(`/incident/${incident.id}/annotation`, { annotation: 'seen' })).status).toBe(204);
    expect((await server.get(`/incident/${incident.id}`)).body.annotation).toBe('seen');
    expect(await server.delete(`/incident/${incident.id}`)).toMatchObject({
      status: 400,
      body: { type: 'InvalidRequestException' },
    });
    expect(
      (
        await server.get(
          `/history/process-instance/count?processInstanceId=${instance}&withIncidents=true&incidentStatus=open`,
        )
      ).body,
    ).toEqual({ count: 1 });
    expect((await server.put(`/job/${id}/retries`, { retries: 1 })).status).toBe(204);
    expect((await server.get(`/incident/count?processInstanceId=${instance}`)).body).toEqual({ count: 0 });
    const [past] = (await server.get(`/history/incident?processInstanceId=${instance}&resolved=true`)).body;
    expect(past).toMatchObject({
      id: incident.id,
      open: false,
      resolved: true,
      annotation: 'seen',
      jobDefinitionId: definition.id,
    });
    expect(past.endTime).not.toBeNull();
  });

  test('gets new retries from its job definition', async () => {
    for (let i = 0; i < 3; i++) await server.post(`/job/${id}/execute`);
    const [definition] = await definitionsOf('breaking');
    expect((await server.put(`/job-definition/${definition.id}/retries`, { retries: 4 })).status).toBe(204);
    expect((await job()).retries).toBe(4);
    expect((await server.get(`/incident/count?processInstanceId=${instance}`)).body).toEqual({ count: 0 });
  });

  test('has no stack trace before it failed, and unknown ones are 404', async () => {
    expect((await server.get(`/job/${id}/stacktrace`)).status).toBe(204);
    expect(await server.get('/job/none')).toMatchObject({
      status: 404,
      body: { type: 'InvalidRequestException', code: null },
    });
    expect((await server.get('/job/none/stacktrace')).status).toBe(404);
    expect((await server.put('/job/none/retries', { retries: 1 })).status).toBe(404);
    expect((await server.put('/job/none/priority', { priority: 1 })).status).toBe(404);
    expect((await server.delete('/job/none')).status).toBe(404);
    expect((await server.get('/incident/none')).status).toBe(404);
    expect((await server.delete('/incident/none')).status).toBe(404);
    expect((await server.put('/incident/none/annotation', { annotation: 'x' })).status).toBe(400);
  });
});

test('the timer of a start event can be moved, suspended and run by hand', async () => {
  await server.deploy([
    'regular.bpmn',
    bpmn('regular', sequence(timerStart('R/PT24H'), '<bpmn:userTask id="again" />')),
  ]);
  const [timer] = (await server.get('/job?processDefinitionKey=regular')).body;
  expect(timer).toMatchObject({ processInstanceId: null, executionId: null });
  id = timer.id;
  const dueDate = '2035-01-01T00:00:00.000+0000';
  expect((await server.put(`/job/${id}/duedate`, { duedate: dueDate })).status).toBe(204);
  expect((await server.put(`/job/${id}/retries`, { retries: 9 })).status).toBe(204);
  expect(await job()).toMatchObject({ dueDate, retries: 9 });
  expect((await server.post(`/job/${id}/execute`)).status).toBe(204);
  expect((await server.get('/process-instance/count?processDefinitionKey=regular')).body).toEqual({ count: 1 });
});
