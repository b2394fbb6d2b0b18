import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConditionModule } from '../src/condition/condition.module.js';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { EventSubscriptionModule } from '../src/event-subscription/event-subscription.module.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { SignalModule } from '../src/signal/signal.module.js';
import { TaskModule } from '../src/task/task.module.js';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

const signal = '<bpmn:signalEventDefinition id="d" signalRef="news" />';
const condition = (text: string) =>
  `<bpmn:conditionalEventDefinition id="c"><bpmn:condition xsi:type="bpmn:tFormalExpression">${text}</bpmn:condition></bpmn:conditionalEventDefinition>`;
const WAIT = `<bpmn:intermediateCatchEvent id="wait">${signal}</bpmn:intermediateCatchEvent>`;
const TELL = `<bpmn:intermediateThrowEvent id="tell">${signal}</bpmn:intermediateThrowEvent>`;
const FAIL =
  '<bpmn:scriptTask id="fail" scriptFormat="javascript"><bpmn:script>throw new Error("no")</bpmn:script></bpmn:scriptTask>';
const withEvents = (xml: string) =>
  xml.replace(
    '<bpmn:message',
    '<bpmn:signal id="news" name="news" /><bpmn:escalation id="late" escalationCode="late" /><bpmn:message',
  );
const startBy = (event: string) => `<bpmn:startEvent id="start">${event}</bpmn:startEvent>`;
const GUARD =
  '<bpmn:boundaryEvent id="caught" attachedToRef="inner" cancelActivity="false"><bpmn:escalationEventDefinition id="e" escalationRef="late" /></bpmn:boundaryEvent>';
const INNER = `<bpmn:subProcess id="inner">${sequence('<bpmn:startEvent id="in" />', USER_TASK)}</bpmn:subProcess>`;

const models: Record<string, string> = {
  listener: sequence(START, WAIT, USER_TASK, END),
  teller: sequence(START, TELL, END),
  failing: sequence(START, WAIT, FAIL, END),
  reader: sequence(startBy(signal), USER_TASK, END),
  'reader-too': sequence(startBy(signal), END),
  urgent: sequence(startBy(condition('${amount &gt; 100}')), USER_TASK, END),
  guarded: sequence(START, INNER, END) + GUARD + sequence('<bpmn:task id="note" />'),
};
models.guarded += '<bpmn:sequenceFlow id="to-note" sourceRef="caught" targetRef="note" />';

describe('signals, conditions and escalations over HTTP', () => {
  let rest: TestRest;

  beforeAll(async () => {
    rest = await openTestRest([
      ConditionModule,
      DeploymentModule,
      EventSubscriptionModule,
      ProcessDefinitionModule,
      ProcessInstanceModule,
      SignalModule,
      TaskModule,
    ]);
    const files = Object.entries(models)
      .filter(([key]) => key !== 'failing')
      .map(([key, inside]) => [`${key}.bpmn`, withEvents(bpmn(key, inside))]);
    const { status, body } = await rest.upload('/deployment/create', Object.fromEntries(files));
    if (status !== 200) throw new Error(JSON.stringify(body));
  });
  afterAll(() => rest.close());

  const start = async (key: string, body: object = {}): Promise<string> =>
    (await rest.post(`/process-definition/key/${key}/start`, body)).body.id;
  const count = async (query: string): Promise<number> =>
    (await rest.get(`/process-instance/count?${query}`)).body.count;
  const tasks = async (id: string): Promise<string[]> =>
    (await rest.get(`/task?processInstanceId=${id}`)).body.map(
      (task: { taskDefinitionKey: string }) => task.taskDefinitionKey,
    );
  const subscriptions = async (id: string) => (await rest.get(`/event-subscription?processInstanceId=${id}`)).body;

  test('several processes can start by one signal, and are listed as waiting for it', async () => {
    const { body } = await rest.get('/event-subscription?eventType=signal&activityId=start');
    expect(body).toHaveLength(2);
    expect(body).toContainEqual(
      expect.objectContaining({ eventName: 'news', processInstanceId: null, executionId: null }),
    );
  });

  test('a signal reaches all that wait and starts all that start by it, with its variables', async () => {
    const ids = [await start('listener'), await start('listener')];
    const before = await count('processDefinitionKey=reader');
    expect((await rest.post('/signal', { name: 'news', variables: { n: { value: 7 } } })).status).toBe(204);
    for (const id of ids) {
      expect(await tasks(id)).toEqual(['task']);
      expect((await rest.get(`/process-instance/${id}/variables/n`)).body.value).toBe(7);
    }
    expect(await count('processDefinitionKey=reader')).toBe(before + 1);
  });

  test('a signal that an instance throws reaches other instances in the same transaction', async () => {
    const id = await start('listener');
    const before = await count('processDefinitionKey=reader');
    await start('teller');
    expect(await tasks(id)).toEqual(['task']);
    expect(await count('processDefinitionKey=reader')).toBe(before + 1);
  });

  test('nothing happens when one of the receivers fails', async () => {
    const deployed = await rest.upload('/deployment/create', {
      'failing.bpmn': withEvents(bpmn('failing', models.failing ?? '')),
    });
    const [waiting, failing] = [await start('listener'), await start('failing')];
    expect((await rest.post('/signal', { name: 'news' })).status).toBeGreaterThanOrEqual(400);
    expect(await tasks(waiting)).toEqual([]);
    expect(await subscriptions(failing)).toHaveLength(1);
    await rest.delete(`/deployment/${deployed.body.id}?cascade=true`);
  });

  test('two signals at the same time reach everybody once', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => start('listener')));
    const answers = await Promise.all([start('teller'), start('teller'), rest.post('/signal', { name: 'news' })]);
    expect(answers).toHaveLength(3);
    for (const id of ids) expect(await tasks(id)).toEqual(['task']);
  });

  test('a suspended instance does not hear it', async () => {
    const id = await start('listener');
    await rest.put(`/process-instance/${id}/suspended`, { suspended: true });
    expect((await rest.post('/signal', { name: 'news' })).status).toBe(204);
    expect(await subscriptions(id)).toHaveLength(1);
    await rest.delete(`/process-instance/${id}`);
  });

  test('a signal for one execution reaches only that', async () => {
    const [one, other] = [await start('listener'), await start('listener')];
    const [{ executionId }] = await subscriptions(one);
    expect((await rest.post('/signal', { name: 'news', executionId })).status).toBe(204);
    expect([await tasks(one), await tasks(other)]).toEqual([['task'], []]);
    expect(await rest.post('/signal', { name: 'news', executionId })).toMatchObject({ status: 400 });
    expect(await rest.post('/signal', { name: 'news', executionId, withoutTenantId: true })).toMatchObject({
      status: 400,
      body: { type: 'BadUserRequestException' },
    });
  });

  test('a signal of a tenant is not heard by those without one', async () => {
    const id = await start('listener');
    expect((await rest.post('/signal', { name: 'news', tenantId: 'other' })).status).toBe(204);
    expect(await tasks(id)).toEqual([]);
    expect((await rest.post('/signal', { name: 'news', withoutTenantId: true })).status).toBe(204);
    expect(await tasks(id)).toEqual(['task']);
  });

  test('a signal needs a name, and nobody who hears it', async () => {
    expect(await rest.post('/signal', {})).toMatchObject({ status: 400, body: { type: 'InvalidRequestException' } });
    expect((await rest.post('/signal', { name: 'silence' })).status).toBe(204);
  });

  test('an instance starts for each condition that holds', async () => {
    const variables = { amount: { value: 500, type: 'Integer' } };
    const { status, body } = await rest.post('/condition', { variables, businessKey: 'b-1' });
    expect(status).toBe(200);
    expect(body).toMatchObject([{ definitionKey: 'urgent', businessKey: 'b-1', ended: false }]);
    expect(await tasks(body[0].id)).toEqual(['task']);
    expect((await rest.post('/condition', { variables: { amount: { value: 5 } } })).body).toEqual([]);
    expect((await rest.post('/condition', { variables: {} })).body).toEqual([]);
  });

  test('conditions of one definition only, or of a tenant without any', async () => {
    const [{ id }] = (await rest.get('/process-definition?key=urgent')).body;
    const variables = { amount: { value: 500 } };
    expect((await rest.post('/condition', { variables, processDefinitionId: id })).body).toHaveLength(1);
    expect((await rest.post('/condition', { variables, processDefinitionId: 'nope' })).status).toBe(400);
    expect((await rest.post('/condition', { variables, tenantId: 'other' })).status).toBe(400);
    expect((await rest.post('/condition', { variables, tenantId: 't', withoutTenantId: true })).status).toBe(400);
  });

  test('a task escalates to the event around it, and stays', async () => {
    const id = await start('guarded');
    const [{ id: taskId }] = (await rest.get(`/task?processInstanceId=${id}`)).body;
    const variables = { why: { value: 'slow' } };
    expect((await rest.post(`/task/${taskId}/bpmnEscalation`, { escalationCode: 'late', variables })).status).toBe(204);
    expect(await tasks(id)).toEqual(['task']);
    expect((await rest.get(`/process-instance/${id}/variables/why`)).body.value).toBe('slow');
    expect((await rest.post(`/task/${taskId}/bpmnEscalation`, { escalationCode: 'unknown' })).status).toBe(500);
    expect((await rest.post(`/task/${taskId}/bpmnEscalation`, {})).status).toBe(400);
    expect((await rest.post('/task/nope/bpmnEscalation', { escalationCode: 'late' })).status).toBe(404);
  });
});
