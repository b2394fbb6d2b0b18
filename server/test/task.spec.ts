import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';

let server: RestServer;
let instance = '';
let id = '';

const FORM = `<bpmn:extensionElements><camunda:formData>
  <camunda:formField id="amount" label="Amount &lt;EUR&gt;" type="long" defaultValue="5"><camunda:validation><camunda:constraint name="required" /><camunda:constraint name="min" config="1" /></camunda:validation></camunda:formField>
  <camunda:formField id="approved" label="Approved?" type="boolean" />
  <camunda:formField id="day" label="Day" type="date" />
  <camunda:formField id="color" label="Color" type="enum" defaultValue="red"><camunda:value id="red" name="Red" /><camunda:value id="blue" name="Blue" /></camunda:formField>
</camunda:formData></bpmn:extensionElements>`;

const review = `<bpmn:userTask id="review" name="Review it" camunda:candidateGroups="clerks,bosses" camunda:candidateUsers="ann" camunda:dueDate="2030-01-01T00:00:00">
  <bpmn:documentation>Read every page</bpmn:documentation></bpmn:userTask>`;

beforeAll(async () => {
  server = await startRestServer();
  await server.deploy(['reviewing.bpmn', bpmn('reviewing', sequence(START, review, END))]);
  await server.deploy([
    'filled.bpmn',
    bpmn('filled', sequence(START, `<bpmn:userTask id="fill">${FORM}</bpmn:userTask>`, END)),
  ]);
  await server.deploy(
    [
      'formed.bpmn',
      bpmn(
        'formed',
        sequence(
          START,
          '<bpmn:userTask id="look" camunda:formRef="page" camunda:formRefBinding="deployment" />',
          '<bpmn:userTask id="again" camunda:formKey="embedded:deployment:page.html" />',
          END,
        ),
      ),
    ],
    ['page.form', JSON.stringify({ id: 'page', type: 'default', components: [] })],
    ['page.html', '<form></form>'],
  );
});
afterAll(() => server?.close());
beforeEach(async () => {
  instance = await server.start('reviewing', { pages: { value: 3 }, who: { value: 'Ada' } }, 'case-1');
  id = (await server.get(`/task?processInstanceId=${instance}`)).body[0].id;
});

const task = () => server.get(`/task/${id}`).then(({ body }) => body);
const count = (query: string) =>
  server.get(`/task/count?processInstanceId=${instance}&${query}`).then(({ body }) => body.count);
const taskOf = async (key: string) => {
  const of = await server.start(key);
  return { of, id: (await server.get(`/task?processInstanceId=${of}`)).body[0].id as string };
};

test('a task shows what the model and its instance say of it', async () => {
  expect(await task()).toMatchObject({
    id,
    name: 'Review it',
    description: 'Read every page',
    assignee: null,
    owner: null,
    due: '2030-01-01T00:00:00.000+0000',
    followUp: null,
    lastUpdated: null,
    delegationState: null,
    priority: 50,
    processInstanceId: instance,
    taskDefinitionKey: 'review',
    suspended: false,
    formKey: null,
    camundaFormRef: null,
    parentTaskId: null,
    caseInstanceId: null,
    tenantId: null,
    taskState: 'Created',
  });
});

describe('people', () => {
  test('whoever claims a task first has it', async () => {
    expect((await server.post(`/task/${id}/claim`, { userId: 'ann' })).status).toBe(204);
    expect((await server.post(`/task/${id}/claim`, { userId: 'ann' })).status).toBe(204);
    const second = await server.post(`/task/${id}/claim`, { userId: 'bob' });
    expect(second).toMatchObject({ status: 400, body: { type: 'TaskAlreadyClaimedException' } });
    expect(await task()).toMatchObject({ assignee: 'ann', taskState: 'Updated' });
    await server.post(`/task/${id}/unclaim`);
    expect((await task()).assignee).toBeNull();
    await server.post(`/task/${id}/assignee`, { userId: 'bob' });
    expect((await task()).assignee).toBe('bob');
  });

  test('of two who claim at the same time one gets it', async () => {
    const answers = await Promise.all(['ann', 'bob'].map((userId) => server.post(`/task/${id}/claim`, { userId })));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400]);
  });

  test('a delegated task comes back to its owner', async () => {
    await server.post(`/task/${id}/assignee`, { userId: 'boss' });
    await server.post(`/task/${id}/delegate`, { userId: 'ann' });
    expect(await task()).toMatchObject({ owner: 'boss', assignee: 'ann', delegationState: 'PENDING' });
    expect((await server.post(`/task/${id}/resolve`, { variables: { opinion: { value: 'fine' } } })).status).toBe(204);
    expect(await task()).toMatchObject({ owner: 'boss', assignee: 'boss', delegationState: 'RESOLVED' });
    expect((await server.get(`/task/${id}/variables/opinion`)).body.value).toBe('fine');
  });

  test('links say who may have it and who has to do with it', async () => {
    const links = async (query = '') => (await server.get(`/task/${id}/identity-links${query}`)).body;
    expect(await links()).toEqual([
      { userId: 'ann', groupId: null, type: 'candidate' },
      { userId: null, groupId: 'clerks', type: 'candidate' },
      { userId: null, groupId: 'bosses', type: 'candidate' },
    ]);
    const watcher = { userId: 'wim', type: 'watcher' };
    expect((await server.post(`/task/${id}/identity-links`, watcher)).status).toBe(204);
    expect(await links('?type=watcher')).toEqual([{ ...watcher, groupId: null }]);
    await server.post(`/task/${id}/identity-links/delete`, watcher);
    expect(await links('?type=watcher')).toEqual([]);
    await server.post(`/task/${id}/identity-links`, { userId: 'own', type: 'owner' });
    expect((await task()).owner).toBe('own');
    for (const wrong of [
      { type: 'candidate' },
      { userId: 'a', groupId: 'b', type: 'candidate' },
      { userId: 'a' },
      { groupId: 'g', type: 'assignee' },
    ])
      expect(await server.post(`/task/${id}/identity-links`, wrong)).toMatchObject({
        status: 400,
        body: { type: 'InvalidRequestException' },
      });
  });
});

describe('lists', () => {
  test('tasks are found by people, names, dates and variables', async () => {
    await server.put(`/task/${id}/localVariables/shelf`, { value: 'A7' });
    for (const query of [
      'unassigned=true',
      'candidateGroup=clerks',
      'candidateGroups=x,bosses',
      'candidateGroupLike=cl%25',
      'candidateUser=ann',
      'involvedUser=ann',
      'withCandidateGroups=true&withCandidateUsers=true',
      'name=review%20IT',
      'nameLike=%25view%25',
      'descriptionLike=read%25',
      'taskDefinitionKeyIn=a,review',
      'processInstanceBusinessKey=case-1',
      'processInstanceBusinessKeyLike=case%25',
      'processDefinitionKey=reviewing&active=true',
      'dueBefore=2031-01-01T00:00:00.000%2B0000',
      'dueAfter=2029-01-01T00:00:00.000%2B0000',
      'createdAfter=2020-01-01T00:00:00.000%2B0000',
      'followUpBeforeOrNotExistent=2020-01-01T00:00:00.000%2B0000',
      'priority=50&minPriority=50&maxPriority=50',
      'processVariables=who_eq_Ada',
      'processVariables=who_like_A%25',
      'taskVariables=shelf_eq_A7',
    ])
      expect([query, await count(query)]).toEqual([query, 1]);
    for (const query of [
      'assignee=ann',
      'assigned=true',
      'candidateGroup=others',
      'withoutCandidateGroups=true',
      'suspended=true',
      'followUpBefore=2031-01-01T00:00:00.000%2B0000',
      'processVariables=who_eq_ada',
      'processVariables=shelf_eq_A7',
      'taskVariables=who_eq_Ada',
      'caseInstanceId=x',
      'delegationState=PENDING',
    ])
      expect([query, await count(query)]).toEqual([query, 0]);
    expect(await count('processVariables=who_eq_ada&variableValuesIgnoreCase=true')).toBe(1);
  });

  test('an assigned task is no longer offered to candidates, unless one asks for it', async () => {
    await server.post(`/task/${id}/claim`, { userId: 'ann' });
    expect(await count('candidateGroup=clerks')).toBe(0);
    expect(await count('candidateGroup=clerks&includeAssignedTasks=true')).toBe(1);
  });

  test('a body asks with typed values, alternatives and sorting', async () => {
    const find = async (body: unknown) =>
      (await server.post('/task', body)).body.map((found: { id: string }) => found.id);
    expect(
      await find({ processInstanceId: instance, processVariables: [{ name: 'pages', operator: 'gteq', value: 3 }] }),
    ).toEqual([id]);
    expect(
      await find({ processInstanceId: instance, processVariables: [{ name: 'pages', operator: 'gt', value: 3 }] }),
    ).toEqual([]);
    const orQueries = [{ assignee: 'nobody', candidateGroup: 'bosses' }];
    expect(await find({ processInstanceId: instance, orQueries })).toEqual([id]);
    const other = await server.start('reviewing', { pages: { value: 9 } });
    const sorting = [
      { sortBy: 'processVariable', sortOrder: 'desc', parameters: { variable: 'pages', type: 'Integer' } },
    ];
    const sorted = await server.post('/task', { processInstanceIdIn: [instance, other], sorting });
    expect(sorted.body.map((found: { processInstanceId: string }) => found.processInstanceId)).toEqual([
      other,
      instance,
    ]);
    const page = await server.post('/task?firstResult=1&maxResults=1', {
      processInstanceIdIn: [instance, other],
      sorting,
    });
    expect(page.body).toHaveLength(1);
    expect((await server.post('/task/count', { processInstanceIdIn: [instance, other] })).body).toEqual({ count: 2 });
  });

  test('variables come with the tasks when they are asked for', async () => {
    const [found] = (await server.get(`/task?processInstanceId=${instance}&withTaskVariablesInReturn=true`)).body;
    expect(found.variables).toMatchObject({ pages: { value: 3 }, who: { value: 'Ada' } });
  });

  test('every way of sorting works, and wrong questions are refused', async () => {
    for (const by of [
      'instanceId',
      'dueDate',
      'executionId',
      'assignee',
      'created',
      'lastUpdated',
      'description',
      'id',
      'name',
      'nameCaseInsensitive',
      'priority',
    ])
      expect([by, (await server.get(`/task?sortBy=${by}&sortOrder=desc`)).status]).toEqual([by, 200]);
    for (const query of [
      'sortBy=color&sortOrder=asc',
      'sortBy=name',
      'sortBy=processVariable&sortOrder=asc',
      'dueBefore=tomorrow',
      'delegationState=LOST',
      'processVariables=broken',
      'assigneeExpression=x',
      'candidateUser=a&candidateGroup=b',
      'maxPriority=high',
    ])
      expect([query, (await server.get(`/task?${query}`)).status]).toEqual([query, 400]);
    expect((await server.get(`/task/count?processInstanceId=${instance}&bogus=1`)).body).toEqual({ count: 1 });
  });

  test('candidate groups are counted', async () => {
    const { body } = await server.get('/task/report/candidate-group-count');
    expect(body).toContainEqual({ groupName: 'clerks', taskCount: expect.any(Number) });
  });
});

describe('work', () => {
  test('a completed task answers the variables when it is asked to, else nothing', async () => {
    const done = await server.post(`/task/${id}/complete`, {
      variables: { verdict: { value: 'good' } },
      withVariablesInReturn: true,
    });
    expect(done).toMatchObject({
      status: 200,
      body: { verdict: { type: 'String', value: 'good' }, pages: { type: 'Integer', value: 3 } },
    });
    expect((await server.get(`/history/process-instance/${instance}`)).body.state).toBe('COMPLETED');
    expect(await server.post(`/task/${id}/complete`)).toMatchObject({ status: 404, body: { type: 'RestException' } });
    const [history] = (await server.get(`/history/task?taskId=${id}`)).body;
    expect(history).toMatchObject({ deleteReason: 'completed', taskState: 'Completed', name: 'Review it' });
    const next = await taskOf('reviewing');
    expect(await server.post(`/task/${next.id}/complete`)).toMatchObject({ status: 204, body: '' });
  });

  test('wrong variables complete nothing', async () => {
    const wrong = await server.post(`/task/${id}/complete`, { variables: { n: { value: 'x', type: 'Integer' } } });
    expect(wrong).toMatchObject({ status: 400, body: { type: 'InvalidRequestException' } });
    expect((await task()).id).toBe(id);
  });

  test('an update replaces everything that can be changed', async () => {
    const due = '2031-05-01T10:00:00.000+0000';
    expect((await server.put(`/task/${id}`, { name: 'New', priority: 7, assignee: 'zoe', due })).status).toBe(204);
    expect(await task()).toMatchObject({
      name: 'New',
      priority: 7,
      assignee: 'zoe',
      due,
      description: null,
      owner: null,
    });
    for (const wrong of [{ due: 'soon' }, { delegationState: 'LOST' }, { priority: 'x' }])
      expect((await server.put(`/task/${id}`, wrong)).status).toBe(400);
    expect((await server.put('/task/none', {})).status).toBe(404);
  });

  test("a process's task cannot be deleted", async () => {
    expect(await server.delete(`/task/${id}`)).toMatchObject({ status: 400, body: { type: 'ProcessEngineException' } });
    expect((await server.delete('/task/none')).status).toBe(204);
  });

  test('a suspended task can be seen, but not worked on', async () => {
    await server.put(`/process-instance/${instance}/suspended`, { suspended: true });
    for (const path of ['complete', 'assignee'])
      expect(await server.post(`/task/${id}/${path}`, { userId: 'ann' })).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('suspended') },
      });
    expect((await task()).suspended).toBe(true);
  });

  test('what is not there is said to be not there', async () => {
    expect(await server.get('/task/none')).toMatchObject({
      status: 404,
      body: { type: 'InvalidRequestException', code: null },
    });
    for (const path of ['claim', 'complete', 'delegate', 'resolve', 'submit-form', 'identity-links'])
      expect([path, (await server.post(`/task/none/${path}`, { userId: 'x', type: 'candidate' })).status]).toEqual([
        path,
        404,
      ]);
    for (const path of ['variables', 'localVariables', 'variables/x', 'identity-links', 'rendered-form'])
      expect([path, (await server.get(`/task/none/${path}`)).status]).toEqual([path, 404]);
    expect(await server.post('/task/none/assignee', { userId: 'x' })).toMatchObject({
      status: 400,
      body: { type: 'NotFoundException', code: 0 },
    });
    expect((await server.get('/task/none/form')).status).toBe(400);
    expect(await server.post('/task/none/bpmnError', { errorCode: 'x' })).toMatchObject({
      status: 404,
      body: { type: 'RestException' },
    });
    expect((await server.post(`/task/${id}/bpmnError`, {})).status).toBe(400);
  });
});

describe('variables', () => {
  test('a task sees the variables of its process and has its own', async () => {
    await server.put(`/task/${id}/localVariables/note`, { value: 'mine', type: 'String' });
    await server.put(`/task/${id}/variables/pages`, { value: 4, type: 'Long' });
    expect((await server.get(`/task/${id}/localVariables`)).body).toEqual({
      note: { type: 'String', value: 'mine', valueInfo: {} },
    });
    expect((await server.get(`/task/${id}/variables`)).body).toMatchObject({
      note: { value: 'mine' },
      pages: { type: 'Long', value: 4 },
      who: { value: 'Ada' },
    });
    expect((await server.get(`/task/${id}/localVariables/pages`)).status).toBe(404);
    await server.post(`/task/${id}/variables`, { modifications: { z: { value: true } }, deletions: ['who'] });
    expect(Object.keys((await server.get(`/task/${id}/variables`)).body).sort()).toEqual(['note', 'pages', 'z']);
    expect((await server.delete(`/task/${id}/localVariables/note`)).status).toBe(204);
    expect((await server.get(`/task/${id}/localVariables`)).body).toEqual({});
    const process = await server.get(`/variable-instance?processInstanceIdIn=${instance}&variableName=pages`);
    expect(process.body).toMatchObject([{ type: 'Long', value: 4, taskId: null, activityInstanceId: instance }]);
    expect((await server.put(`/task/${id}/variables/pages`, { value: 'x', type: 'Integer' })).status).toBe(400);
  });

  test('files are uploaded and come back as they were', async () => {
    const form = new FormData();
    form.set('data', new Blob(['page one'], { type: 'text/plain' }), 'paper “1”.txt');
    form.set('valueType', 'File');
    const upload = await fetch(`${server.url}/task/${id}/variables/paper/data`, { method: 'POST', body: form });
    expect(upload.status).toBe(204);
    expect((await server.get(`/task/${id}/variables/paper`)).body).toMatchObject({
      type: 'File',
      value: null,
      valueInfo: { filename: 'paper “1”.txt', mimeType: 'text/plain' },
    });
    const down = await fetch(`${server.url}/task/${id}/variables/paper/data`);
    expect(await down.text()).toBe('page one');
    expect(down.headers.get('content-disposition')).toContain(encodeURIComponent('paper “1”.txt'));
    expect(await server.get(`/task/${id}/variables/pages/data`)).toMatchObject({
      status: 400,
      body: { type: 'InvalidRequestException' },
    });
  });
});

describe('forms', () => {
  test('a form of fields is shown as HTML with its defaults, and read by its types', async () => {
    const filled = await taskOf('filled');
    expect((await server.get(`/task/${filled.id}/form`)).body).toEqual({
      key: `embedded:engine://engine/:engine/task/${filled.id}/rendered-form`,
      camundaFormRef: null,
      contextPath: null,
    });
    const rendered = await server.get(`/task/${filled.id}/rendered-form`);
    expect(rendered).toMatchObject({ status: 200, contentType: 'application/xhtml+xml' });
    expect(rendered.body).toContain('cam-variable-name="amount" required min="1" type="text" value="5"');
    expect(rendered.body).toContain('Amount &lt;EUR&gt;');
    expect(rendered.body).toContain('<option value="red" selected>Red</option>');
    expect((await server.get(`/task/${filled.id}/form-variables?variableNames=amount,color,day`)).body).toEqual({
      amount: { type: 'Long', value: 5, valueInfo: {} },
      color: { type: 'String', value: 'red', valueInfo: {} },
      day: { type: 'String', value: '', valueInfo: {} },
    });
    for (const variables of [
      { amount: { value: 0 } },
      { amount: { value: 'many' } },
      { color: { value: 'green' } },
      { day: { value: '31/02/2026' } },
    ])
      expect(await server.post(`/task/${filled.id}/submit-form`, { variables })).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining(Object.keys(variables)[0] ?? '') },
      });
    const done = await server.post(`/task/${filled.id}/submit-form`, {
      variables: {
        amount: { value: '7' },
        approved: { value: true },
        day: { value: '24/12/2026' },
        extra: { value: 'x' },
      },
      withVariablesInReturn: true,
    });
    expect(done).toMatchObject({
      status: 200,
      body: {
        amount: { type: 'Long', value: 7 },
        approved: { type: 'Boolean', value: true },
        day: { type: 'Date', value: '2026-12-24T00:00:00.000+0000' },
        color: { type: 'String', value: 'red' },
        extra: { type: 'String', value: 'x' },
      },
    });
  });

  test('a deployed form is found by its id and by its file', async () => {
    const formed = await taskOf('formed');
    expect((await server.get(`/task/${formed.id}`)).body.camundaFormRef).toEqual({
      key: 'page',
      binding: 'deployment',
      version: null,
    });
    expect(await server.get(`/task/${formed.id}/deployed-form`)).toMatchObject({
      status: 200,
      contentType: 'application/json',
      body: { id: 'page' },
    });
    await server.post(`/task/${formed.id}/complete`);
    const [next] = (await server.get(`/task?processInstanceId=${formed.of}`)).body;
    expect(await server.get(`/task/${next.id}/deployed-form`)).toMatchObject({
      status: 200,
      contentType: 'application/xhtml+xml',
      body: '<form></form>',
    });
    expect((await server.get(`/task/${id}/deployed-form`)).status).toBe(400);
    expect((await server.get(`/task/${id}/rendered-form`)).status).toBe(404);
  });
});
