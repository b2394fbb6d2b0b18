import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { EventSubscriptionModule } from '../src/event-subscription/event-subscription.module.js';
import { ExecutionModule } from '../src/execution/execution.module.js';
import { MessageModule } from '../src/message/message.module.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

let rest: TestRest;
const PATH = '/process-instance';
const UNKNOWN = 'aaaaaaaa-0000-0000-0000-000000000000';

const FORK = `<bpmn:startEvent id="start" /><bpmn:parallelGateway id="fork" />
  <bpmn:userTask id="left" name="Left" />
  <bpmn:receiveTask id="ask" name="Ask" messageRef="order" />
  <bpmn:subProcess id="inside" name="Inside"><bpmn:startEvent id="s" /><bpmn:userTask id="inner" /><bpmn:endEvent id="e" />
    <bpmn:sequenceFlow id="s1" sourceRef="s" targetRef="inner" /><bpmn:sequenceFlow id="s2" sourceRef="inner" targetRef="e" /></bpmn:subProcess>
  <bpmn:serviceTask id="later" name="Later" camunda:asyncBefore="true" camunda:expression="\${missing.thing}" />
  <bpmn:endEvent id="end" />
  <bpmn:sequenceFlow id="f0" sourceRef="start" targetRef="fork" />
  <bpmn:sequenceFlow id="f1" sourceRef="fork" targetRef="left" /><bpmn:sequenceFlow id="f2" sourceRef="fork" targetRef="ask" />
  <bpmn:sequenceFlow id="f3" sourceRef="fork" targetRef="inside" /><bpmn:sequenceFlow id="f4" sourceRef="fork" targetRef="later" />
  <bpmn:sequenceFlow id="f5" sourceRef="left" targetRef="end" /><bpmn:sequenceFlow id="f6" sourceRef="ask" targetRef="end" />
  <bpmn:sequenceFlow id="f7" sourceRef="inside" targetRef="end" /><bpmn:sequenceFlow id="f8" sourceRef="later" targetRef="end" />`;

beforeAll(async () => {
  rest = await openTestRest([
    DeploymentModule,
    EventSubscriptionModule,
    ExecutionModule,
    MessageModule,
    ProcessDefinitionModule,
    ProcessInstanceModule,
  ]);
  const { status, body } = await rest.upload('/deployment/create', {
    'simple.bpmn': bpmn('simple', sequence(START, USER_TASK, END)),
    'fork.bpmn': bpmn('fork-process', FORK, 'name="Forking"'),
    'caller.bpmn': bpmn('caller', sequence(START, '<bpmn:callActivity id="call" calledElement="simple" />', END)),
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
});
afterAll(() => rest.close());

async function start(key: string, body: object = {}): Promise<string> {
  const { status, body: answer } = await rest.post(`/process-definition/key/${key}/start`, body);
  if (status !== 200) throw new Error(JSON.stringify(answer));
  return answer.id;
}

describe('process instances', () => {
  test('are listed by everything that Camunda lists them by, by GET and by POST', async () => {
    const a = await start('simple', {
      businessKey: 'list-a',
      variables: { amount: { value: 500 }, who: { value: 'Ada' }, gone: { value: null } },
    });
    const b = await start('simple', {
      businessKey: 'list-b',
      variables: { amount: { value: 5 }, who: { value: 'Bob' }, ok: { value: true } },
    });
    const names = new Map([
      [a, 'a'],
      [b, 'b'],
    ]);
    const ours = (answer: { body: { id: string }[] }) => answer.body.map(({ id }) => names.get(id)).join('');
    const get = async (query: string) =>
      ours(await rest.get(`${PATH}?businessKeyLike=list-%25&sortBy=instanceId&sortOrder=asc&${query}`));
    const post = async (body: object) =>
      ours(
        await rest.post(PATH, {
          businessKeyLike: 'list-%',
          sorting: [{ sortBy: 'businessKey', sortOrder: 'asc' }],
          ...body,
        }),
      );

    expect(await get('')).toBe('ab');
    expect(await get(`processInstanceIds=${b}`)).toBe('b');
    expect(await get('businessKey=list-a')).toBe('a');
    expect(await get('processDefinitionKey=simple')).toBe('ab');
    expect(await get('processDefinitionKeyIn=simple,x')).toBe('ab');
    expect(await get('processDefinitionKeyNotIn=simple')).toBe('');
    expect(await get('active=true')).toBe('ab');
    expect(await get('suspended=true')).toBe('');
    expect(await get('activityIdIn=task,left')).toBe('ab');
    expect(await get('activityIdIn=start')).toBe('');
    expect(await get('rootProcessInstances=true&leafProcessInstances=true')).toBe('ab');
    expect(await get(`rootProcessInstanceId=${a}`)).toBe('a');
    expect(await get('withIncident=true')).toBe('');
    expect(await get('withoutTenantId=true&processDefinitionWithoutTenantId=true')).toBe('ab');
    expect(await get('caseInstanceId=x')).toBe('');
    expect(await get('variables=who_eq_Ada')).toBe('a');
    expect(await get('variables=who_neq_Ada')).toBe('b');
    expect(await get('variables=who_like_%25b')).toBe('b');
    expect(await get('variables=who_eq_ada&variableValuesIgnoreCase=true')).toBe('a');
    expect(await get('variables=WHO_eq_Ada&variableNamesIgnoreCase=true')).toBe('a');
    expect(await get('variables=amount_gt_100')).toBe(''); // texts are compared with texts only
    expect(await get('firstResult=1&maxResults=1')).toBe('b');

    expect(await post({ variables: [{ name: 'amount', operator: 'gt', value: 100 }] })).toBe('a');
    expect(
      await post({
        variables: [
          { name: 'amount', operator: 'lteq', value: 500 },
          { name: 'who', operator: 'eq', value: 'Bob' },
        ],
      }),
    ).toBe('b');
    expect(await post({ variables: [{ name: 'ok', operator: 'eq', value: true }] })).toBe('b');
    expect(await post({ variables: [{ name: 'gone', operator: 'eq', value: null }] })).toBe('a');
    expect(await post({ variables: [{ name: 'who', operator: 'neq', value: null }] })).toBe('ab');
    expect(await post({ sorting: [{ sortBy: 'businessKey', sortOrder: 'desc' }] })).toBe('ba');
    expect(
      await post({
        orQueries: [{ businessKey: 'list-a', variables: [{ name: 'who', operator: 'eq', value: 'Bob' }] }],
      }),
    ).toBe('ab');
    expect(await post({ orQueries: [{ businessKey: 'list-a' }, { businessKey: 'list-b' }] })).toBe('');
    expect((await rest.get(`${PATH}/count?businessKeyLike=list-%25`)).body).toEqual({ count: 2 });
    expect((await rest.post(`${PATH}/count`, { businessKey: 'list-a' })).body).toEqual({ count: 1 });

    const wrong = await rest.post(PATH, { variables: [{ name: 'ok', operator: 'gt', value: true }] });
    expect([wrong.status, wrong.body.type]).toEqual([400, 'InvalidRequestException']);
  });

  test('know who called them and whom they call', async () => {
    const parent = await start('caller', { businessKey: 'family' });
    const { body: called } = await rest.get(`${PATH}?superProcessInstance=${parent}`);
    expect(called).toMatchObject([{ definitionKey: 'simple', ended: false, links: [] }]);
    expect((await rest.get(`${PATH}?subProcessInstance=${called[0].id}`)).body).toMatchObject([{ id: parent }]);
    expect((await rest.get(`${PATH}?rootProcessInstanceId=${parent}&leafProcessInstances=true`)).body).toMatchObject([
      { id: called[0].id },
    ]);
    await rest.delete(`${PATH}/${parent}`);
    expect((await rest.get(`${PATH}/${called[0].id}`)).status).toBe(404);
  });

  test('are shown with what Camunda shows', async () => {
    const id = await start('simple', { businessKey: 'shown' });
    const { body } = await rest.get(`${PATH}/${id}`);
    expect(body).toEqual({
      links: [],
      id,
      definitionId: expect.stringMatching(/^simple:1:/),
      definitionKey: 'simple',
      businessKey: 'shown',
      caseInstanceId: null,
      ended: false,
      suspended: false,
      tenantId: null,
    });
  });

  test('that are unknown are not found, and only a delete may ignore that', async () => {
    for (const answer of [
      await rest.get(`${PATH}/${UNKNOWN}`),
      await rest.get(`${PATH}/${UNKNOWN}/activity-instances`),
      await rest.delete(`${PATH}/${UNKNOWN}`),
    ])
      expect([answer.status, answer.body.type]).toEqual([404, 'InvalidRequestException']);
    expect((await rest.delete(`${PATH}/${UNKNOWN}?failIfNotExists=false`)).status).toBe(204);
    for (const answer of [
      await rest.get(`${PATH}/${UNKNOWN}/variables`),
      await rest.get(`${PATH}/${UNKNOWN}/variables/x`),
      await rest.put(`${PATH}/${UNKNOWN}/variables/x`, { value: 1 }),
      await rest.post(`${PATH}/${UNKNOWN}/variables`, { modifications: { x: { value: 1 } } }),
    ])
      expect([answer.status, answer.body.type]).toEqual([404, 'RestException']);
  });

  test('can be suspended alone, by ids, by query and by definition', async () => {
    const a = await start('simple', { businessKey: 'sus-a' });
    const b = await start('simple', { businessKey: 'sus-b' });
    const suspended = async () =>
      ((await rest.get(`${PATH}?suspended=true&sortBy=instanceId&sortOrder=asc`)).body as { id: string }[]).map(
        ({ id }) => id,
      );
    expect((await rest.put(`${PATH}/${a}/suspended`, { suspended: true })).status).toBe(204);
    expect(await suspended()).toEqual([a]);
    const refused = await rest.put(`${PATH}/${UNKNOWN}/suspended`, { suspended: true });
    expect(refused.status).toBe(204);
    await rest.put(`${PATH}/suspended`, {
      suspended: true,
      processInstanceQuery: { businessKey: 'sus-b' },
      processInstanceIds: [a, UNKNOWN],
    });
    expect(await suspended()).toEqual([a, b]);
    await rest.put(`${PATH}/suspended`, { suspended: false, processDefinitionKey: 'simple' });
    expect(await suspended()).toEqual([]);
    for (const body of [{ suspended: true }, { processInstanceIds: [a], processDefinitionId: 'x' }])
      expect((await rest.put(`${PATH}/suspended`, body)).status).toBe(400);
  });
});

describe('the variables of an instance', () => {
  const ALL = {
    amount: { value: 7 },
    doc: { value: 'YWJj', type: 'File', valueInfo: { filename: 'ä.txt', mimeType: 'text/plain', encoding: 'utf-8' } },
    raw: { value: 'YWJj', type: 'Bytes' },
    list: {
      value: '[1]',
      type: 'object',
      valueInfo: { objectTypeName: 'java.util.ArrayList', serializationDataFormat: 'application/json' },
    },
    tree: { value: '{"a":1}', type: 'Json' },
    when: { value: '2026-01-01T00:00:00.000+0200', type: 'Date' },
    none: { value: null },
    big: { value: 5_000_000_000 },
  };

  test('come back with their types, structures as structures or as text', async () => {
    const id = await start('simple', { variables: ALL });
    const { body } = await rest.get(`${PATH}/${id}/variables`);
    expect(body).toEqual({
      amount: { type: 'Integer', value: 7, valueInfo: {} },
      doc: { type: 'File', value: null, valueInfo: { filename: 'ä.txt', mimeType: 'text/plain', encoding: 'utf-8' } },
      raw: { type: 'Bytes', value: 'YWJj', valueInfo: {} },
      list: { type: 'Object', value: [1], valueInfo: ALL.list.valueInfo },
      tree: { type: 'Json', value: '{"a":1}', valueInfo: {} },
      when: { type: 'Date', value: '2025-12-31T22:00:00.000+0000', valueInfo: {} },
      none: { type: 'Null', value: null, valueInfo: {} },
      big: { type: 'Long', value: 5_000_000_000, valueInfo: {} },
    });
    expect((await rest.get(`${PATH}/${id}/variables?deserializeValues=false`)).body.list.value).toBe('[1]');
    expect((await rest.get(`${PATH}/${id}/variables/list?deserializeValue=false`)).body.value).toBe('[1]');
    expect((await rest.get(`${PATH}/${id}/variables/list`)).body.value).toEqual([1]);

    const doc = await rest.get(`${PATH}/${id}/variables/doc/data`);
    expect([doc.type, doc.body]).toEqual(['text/plain;charset=utf-8', 'abc']);
    expect(doc.headers.get('content-disposition')).toBe(`attachment; filename="_.txt"; filename*=UTF-8''%C3%A4.txt`);
    expect((await rest.get(`${PATH}/${id}/variables/raw/data`)).body).toBe('abc');
    const text = await rest.get(`${PATH}/${id}/variables/amount/data`);
    expect([text.status, text.body.type]).toEqual([400, 'InvalidRequestException']);
    for (const path of ['nope', 'nope/data']) {
      const missing = await rest.get(`${PATH}/${id}/variables/${path}`);
      expect([missing.status, missing.body.type, missing.body.code]).toEqual([404, 'InvalidRequestException', null]);
    }
  });

  test('can be set, uploaded, changed together and removed', async () => {
    const id = await start('simple', { variables: { old: { value: 1 } } });
    expect((await rest.put(`${PATH}/${id}/variables/new`, { value: 'x' })).status).toBe(204);
    expect((await rest.delete(`${PATH}/${id}/variables/old`)).status).toBe(204);
    expect((await rest.delete(`${PATH}/${id}/variables/never`)).status).toBe(204);
    await rest.post(`${PATH}/${id}/variables`, {
      modifications: { more: { value: true }, new: { value: 2 } },
      deletions: ['never'],
    });
    await rest.upload(`${PATH}/${id}/variables/file/data`, { data: 'hello' }, { valueType: 'File' });
    await rest.upload(`${PATH}/${id}/variables/bytes/data`, { data: 'hello' }, { valueType: 'Bytes' });
    await rest.upload(`${PATH}/${id}/variables/list/data`, {}, { data: '[2]', type: 'java.util.ArrayList' });
    expect((await rest.get(`${PATH}/${id}/variables`)).body).toMatchObject({
      new: { type: 'Integer', value: 2 },
      more: { type: 'Boolean', value: true },
      file: { type: 'File', valueInfo: { filename: 'data' } },
      bytes: { type: 'Bytes', value: 'aGVsbG8=' },
      list: { type: 'Object', value: [2] },
    });
    expect((await rest.upload(`${PATH}/${id}/variables/x/data`, {}, { valueType: 'Bytes' })).status).toBe(400);
    const wrong = await rest.post(`${PATH}/${id}/variables`, {
      modifications: { ok: { value: 1 }, bad: { value: 'q', type: 'Integer' } },
    });
    expect([wrong.status, wrong.body.type]).toEqual([400, 'InvalidRequestException']);
    expect((await rest.get(`${PATH}/${id}/variables/ok`)).status).toBe(404);
  });
});

describe('where an instance stands', () => {
  test('is told as a tree with names, transitions and incidents', async () => {
    const id = await start('fork-process');
    const [job] = await rest.core.database.query<{ id: string }>('SELECT id FROM job WHERE process_instance_id = $1', [
      id,
    ]);
    for (let i = 0; i < 3; i++) await rest.core.jobExecutor.executeNow(job!.id).catch(() => undefined);
    const { body: tree } = await rest.get(`${PATH}/${id}/activity-instances`);
    expect(tree).toMatchObject({
      id,
      parentActivityInstanceId: null,
      activityId: expect.stringMatching(/^fork-process:1:/),
      activityType: 'processDefinition',
      activityName: 'Forking',
      name: 'Forking',
      processInstanceId: id,
      incidentIds: [],
      incidents: [],
    });
    const byId = (a: { activityId: string }, b: { activityId: string }) => (a.activityId < b.activityId ? -1 : 1);
    expect(tree.childActivityInstances.sort(byId)).toMatchObject([
      { activityId: 'ask', activityType: 'receiveTask', activityName: 'Ask', parentActivityInstanceId: id },
      {
        activityId: 'inside',
        activityType: 'subProcess',
        childActivityInstances: [
          { activityId: 'inner', activityType: 'userTask', activityName: null, childActivityInstances: [] },
        ],
      },
      { activityId: 'left', activityType: 'userTask', childActivityInstances: [], childTransitionInstances: [] },
    ]);
    const [ask, inside] = tree.childActivityInstances;
    expect(tree.executionIds.toSorted(), 'the instance, and the executions of what are scopes beside others').toEqual(
      [id, ask.id, inside.id].toSorted(),
    );
    const [transition] = tree.childTransitionInstances;
    expect(transition).toMatchObject({
      activityId: 'later',
      activityType: 'serviceTask',
      activityName: 'Later',
      targetActivityId: 'later',
      parentActivityInstanceId: id,
    });
    expect(transition.incidents).toEqual([{ id: transition.incidentIds[0], activityId: 'later' }]);

    const { body: executions } = await rest.get(`/execution?processInstanceId=${id}`);
    expect(executions.length).toBe(6);
    expect((await rest.get(`/execution/count?processInstanceId=${id}`)).body).toEqual({ count: 6 });
    expect((await rest.get(`/execution?activityId=later&incidentType=failedJob`)).body).toEqual([
      { id: transition.executionId, processInstanceId: id, ended: false, tenantId: null },
    ]);
    for (const execution of executions) expect((await rest.get(`/execution/${execution.id}`)).body).toEqual(execution);
  });
});

describe('executions', () => {
  test('have variables of their own, can be found by them, and wait for messages', async () => {
    const id = await start('fork-process', { businessKey: 'exec' });
    const { body: found } = await rest.post('/execution', {
      businessKey: 'exec',
      messageEventSubscriptionName: 'order placed',
    });
    const [{ id: waiting }] = found;
    const local = `/execution/${waiting}/localVariables`;
    expect((await rest.put(`${local}/mine`, { value: 3 })).status).toBe(204);
    expect((await rest.get(local)).body).toEqual({ mine: { type: 'Integer', value: 3, valueInfo: {} } });
    expect((await rest.get(`${local}/mine`)).body.value).toBe(3);
    expect((await rest.get(`${PATH}/${id}/variables`)).body).toEqual({});
    expect((await rest.post('/execution', { variables: [{ name: 'mine', operator: 'eq', value: 3 }] })).body).toEqual(
      found,
    );
    await rest.post(local, { modifications: { other: { value: 1 } }, deletions: ['mine'] });
    expect(Object.keys((await rest.get(local)).body)).toEqual(['other']);
    await rest.delete(`${local}/other`);
    expect((await rest.get(local)).body).toEqual({});
    await rest.upload(`${local}/doc/data`, { data: 'hello' }, { valueType: 'File' });
    expect((await rest.get(`${local}/doc/data`)).body).toBe('hello');
    const missing = await rest.get(`${local}/nope`);
    expect([missing.status, missing.body.type]).toEqual([404, 'InvalidRequestException']);

    expect((await rest.get(`/execution/${waiting}/messageSubscriptions/order%20placed`)).body).toMatchObject({
      eventType: 'message',
      eventName: 'order placed',
      executionId: waiting,
      processInstanceId: id,
      activityId: 'ask',
    });
    expect((await rest.get(`/execution/${waiting}/messageSubscriptions/nope`)).status).toBe(404);
    const wrong = await rest.post(`/execution/${waiting}/messageSubscriptions/nope/trigger`);
    expect([wrong.status, wrong.body.type]).toEqual([400, 'RestException']);
    expect(
      (
        await rest.post(`/execution/${waiting}/messageSubscriptions/order%20placed/trigger`, {
          variables: { got: { value: 1 } },
        })
      ).status,
    ).toBe(204);
    expect((await rest.get(`/execution/${waiting}`)).status).toBe(404);
    expect((await rest.get(`${PATH}/${id}/variables/got`)).body.value).toBe(1);
  });

  test('can be let go on by a signal', async () => {
    const id = await start('fork-process', { businessKey: 'signalled' });
    const { body } = await rest.get(`/execution?processInstanceId=${id}&activityId=ask`);
    expect((await rest.post(`/execution/${body[0].id}/signal`, { variables: { s: { value: 1 } } })).status).toBe(204);
    expect((await rest.get(`/execution?processInstanceId=${id}&activityId=ask`)).body).toEqual([]);
    const gone = await rest.post(`/execution/${body[0].id}/signal`);
    expect([gone.status, gone.body.type]).toEqual([404, 'RestException']);
  });

  test('that are unknown are not found', async () => {
    expect((await rest.get(`/execution/${UNKNOWN}`)).body).toMatchObject({
      type: 'InvalidRequestException',
      code: null,
    });
    for (const answer of [
      await rest.get(`/execution/${UNKNOWN}/localVariables`),
      await rest.put(`/execution/${UNKNOWN}/localVariables/a`, { value: 1 }),
    ])
      expect([answer.status, answer.body.type]).toEqual([404, 'RestException']);
  });
});

test('nothing of this surprised the server', () => {
  expect(rest.unexpected).toEqual([]);
});
