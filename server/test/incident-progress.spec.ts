import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';
import { until } from './support/until.js';

describe('how it stands with incidents', () => {
  let server: RestServer;
  let topic = '';
  let counter = 0;
  let instance = '';
  let taskId = '';

  beforeAll(async () => {
    server = await startRestServer();
  });
  afterAll(() => server.close());

  const api = async (path: string) => (await fetch(server.url.replace('/engine-rest', '/api') + path)).json();
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  const progress = (): Promise<any> => api(`/incidents?processInstanceId=${instance}`);
  const fetchTask = async (workerId = 'w') => {
    const topics = [{ topicName: topic, lockDuration: 60_000 }];
    const { body } = await server.post('/external-task/fetchAndLock', { workerId, maxTasks: 1, topics });
    return body[0];
  };
  const fail = async (retries: number, errorMessage: string) => {
    await fetchTask();
    await server.post(`/external-task/${taskId}/failure`, { workerId: 'w', errorMessage, retries, retryTimeout: 0 });
  };
  const setRetries = (retries: number) => server.put(`/external-task/${taskId}/retries`, { retries });

  const startFailed = async () => {
    topic = `topic-${++counter}`;
    const work = `<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="${topic}" />`;
    await server.deploy([`p${counter}.bpmn`, bpmn(`p${counter}`, sequence(START, work, END))]);
    instance = await server.start(`p${counter}`);
    taskId = (await server.get(`/external-task?processInstanceId=${instance}`)).body[0].id;
    await fail(0, 'the bureau is closed');
  };

  test('a retry is pending until the task has truly succeeded', async () => {
    await startFailed();
    expect(await progress()).toMatchObject([
      { state: 'open', incidentMessage: 'the bureau is closed', topicName: topic },
    ]);
    await setRetries(2);
    expect((await server.get(`/incident?processInstanceId=${instance}`)).body).toEqual([]);
    expect(await progress()).toMatchObject([{ state: 'retryPending', retries: 2, activityId: 'work' }]);
    await fetchTask();
    expect(await progress()).toMatchObject([{ state: 'retryPending' }]);
    await server.post(`/external-task/${taskId}/complete`, { workerId: 'w' });
    expect(await progress()).toEqual([]);
  });

  test('a retry that uses up its attempts is an incident again, once', async () => {
    await startFailed();
    await setRetries(2);
    await fail(1, 'still closed');
    expect(await progress()).toMatchObject([{ state: 'retryPending', retries: 1, incidentMessage: 'still closed' }]);
    await fail(0, 'gone for good');
    expect(await progress()).toMatchObject([{ state: 'open', retries: 0, incidentMessage: 'gone for good' }]);
  });

  test('it says when no worker is connected for the topic', async () => {
    await startFailed();
    await setRetries(1);
    // The one that failed the task is known by its fetch.
    await until('the worker', async () => (await progress())[0].workerConnected);
    const gone = await fetch(`${server.url.replace('/engine-rest', '/api')}/workers/w`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
    expect(await progress()).toMatchObject([
      { workerConnected: false, explanation: `Retry pending, but no worker is connected for topic '${topic}'` },
    ]);
  });

  test('a worker of a version that the release does not want is none', async () => {
    await startFailed();
    const deployments = (await server.get(`/process-definition?key=p${counter}`)).body;
    const url = `${server.url.replace('/engine-rest', '/api')}/deployment/${deployments[0].deploymentId}/worker-versions`;
    await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ [topic]: '>=2' }),
    });
    await setRetries(1);
    expect(await progress()).toMatchObject([
      { explanation: `Retry pending, but no worker is connected for topic '${topic}' in a version >=2` },
    ]);
  });

  test('a failed job is pending too when its retries were set', async () => {
    const key = `job-${++counter}`;
    const script = `<bpmn:scriptTask id="work" camunda:asyncBefore="true" scriptFormat="javascript"><bpmn:script>throw new Error('no')</bpmn:script></bpmn:scriptTask>`;
    await server.deploy([`${key}.bpmn`, bpmn(key, sequence(START, script, END))]);
    instance = await server.start(key);
    const jobId = (await server.get(`/job?processInstanceId=${instance}`)).body[0].id;
    for (let attempt = 0; attempt < 3; attempt++) await server.post(`/job/${jobId}/execute`);
    expect(await progress()).toMatchObject([{ state: 'open', incidentType: 'failedJob', workerConnected: null }]);
    await server.put(`/job/${jobId}/retries`, { retries: 1 });
    expect(await progress()).toMatchObject([{ state: 'retryPending', retries: 1, configuration: jobId }]);
    await server.post(`/job/${jobId}/execute`);
    expect(await progress()).toMatchObject([{ state: 'open' }]);
  });

  test('bad limits are refused', async () => {
    expect(await api('/incidents?maxResults=0')).toMatchObject({ type: 'InvalidRequestException' });
  });
});
