import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';

let server: RestServer;

const extensions = (content: string) => `<bpmn:extensionElements>${content}</bpmn:extensionElements>`;
const listener = (event: string, name: string, fields = '') =>
  `<camunda:executionListener event="${event}" class="com.acme.${name}">${fields}</camunda:executionListener>`;

const ORDER = `${extensions(listener('start', 'OrderOpened'))}
  <bpmn:startEvent id="start" />
  <bpmn:userTask id="pack" name="Pack it">${extensions(
    `${listener('start', 'StockReserved', '<camunda:field name="shelf" stringValue="7" />')}
     <camunda:taskListener event="create" delegateExpression="\${packers}" />`,
  )}</bpmn:userTask>
  <bpmn:boundaryEvent id="missing" attachedToRef="pack"><bpmn:errorEventDefinition errorRef="none-left" /></bpmn:boundaryEvent>
  <bpmn:userTask id="apologize" /><bpmn:endEvent id="end" />
  <bpmn:sequenceFlow id="toPack" sourceRef="start" targetRef="pack">${extensions(listener('take', 'OrderTracked'))}</bpmn:sequenceFlow>
  <bpmn:sequenceFlow id="toEnd" sourceRef="pack" targetRef="end" />
  <bpmn:sequenceFlow id="toApology" sourceRef="missing" targetRef="apologize" />`;

const MODEL = bpmn('purchase', ORDER).replace(
  '<bpmn:process ',
  '<bpmn:error id="none-left" errorCode="none-left" /><bpmn:process ',
);

beforeAll(async () => {
  server = await startRestServer();
});
afterAll(() => server?.close());

async function fetchOne(topicName: string) {
  const topics = [{ topicName, lockDuration: 60_000, includeExtensionProperties: true }];
  const { status, body } = await server.post('/external-task/fetchAndLock', { workerId: 'w', maxTasks: 1, topics });
  expect(status).toBe(200);
  expect(body, topicName).toHaveLength(1);
  return body[0];
}

async function answer(id: string, how: string, body: Record<string, unknown> = {}): Promise<void> {
  const { status } = await server.post(`/external-task/${id}/${how}`, { workerId: 'w', ...body });
  expect(status).toBe(204);
}

async function complete(topicName: string, variables: Record<string, unknown> = {}): Promise<void> {
  await answer((await fetchOne(topicName)).id, 'complete', { variables });
}

const treeOf = (id: string) => server.get(`/process-instance/${id}/activity-instances`).then(({ body }) => body);
const activitiesOf = async (id: string): Promise<string[]> => {
  const { body } = await server.get(
    `/history/activity-instance?processInstanceId=${id}&sortBy=startTime&sortOrder=asc`,
  );
  return body.map(({ activityId }: { readonly activityId: string }) => activityId);
};

describe('listeners that are Java code', () => {
  test('are named by the deployment, fetched by workers, and go on when these are done', async () => {
    const form = new FormData();
    form.set('purchase.bpmn', new Blob([MODEL]), 'purchase.bpmn');
    const deployed = await fetch(`${server.url}/deployment/create`, { method: 'POST', body: form });
    expect(await deployed.json()).toMatchObject({
      topics: ['OrderOpened', 'OrderTracked', 'StockReserved', 'packers'],
    });

    const id = await server.start('purchase', {}, 'order-7');
    const opened = await fetchOne('OrderOpened');
    expect(opened).toMatchObject({
      activityId: 'purchase',
      processInstanceId: id,
      businessKey: 'order-7',
      extensionProperties: { listenerEvent: 'start' },
    });
    expect(await activitiesOf(id)).toEqual([]);
    await answer(opened.id, 'complete', { variables: { opened: { value: true } } });

    const tracked = await fetchOne('OrderTracked');
    expect(tracked).toMatchObject({
      activityId: 'start',
      extensionProperties: { listenerEvent: 'take', listenerTransition: 'toPack' },
      variables: { opened: { value: true } },
    });
    expect((await treeOf(id)).childTransitionInstances).toMatchObject([{ activityId: 'start' }]);
    expect(await activitiesOf(id)).toEqual(['start']);
    await answer(tracked.id, 'complete');

    const reserved = await fetchOne('StockReserved');
    expect(reserved).toMatchObject({
      activityId: 'pack',
      extensionProperties: { shelf: '7', listenerEvent: 'start' },
    });
    expect((await treeOf(id)).childActivityInstances).toMatchObject([{ activityId: 'pack' }]);
    expect((await server.get(`/task?processInstanceId=${id}`)).body).toEqual([]);
    await answer(reserved.id, 'complete', { localVariables: { shelf: { value: 'seven' } } });

    const { body: tasks } = await server.get(`/task?processInstanceId=${id}`);
    expect(tasks).toMatchObject([{ taskDefinitionKey: 'pack' }]);
    const early = await server.post(`/task/${tasks[0].id}/complete`, {});
    expect(early.status).toBeGreaterThanOrEqual(400);
    expect(early.body.message).toContain("'packers' for create");
    const created = await fetchOne('packers');
    expect(created.extensionProperties).toMatchObject({ listenerEvent: 'create', listenerTask: tasks[0].id });
    expect(await server.post(`/task/${tasks[0].id}/assignee`, { userId: 'ann' })).toMatchObject({ status: 204 });
    await answer(created.id, 'complete');

    expect(await server.post(`/task/${tasks[0].id}/complete`, {})).toMatchObject({ status: 204 });
    expect((await server.get(`/history/process-instance/${id}`)).body).toMatchObject({ state: 'COMPLETED' });
    expect(await activitiesOf(id)).toEqual(['start', 'pack', 'end']);
    expect((await server.get(`/external-task?processInstanceId=${id}`)).body).toEqual([]);
  });

  test('fail as an incident, are tried again, and may answer with a BPMN error', async () => {
    const id = await server.start('purchase', {}, 'order-8');
    await complete('OrderOpened');
    await complete('OrderTracked');
    const { id: taskId } = await fetchOne('StockReserved');
    await answer(taskId, 'failure', { errorMessage: 'no line', retries: 0, retryTimeout: 0 });
    const incidents = () => server.get(`/incident?processInstanceId=${id}`).then(({ body }) => body);
    expect(await incidents()).toMatchObject([
      { incidentType: 'failedExternalTask', activityId: 'pack', incidentMessage: 'no line', configuration: taskId },
    ]);
    expect(await server.put(`/external-task/${taskId}/retries`, { retries: 1 })).toMatchObject({ status: 204 });
    expect(await incidents()).toEqual([]);
    const again = await fetchOne('StockReserved');
    expect(again.id).toBe(taskId);
    await answer(taskId, 'bpmnError', { errorCode: 'none-left' });
    const { body: tasks } = await server.get(`/task?processInstanceId=${id}`);
    expect(tasks).toMatchObject([{ taskDefinitionKey: 'apologize' }]);
  });

  test("of a suspended or deleted instance are nobody's work", async () => {
    const id = await server.start('purchase', {}, 'order-9');
    const suspend = (suspended: boolean) => server.put(`/process-instance/${id}/suspended`, { suspended });
    const fetched = async () => {
      const topics = [{ topicName: 'OrderOpened', lockDuration: 60_000 }];
      return (await server.post('/external-task/fetchAndLock', { workerId: 'w', maxTasks: 1, topics })).body;
    };
    expect(await suspend(true)).toMatchObject({ status: 204 });
    expect(await fetched()).toEqual([]);
    expect(await suspend(false)).toMatchObject({ status: 204 });
    expect(await fetched()).toHaveLength(1);
    expect(await server.delete(`/process-instance/${id}`)).toMatchObject({ status: 204 });
    expect((await server.get('/external-task?topicName=OrderOpened')).body).toEqual([]);
  });
});
