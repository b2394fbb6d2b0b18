import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';

let server: RestServer;

const BROKEN = '<bpmn:serviceTask id="charge" camunda:asyncBefore="true" camunda:expression="${missing ? 1 : 2}" />';
const PAINT = '<bpmn:serviceTask id="paint" camunda:type="external" camunda:topic="paint" />';
const REMINDED = `${USER_TASK}<bpmn:boundaryEvent id="late" attachedToRef="task"><bpmn:timerEventDefinition id="t">
  <bpmn:timeDuration>PT5M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>`;
const NIGHTLY = `<bpmn:startEvent id="nightly"><bpmn:timerEventDefinition id="t">
  <bpmn:timeCycle>R/PT24H</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>`;

beforeAll(async () => {
  server = await startRestServer();
  await server.deploy(['charged.bpmn', bpmn('charged', sequence(START, BROKEN, END))]);
  await server.deploy(['painted.bpmn', bpmn('painted', sequence(START, PAINT, END))]);
  await server.deploy(['reminded.bpmn', bpmn('reminded', sequence(START, REMINDED, END))]);
  await server.deploy(['plain.bpmn', bpmn('plain', sequence(START, USER_TASK, END))]);
});
afterAll(() => server?.close());

interface Entry {
  readonly id: string;
  readonly creationLog: boolean;
  readonly failureLog: boolean;
  readonly successLog: boolean;
  readonly deletionLog: boolean;
  readonly jobRetries: number;
  readonly jobDefinitionType: string;
}

const jobLog = async (query: string): Promise<Entry[]> =>
  (await server.get(`/history/job-log?sortBy=occurrence&sortOrder=asc&${query}`)).body;
const taskLog = async (query: string): Promise<Entry[]> =>
  (await server.get(`/history/external-task-log?sortBy=timestamp&sortOrder=asc&${query}`)).body;
const events = (log: readonly Entry[]) =>
  log.map(({ creationLog, failureLog, successLog, deletionLog }) =>
    [creationLog && 'created', failureLog && 'failed', successLog && 'successful', deletionLog && 'deleted']
      .filter(Boolean)
      .join('+'),
  );
const jobsOf = async (query: string) => (await server.get(`/job?${query}`)).body;

describe('the log of jobs', () => {
  test('tells every try of a job, with the retries that it had then', async () => {
    const id = await server.start('charged');
    const [job] = await jobsOf(`processInstanceId=${id}`);
    for (let i = 0; i < 3; i++) await server.post(`/job/${job.id}/execute`);
    const [incident] = (await server.get(`/history/incident?processInstanceId=${id}`)).body;
    await server.put(`/process-instance/${id}/variables/missing`, { value: true, type: 'Boolean' });
    await server.put(`/job/${job.id}/priority`, { priority: 7 });
    await server.put(`/job/${job.id}/retries`, { retries: 2 });
    expect((await server.post(`/job/${job.id}/execute`)).status).toBe(204);

    const log = await jobLog(`processInstanceId=${id}`);
    expect(events(log)).toEqual(['created', 'failed', 'failed', 'failed', 'successful']);
    expect(log.map(({ jobRetries }) => jobRetries)).toEqual([3, 3, 2, 1, 2]);
    expect(log[3]?.id).toBe(incident.historyConfiguration);
    expect(log[1]).toMatchObject({
      jobId: job.id,
      jobDefinitionId: job.jobDefinitionId,
      jobDefinitionType: 'async-continuation',
      jobDefinitionConfiguration: 'async-before',
      activityId: 'charge',
      failedActivityId: 'charge',
      executionId: job.executionId,
      processInstanceId: id,
      rootProcessInstanceId: id,
      processDefinitionId: job.processDefinitionId,
      processDefinitionKey: 'charged',
      jobPriority: 0,
      jobExceptionMessage: expect.stringContaining('missing'),
      batchId: null,
    });
    expect(log[4]).toMatchObject({ jobPriority: 7, jobExceptionMessage: null, failedActivityId: null });
    expect((await server.get(`/history/job-log/${log[1]?.id}/stacktrace`)).body).toContain('missing');
    expect((await server.get(`/history/job-log/${log[0]?.id}/stacktrace`)).status).toBe(204);
    expect((await server.get(`/history/job-log/${log[0]?.id}`)).body).toEqual(log[0]);
  });

  test('tells a timer that was no longer needed', async () => {
    const id = await server.start('reminded');
    const [task] = (await server.get(`/task?processInstanceId=${id}`)).body;
    const [job] = await jobsOf(`processInstanceId=${id}`);
    await server.post(`/task/${task.id}/complete`);
    const log = await jobLog(`jobId=${job.id}`);
    expect(events(log)).toEqual(['created', 'deleted']);
    expect(log[1]).toMatchObject({
      jobDefinitionType: 'timer-transition',
      jobDefinitionConfiguration: 'DURATION: PT5M',
      jobDueDate: job.dueDate,
      activityId: 'late',
    });
  });

  test('has the priority that the job definition gives to new jobs', async () => {
    const definition = await server.deploy(['ranked.bpmn', bpmn('ranked', sequence(START, BROKEN, END))]);
    const [of] = (await server.get(`/job-definition?processDefinitionId=${definition}`)).body;
    await server.put(`/job-definition/${of.id}/jobPriority`, { priority: 40 });
    const id = await server.start('ranked');
    expect(await jobLog(`processInstanceId=${id}`)).toMatchObject([{ jobPriority: 40 }]);
    expect(await jobLog(`processInstanceId=${id}&jobPriorityLowerThanOrEquals=39`)).toEqual([]);
  });

  test('tells the timer of a start event, each of its turns and that a newer version takes it away', async () => {
    const definition = await server.deploy(['nightly.bpmn', bpmn('night-run', sequence(NIGHTLY, END))]);
    const [job] = await jobsOf(`processDefinitionId=${definition}`);
    await server.post(`/job/${job.id}/execute`);
    await server.deploy(['nightly.bpmn', bpmn('night-run', sequence(NIGHTLY, USER_TASK, END))]);
    const log = await jobLog(`jobId=${job.id}`);
    expect(events(log)).toEqual(['created', 'successful', 'created', 'deleted']);
    expect(log[0]).toMatchObject({
      jobDefinitionType: 'timer-start-event',
      jobDefinitionId: job.jobDefinitionId,
      activityId: 'nightly',
      processInstanceId: null,
      rootProcessInstanceId: null,
      processDefinitionKey: 'night-run',
    });
  });

  test('tells the jobs of a batch, and forgets them with it', async () => {
    const id = await server.start('plain');
    const { body: batch } = await server.post('/process-instance/delete', { processInstanceIds: [id] });
    for (const definition of [batch.seedJobDefinitionId, batch.batchJobDefinitionId])
      for (const job of await jobsOf(`jobDefinitionId=${definition}`)) await server.post(`/job/${job.id}/execute`);
    const seed = await jobLog(`jobDefinitionId=${batch.seedJobDefinitionId}`);
    const work = await jobLog(`jobDefinitionType=instance-deletion&jobDefinitionConfiguration=${batch.id}`);
    expect(events(seed)).toEqual(['created', 'successful']);
    expect(events(work)).toEqual(['created', 'successful']);
    expect(work[0]).toMatchObject({
      batchId: batch.id,
      jobDefinitionId: batch.batchJobDefinitionId,
      processDefinitionId: null,
      processDefinitionKey: null,
      activityId: null,
    });
    await server.delete(`/history/batch/${batch.id}`);
    expect(await jobLog(`jobDefinitionConfiguration=${batch.id}`)).toEqual([]);
  });

  test('is found by every filter and sorted by every property, by GET and POST', async () => {
    const id = await server.start('charged');
    const [job] = await jobsOf(`processInstanceId=${id}`);
    await server.post(`/job/${job.id}/execute`);
    const [created, failed] = (await jobLog(`processInstanceId=${id}`)) as [Entry, Entry & Record<string, string>];
    const ofFailure = {
      logId: failed.id,
      jobId: job.id,
      jobExceptionMessage: failed['jobExceptionMessage'],
      jobDefinitionId: job.jobDefinitionId,
      jobDefinitionType: 'async-continuation',
      jobDefinitionConfiguration: 'async-before',
      activityIdIn: ['charge', 'other'],
      failedActivityIdIn: ['charge'],
      executionIdIn: [job.executionId],
      processInstanceId: id,
      processDefinitionId: job.processDefinitionId,
      processDefinitionKey: 'charged',
      deploymentId: failed['deploymentId'],
      withoutTenantId: true,
      hostname: failed['hostname'],
      jobPriorityLowerThanOrEquals: 0,
      jobPriorityHigherThanOrEquals: 0,
      failureLog: true,
    };
    for (const [name, value] of Object.entries(ofFailure)) {
      const { body } = await server.post('/history/job-log', { [name]: value, processInstanceId: id });
      expect(
        body.map((entry: Entry) => entry.id),
        name,
      ).toContain(failed.id);
    }
    expect((await server.post('/history/job-log', ofFailure)).body).toEqual([failed]);
    const others = { jobDefinitionId: 'none', deploymentId: 'none', processDefinitionKey: 'charge', hostname: 'none' };
    for (const [name, value] of Object.entries(others))
      expect((await server.post('/history/job-log', { [name]: value, processInstanceId: id })).body, name).toEqual([]);
    expect((await server.post('/history/job-log', { tenantIdIn: ['t'], processInstanceId: id })).body).toEqual([]);
    for (const [name, found] of [
      ['creationLog', created],
      ['failureLog', failed],
    ] as const)
      expect(await jobLog(`processInstanceId=${id}&${name}=true`)).toEqual([found]);
    expect((await server.get(`/history/job-log/count?processInstanceId=${id}`)).body).toEqual({ count: 2 });
    expect((await server.post('/history/job-log/count', { processInstanceId: id })).body).toEqual({ count: 2 });
    const { body: newest } = await server.get(
      `/history/job-log?sortBy=occurrence&sortOrder=desc&processInstanceId=${id}`,
    );
    expect(newest).toEqual([failed, created]);
    const sortings =
      'timestamp jobId jobDefinitionId jobDueDate jobRetries jobPriority activityId executionId processInstanceId processDefinitionId processDefinitionKey deploymentId hostname occurrence tenantId';
    for (const name of sortings.split(' ')) {
      const { status, body } = await server.get(
        `/history/job-log?sortBy=${name}&sortOrder=desc&processInstanceId=${id}`,
      );
      expect([name, status, body.length]).toEqual([name, 200, 2]);
    }
  });

  test('goes with the history of its instance', async () => {
    const id = await server.start('reminded');
    await server.delete(`/process-instance/${id}`);
    const [created] = await jobLog(`processInstanceId=${id}`);
    await server.delete(`/history/process-instance/${id}`);
    expect(await jobLog(`processInstanceId=${id}`)).toEqual([]);
    const gone = await server.get(`/history/job-log/${created?.id}`);
    expect(gone).toMatchObject({ status: 404, body: { type: 'InvalidRequestException' } });
    expect((await server.get(`/history/job-log/${created?.id}/stacktrace`)).status).toBe(404);
  });
});

describe('the log of external tasks', () => {
  const fetchOne = async (workerId: string) =>
    (
      await server.post('/external-task/fetchAndLock', {
        workerId,
        maxTasks: 1,
        topics: [{ topicName: 'paint', lockDuration: 60_000 }],
      })
    ).body[0];

  test('tells who failed and who succeeded', async () => {
    const id = await server.start('painted');
    const { id: task } = await fetchOne('ann');
    const failure = {
      workerId: 'ann',
      errorMessage: 'no paint',
      errorDetails: 'all is dry',
      retries: 1,
      retryTimeout: 0,
    };
    await server.post(`/external-task/${task}/failure`, failure);
    await fetchOne('bob');
    await server.post(`/external-task/${task}/complete`, { workerId: 'bob' });
    const log = await taskLog(`processInstanceId=${id}`);
    expect(events(log)).toEqual(['created', 'failed', 'successful']);
    expect(log).toMatchObject([
      { workerId: null, retries: null, topicName: 'paint', activityId: 'paint', processDefinitionKey: 'painted' },
      { workerId: 'ann', retries: null, errorMessage: 'no paint', externalTaskId: task },
      { workerId: 'bob', retries: 1, errorMessage: null, rootProcessInstanceId: id },
    ]);
    expect((await server.get(`/history/external-task-log/${log[1]?.id}/error-details`)).body).toBe('all is dry');
    expect((await server.get(`/history/external-task-log/${log[0]?.id}/error-details`)).status).toBe(204);
    expect((await server.get(`/history/external-task-log/${log[2]?.id}`)).body).toEqual(log[2]);
    expect(await taskLog('workerId=bob&successLog=true&topicName=paint')).toEqual([log[2]]);
    expect((await server.post('/history/external-task-log/count', { externalTaskId: task })).body).toEqual({
      count: 3,
    });
    const sortings =
      'timestamp externalTaskId topicName workerId retries priority activityId activityInstanceId executionId processInstanceId processDefinitionId processDefinitionKey tenantId';
    for (const name of sortings.split(' '))
      expect((await taskLog(`processInstanceId=${id}&sortBy=${name}`)).length, name).toBe(3);
  });

  test('tells a task that was taken away, and goes with the history', async () => {
    const id = await server.start('painted');
    await server.delete(`/process-instance/${id}`);
    const log = await taskLog(`processInstanceId=${id}`);
    expect(events(log)).toEqual(['created', 'deleted']);
    await server.delete(`/history/process-instance/${id}`);
    expect(await taskLog(`processInstanceId=${id}`)).toEqual([]);
    expect((await server.get(`/history/external-task-log/${log[0]?.id}`)).status).toBe(404);
    expect((await server.get(`/history/external-task-log/${log[0]?.id}/error-details`)).status).toBe(404);
  });

  test('is pointed at by the incident of a task that failed for good', async () => {
    const id = await server.start('painted');
    const { id: task } = await fetchOne('ann');
    await server.post(`/external-task/${task}/failure`, { workerId: 'ann', errorMessage: 'no', retries: 0 });
    const [incident] = (await server.get(`/history/incident?processInstanceId=${id}`)).body;
    const [failed] = await taskLog(`processInstanceId=${id}&failureLog=true`);
    expect(incident.historyConfiguration).toBe(failed?.id);
    const found = (await server.get(`/history/incident?historyConfiguration=${failed?.id}`)).body;
    expect(found.map((each: { id: string }) => each.id)).toEqual([incident.id]);
  });
});
