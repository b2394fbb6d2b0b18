import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { EventSubscriptionModule } from '../src/event-subscription/event-subscription.module.js';
import { MessageModule } from '../src/message/message.module.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { bpmn, END, messageStart, START, sequence, USER_TASK } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

let rest: TestRest;
const UNKNOWN = 'aaaaaaaa-0000-0000-0000-000000000000';
const catching = (name: string) =>
  `<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition id="d" messageRef="${name}" /></bpmn:intermediateCatchEvent>`;
const withMessage = (xml: string, name: string) =>
  xml.replace('<bpmn:message id="order"', `<bpmn:message id="answer" name="${name}" /><bpmn:message id="order"`);

beforeAll(async () => {
  rest = await openTestRest([
    DeploymentModule,
    EventSubscriptionModule,
    MessageModule,
    ProcessDefinitionModule,
    ProcessInstanceModule,
  ]);
  const { status, body } = await rest.upload('/deployment/create', {
    'started.bpmn': bpmn('started', sequence(messageStart(), USER_TASK, END)),
    'waiting.bpmn': withMessage(bpmn('waiting', sequence(START, catching('answer'), USER_TASK, END)), 'answer given'),
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
});
afterAll(() => rest.close());

async function start(body: object = {}): Promise<string> {
  return (await rest.post('/process-definition/key/waiting/start', body)).body.id;
}
const waits = async (id: string) =>
  (await rest.get(`/event-subscription/count?processInstanceId=${id}`)).body.count === 1;

describe('what instances wait for', () => {
  test('is listed, start events included', async () => {
    const id = await start();
    expect((await rest.get(`/event-subscription?processInstanceId=${id}`)).body).toEqual([
      {
        id: expect.any(String),
        eventType: 'message',
        eventName: 'answer given',
        executionId: expect.any(String),
        processInstanceId: id,
        activityId: 'wait',
        createdDate: expect.stringMatching(/\+0000$/),
        tenantId: null,
      },
    ]);
    expect(
      (await rest.get('/event-subscription?eventName=order%20placed&eventType=message&activityId=start')).body,
    ).toMatchObject([{ executionId: null, processInstanceId: null, activityId: 'start' }]);
    expect((await rest.get('/event-subscription?eventType=signal')).body).toEqual([]);
    expect((await rest.get('/event-subscription?sortBy=created&sortOrder=desc&maxResults=1')).body).toMatchObject([
      { processInstanceId: id },
    ]);
    await rest.delete(`/process-instance/${id}`);
  });
});

describe('a message', () => {
  test('reaches the instance with the business key, and only that one', async () => {
    const [mine, other] = [await start({ businessKey: 'm-1' }), await start({ businessKey: 'm-2' })];
    const { status, body } = await rest.post('/message', {
      messageName: 'answer given',
      businessKey: 'm-1',
      processVariables: { yes: { value: true } },
    });
    expect([status, body]).toEqual([204, '']);
    expect([await waits(mine), await waits(other)]).toEqual([false, true]);
    expect((await rest.get(`/process-instance/${mine}/variables`)).body).toMatchObject({ yes: { value: true } });
    await rest.delete(`/process-instance/${other}`);
  });

  test('finds its instance by variables, compared in their types, or by its id', async () => {
    const a = await start({ variables: { order: { value: 17 }, name: { value: 'Ada' } } });
    const b = await start({ variables: { order: { value: '17' } } });
    const c = await start();
    const send = (message: object) =>
      rest.post('/message', { messageName: 'answer given', resultEnabled: true, ...message });
    const { body } = await send({
      correlationKeys: { order: { value: 17, type: 'Integer' }, name: { value: 'Ada' } },
      processVariables: { got: { value: 1 } },
      variablesInResultEnabled: true,
    });
    expect(body).toEqual([
      {
        resultType: 'Execution',
        execution: { id: expect.any(String), processInstanceId: a, ended: true, tenantId: null },
        processInstance: null,
        variables: {
          order: { type: 'Integer', value: 17, valueInfo: {} },
          name: { type: 'String', value: 'Ada', valueInfo: {} },
          got: { type: 'Integer', value: 1, valueInfo: {} },
        },
      },
    ]);
    expect((await send({ correlationKeys: { order: { value: '17' } } })).body).toMatchObject([
      { execution: { processInstanceId: b } },
    ]);
    expect((await send({ processInstanceId: c })).body).toMatchObject([{ execution: { processInstanceId: c } }]);
    expect((await send({ processInstanceId: c })).status).toBe(400);
  });

  test('starts a process when nobody waits for it', async () => {
    const { status, body } = await rest.post('/message', {
      messageName: 'order placed',
      businessKey: 'o-1',
      processVariables: { item: { value: 'x' } },
      resultEnabled: true,
    });
    expect(status).toBe(200);
    expect(body).toEqual([
      {
        resultType: 'ProcessDefinition',
        execution: null,
        processInstance: expect.objectContaining({
          definitionKey: 'started',
          businessKey: 'o-1',
          ended: false,
          links: [],
        }),
      },
    ]);
    expect((await rest.get(`/process-instance/${body[0].processInstance.id}/variables/item`)).body.value).toBe('x');
  });

  test('for more than one receiver is refused, unless it is for all', async () => {
    const ids = [await start({ businessKey: 'many' }), await start({ businessKey: 'many' })];
    const message = { messageName: 'answer given', businessKey: 'many' };
    const refused = await rest.post('/message', message);
    expect([refused.status, refused.body.type, refused.body.code]).toEqual([400, 'RestException', 0]);
    expect(refused.body.message).toContain('MismatchingMessageCorrelationException');
    expect(await Promise.all(ids.map(waits))).toEqual([true, true]);
    expect((await rest.post('/message', { ...message, all: true, resultEnabled: true })).body.length).toBe(2);
    expect((await rest.post('/message', { ...message, all: true })).status).toBe(204);
  });

  test('that nobody waits for is refused', async () => {
    const id = await start({ businessKey: 'asleep' });
    await rest.put(`/process-instance/${id}/suspended`, { suspended: true });
    for (const body of [
      { messageName: 'never heard of' },
      { messageName: 'answer given', businessKey: 'nobody' },
      { messageName: 'answer given', businessKey: 'asleep' },
      { messageName: 'answer given', processInstanceId: UNKNOWN },
      { messageName: 'order placed', tenantId: 'north' },
    ]) {
      const { status, body: answer } = await rest.post('/message', body);
      expect([status, answer.type, answer.code]).toEqual([400, 'RestException', 0]);
      expect(answer.message).toContain(`'${body.messageName}'`);
    }
    await rest.delete(`/process-instance/${id}`);
  });

  test.each([
    [{}, 'InvalidRequestException'],
    [{ messageName: 'x', tenantId: 't', withoutTenantId: true }, 'InvalidRequestException'],
    [{ messageName: 'x', variablesInResultEnabled: true }, 'InvalidRequestException'],
    [{ messageName: 'x', correlationKeys: { a: { value: 'x', type: 'Integer' } } }, 'InvalidRequestException'],
    [{ messageName: 'x', processInstanceId: 'y', tenantId: 't' }, 'BadUserRequestException'],
    [{ messageName: 7, correlationKeys: [] }, 'InvalidRequestException'],
  ])('that makes no sense is refused: %j', async (body, type) => {
    const { status, body: answer } = await rest.post('/message', body);
    expect([status, answer.type]).toEqual([400, type]);
  });

  test('sent many times at once is taken once', async () => {
    const id = await start({ businessKey: 'race' });
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => rest.post('/message', { messageName: 'answer given', processInstanceId: id })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400, 400, 400, 400, 400]);
  });
});

test('nothing of this surprised the server', () => {
  expect(rest.unexpected).toEqual([]);
});
