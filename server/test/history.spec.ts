import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';

let server: RestServer;
let definition = '';
let running = '';
let done = '';

beforeAll(async () => {
  server = await startRestServer();
  definition = await server.deploy(['orders.bpmn', bpmn('orders', sequence(START, USER_TASK, END), 'name="An order"')]);
  const paper = {
    type: 'File',
    value: Buffer.from('page').toString('base64'),
    valueInfo: { filename: 'p.txt', mimeType: 'text/plain' },
  };
  running = await server.start('orders', { size: { value: 5 }, paper }, 'one');
  done = await server.start('orders', { size: { value: 50 }, list: { type: 'Json', value: '[1]' } }, 'two');
  const [task] = (await server.get(`/task?processInstanceId=${done}`)).body;
  await server.put(`/task/${task.id}/localVariables/shelf`, { value: 'A7' });
  await server.post(`/task/${task.id}/claim`, { userId: 'ann' });
  await server.post(`/task/${task.id}/complete`);
});
afterAll(() => server?.close());

const counts = (resource: string) => async (query: string) =>
  (await server.get(`${resource}/count?processDefinitionKey=orders&${query}`)).body.count;

describe('process instances', () => {
  test('a running one and a finished one', async () => {
    expect((await server.get(`/history/process-instance/${running}`)).body).toMatchObject({
      id: running,
      businessKey: 'one',
      processDefinitionId: definition,
      processDefinitionKey: 'orders',
      processDefinitionName: 'An order',
      processDefinitionVersion: 1,
      endTime: null,
      removalTime: null,
      durationInMillis: null,
      startActivityId: 'start',
      deleteReason: null,
      rootProcessInstanceId: running,
      superProcessInstanceId: null,
      state: 'ACTIVE',
      restartedProcessInstanceId: null,
    });
    const finished = (await server.get(`/history/process-instance/${done}`)).body;
    expect(finished).toMatchObject({
      state: 'COMPLETED',
      endTime: expect.stringMatching(/\+0000$/),
      durationInMillis: expect.any(Number),
    });
    expect(await server.get('/history/process-instance/none')).toMatchObject({
      status: 404,
      body: { type: 'InvalidRequestException' },
    });
  });

  test('are found by state, time, keys, activities and variables', async () => {
    const count = counts('/history/process-instance');
    for (const [query, expected] of [
      ['finished=true', 1],
      ['unfinished=true', 1],
      ['completed=true', 1],
      ['active=true', 1],
      ['externallyTerminated=true', 0],
      ['processInstanceBusinessKey=two', 1],
      ['processInstanceBusinessKeyIn=one,two', 2],
      ['processInstanceBusinessKeyLike=t%25', 1],
      ['processDefinitionName=An%20order&rootProcessInstances=true', 2],
      ['processDefinitionKeyNotIn=orders', 0],
      ['startedAfter=2020-01-01T00:00:00.000%2B0000&startedBefore=2099-01-01T00:00:00Z', 2],
      ['finishedAfter=2020-01-01T00:00:00.000%2B0000', 1],
      ['finishedBefore=2020-01-01T00:00:00.000%2B0000', 0],
      ['activeActivityIdIn=task', 1],
      ['executedActivityIdIn=task', 1],
      ['variables=size_eq_5', 0],
      ['withIncidents=true', 0],
      ['withJobsRetrying=true', 0],
      [`processInstanceIds=${done},none`, 1],
      [`processInstanceIdNotIn=${done}`, 1],
      ['superCaseInstanceId=x', 0],
    ] as const)
      expect([query, await count(query)]).toEqual([query, expected]);
    const typed = (value: number) => ({
      processDefinitionKey: 'orders',
      variables: [{ name: 'size', operator: 'gt', value }],
    });
    expect((await server.post('/history/process-instance/count', typed(5))).body).toEqual({ count: 1 });
    expect((await server.post('/history/process-instance/count', typed(4))).body).toEqual({ count: 2 });
    for (const by of [
      'instanceId',
      'definitionId',
      'definitionKey',
      'definitionName',
      'definitionVersion',
      'businessKey',
      'startTime',
      'endTime',
      'duration',
      'tenantId',
    ])
      expect([
        by,
        (await server.get(`/history/process-instance?sortBy=${by}&sortOrder=asc&maxResults=1`)).body.length,
      ]).toEqual([by, 1]);
    for (const wrong of [
      'incidentStatus=lost',
      'finished=maybe',
      'startedBefore=today',
      'executedJobAfter=2020-01-01T00:00:00Z',
      'sortBy=x&sortOrder=asc',
    ])
      expect([wrong, (await server.get(`/history/process-instance?${wrong}`)).status]).toEqual([wrong, 400]);
  });

  test('a finished one can be deleted with all that is recorded of it, a running one cannot', async () => {
    expect((await server.delete(`/history/process-instance/${running}`)).status).toBe(400);
    const gone = await server.start('orders');
    const [task] = (await server.get(`/task?processInstanceId=${gone}`)).body;
    await server.post(`/task/${task.id}/complete`);
    expect((await server.delete(`/history/process-instance/${gone}`)).status).toBe(204);
    expect((await server.get(`/history/activity-instance?processInstanceId=${gone}`)).body).toEqual([]);
    expect((await server.delete(`/history/process-instance/${gone}`)).status).toBe(404);
    expect((await server.delete(`/history/process-instance/${gone}?failIfNotExists=false`)).status).toBe(204);
  });
});

describe('activity instances', () => {
  test('say what was visited and when', async () => {
    const { body } = await server.get(
      `/history/activity-instance?processInstanceId=${done}&sortBy=occurrence&sortOrder=asc`,
    );
    expect(body.map((each: { activityId: string }) => each.activityId)).toEqual(['start', 'task', 'end']);
    expect(body[1]).toMatchObject({
      activityName: 'Look at it',
      activityType: 'userTask',
      assignee: 'ann',
      canceled: false,
      processInstanceId: done,
      parentActivityInstanceId: done,
      calledCaseInstanceId: null,
    });
    expect((await server.get(`/history/activity-instance/${body[1].id}`)).body).toEqual(body[1]);
    expect((await server.get('/history/activity-instance/none')).status).toBe(404);
  });

  test('may go when the time to live after the end of their instance is over', async () => {
    const { endTime, removalTime } = (await server.get(`/history/process-instance/${done}`)).body;
    expect(Date.parse(removalTime) - Date.parse(endTime)).toBe(30 * 86_400_000);
    const ended = (await server.get(`/history/activity-instance?processInstanceId=${done}`)).body;
    expect(new Set(ended.map((each: { removalTime: string }) => each.removalTime))).toEqual(new Set([removalTime]));
    expect((await server.get(`/history/process-instance/${running}`)).body.removalTime).toBeNull();
  });

  test('are found by element, state and time', async () => {
    const count = async (query: string) =>
      (await server.get(`/history/activity-instance/count?processDefinitionId=${definition}&${query}`)).body.count;
    for (const [query, expected] of [
      [`processInstanceId=${done}&activityType=userTask&finished=true`, 1],
      [`processInstanceId=${running}&unfinished=true`, 1],
      [`processInstanceId=${done}&taskAssignee=ann`, 1],
      [`processInstanceId=${done}&activityName=Look%20at%20it`, 1],
      [`processInstanceId=${done}&canceled=true`, 0],
      [`processInstanceId=${done}&startedAfter=2020-01-01T00:00:00.000%2B0000`, 3],
    ] as const)
      expect([query, await count(query)]).toEqual([query, expected]);
    expect((await server.post('/history/activity-instance/count', { processInstanceId: done })).body).toEqual({
      count: 3,
    });
    for (const by of [
      'activityInstanceId',
      'instanceId',
      'executionId',
      'activityId',
      'activityName',
      'activityType',
      'startTime',
      'endTime',
      'duration',
      'definitionId',
    ])
      expect([by, (await server.get(`/history/activity-instance?sortBy=${by}&sortOrder=desc`)).status]).toEqual([
        by,
        200,
      ]);
  });
});

describe('variables', () => {
  test('of running and finished instances, with their values', async () => {
    const [size] = (await server.get(`/history/variable-instance?processInstanceId=${done}&variableName=size`)).body;
    expect(size).toMatchObject({
      type: 'Integer',
      value: 50,
      valueInfo: {},
      processDefinitionKey: 'orders',
      activityInstanceId: done,
      taskId: null,
      state: 'CREATED',
      errorMessage: null,
    });
    expect((await server.get(`/history/variable-instance/${size.id}`)).body).toEqual(size);
    const [paper] = (await server.get(`/history/variable-instance?processInstanceId=${running}&variableName=paper`))
      .body;
    expect(paper).toMatchObject({ type: 'File', value: null, valueInfo: { filename: 'p.txt' } });
    const data = await fetch(`${server.url}/history/variable-instance/${paper.id}/data`);
    expect([data.headers.get('content-type'), await data.text()]).toEqual(['text/plain', 'page']);
    const [live] = (await server.get(`/variable-instance?processInstanceIdIn=${running}&variableName=paper`)).body;
    expect(live).toMatchObject({ type: 'File', value: null, batchId: null });
    expect(await server.get(`/variable-instance/${live.id}/data`)).toMatchObject({ status: 200, body: 'page' });
    expect((await server.get(`/history/variable-instance/${size.id}/data`)).status).toBe(400);
    for (const path of [
      '/history/variable-instance/none',
      '/history/variable-instance/none/data',
      '/variable-instance/none',
      '/variable-instance/none/data',
    ])
      expect(await server.get(path)).toMatchObject({ status: 404, body: { type: 'InvalidRequestException' } });
  });

  test('are found by name, value, type and place', async () => {
    const count = counts('/history/variable-instance');
    for (const [query, expected] of [
      ['variableName=size', 2],
      ['variableNameLike=si%25', 2],
      ['variableNameIn=size,list', 3],
      ['variableName=SIZE&variableNamesIgnoreCase=true', 2],
      ['variableTypeIn=json', 1],
      [`processInstanceIdIn=${done}`, 3],
      ['variableName=shelf&variableValue=A7', 1],
      [`processInstanceId=${done}&activityInstanceIdIn=${done}`, 2],
    ] as const)
      expect([query, await count(query)]).toEqual([query, expected]);
    const typed = await server.post('/history/variable-instance', {
      variableName: 'size',
      variableValue: 50,
      processInstanceId: done,
    });
    expect(typed.body).toHaveLength(1);
    expect((await server.get('/history/variable-instance?variableValue=x')).status).toBe(400);
    const live = async (query: string) =>
      (await server.get(`/variable-instance/count?processInstanceIdIn=${running}&${query}`)).body.count;
    expect(await live('variableNameLike=si%25')).toBe(1);
    expect(await live(`variableScopeIdIn=${running}`)).toBe(2);
    expect(await live('variableValues=size_eq_5')).toBe(0);
    const values = [{ name: 'size', operator: 'lt', value: 6 }];
    expect(
      (await server.post('/variable-instance', { processInstanceIdIn: [running], variableValues: values })).body,
    ).toHaveLength(1);
    expect((await server.get('/variable-instance?sortBy=variableType&sortOrder=asc')).status).toBe(200);
    expect((await server.get('/variable-instance?variableValues=bad')).status).toBe(400);
  });
});

describe('tasks', () => {
  test('say who had them and how they ended', async () => {
    const [task] = (await server.get(`/history/task?processInstanceId=${done}`)).body;
    expect(task).toMatchObject({
      name: 'Look at it',
      assignee: 'ann',
      deleteReason: 'completed',
      taskState: 'Completed',
      taskDefinitionKey: 'task',
      priority: 50,
      parentTaskId: null,
    });
    expect((await server.get(`/history/task?processInstanceId=${running}`)).body).toMatchObject([
      { endTime: null, taskState: 'Created' },
    ]);
  });

  test('are found by people, state and variables', async () => {
    const count = counts('/history/task');
    for (const [query, expected] of [
      ['taskAssignee=ann', 1],
      ['taskAssigneeLike=a%25', 1],
      ['unassigned=true&finished=false', 1],
      ['finished=true&processFinished=true', 1],
      ['unfinished=true&processUnfinished=true', 1],
      ['processInstanceBusinessKey=one', 1],
      ['taskName=Look%20at%20it', 2],
      ['taskDeleteReason=completed', 1],
      ['taskVariables=shelf_eq_A7', 1],
      ['withoutTaskDueDate=true', 2],
      ['startedAfter=2099-01-01T00:00:00Z', 0],
    ] as const)
      expect([query, await count(query)]).toEqual([query, expected]);
    expect((await server.get('/history/task?taskHadCandidateUser=ann')).status).toBe(400);
    expect((await server.get('/history/task?sortBy=taskName&sortOrder=desc')).status).toBe(200);
  });
});

test('users: groups are asked for by user, credentials that belong to nobody are not verified', async () => {
  expect((await server.get('/identity/groups?userId=ann')).body).toEqual({ groups: [], groupUsers: [] });
  expect((await server.get('/identity/groups')).status).toBe(400);
  expect((await server.post('/identity/verify', { username: 'ann', password: 'x' })).body).toEqual({
    authenticatedUser: 'ann',
    groups: null,
    tenants: null,
    authenticated: false,
  });
  expect((await server.post('/identity/verify', {})).status).toBe(400);
});
