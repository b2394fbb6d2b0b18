import { Client, File, Variables } from 'camunda-external-task-client-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bpmn, END, START, sequence } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';
import { until } from './support/until.js';

// The npm package as Camunda's users have it: what it sends and expects is the contract.

let server: RestServer;
let client: Client;
const seen: string[] = [];

const work = (topic: string) => `<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="${topic}" />`;

beforeAll(async () => {
  server = await startRestServer();
  client = new Client({ baseUrl: server.url, workerId: 'camunda-client', asyncResponseTimeout: 500, interval: 10 });
});
afterAll(async () => {
  client?.stop();
  await server?.close();
});

async function stateOf(instance: string): Promise<string> {
  return (await server.get(`/history/process-instance/${instance}`)).body.state;
}

async function variableOf(instance: string, name: string) {
  const { body } = await server.get(`/history/variable-instance?processInstanceId=${instance}&variableName=${name}`);
  return body[0];
}

test('the client serves a topic: it reads variables of every type and completes the task with its own', async () => {
  await server.deploy(['greet.bpmn', bpmn('greet', sequence(START, work('greeting'), END))]);
  client.subscribe('greeting', async ({ task, taskService }) => {
    seen.push(String(task.businessKey));
    const result = new Variables();
    result.set('greeting', `hello ${task.variables.get('name')}`);
    result.set('total', task.variables.get('amount') + task.variables.get('items').length);
    result.set('day', task.variables.get('day').getTime());
    result.setTyped('stamp', { type: 'date', value: new Date('2026-11-23T03:00:00Z'), valueInfo: {} });
    result.setTyped('details', { type: 'json', value: { ok: true }, valueInfo: {} });
    result.set('letter', await new File({ localPath: new URL(import.meta.url).pathname }).load());
    const local = new Variables();
    local.set('scratch', 1);
    await taskService.complete(task, result, local);
  });
  const instance = await server.start(
    'greet',
    {
      name: { value: 'Ada' },
      amount: { value: 40 },
      items: { value: '[1,2]', type: 'Json' },
      day: { value: '2026-01-02T00:00:00.000+0000', type: 'Date' },
    },
    'order-7',
  );
  await until('the worker to complete the task', async () => (await stateOf(instance)) === 'COMPLETED');
  expect(seen).toEqual(['order-7']);
  expect(await variableOf(instance, 'greeting')).toMatchObject({ type: 'String', value: 'hello Ada' });
  expect(await variableOf(instance, 'total')).toMatchObject({ type: 'Integer', value: 42 });
  expect((await variableOf(instance, 'day')).value).toBe(Date.UTC(2026, 0, 2));
  expect(await variableOf(instance, 'stamp')).toMatchObject({ type: 'Date', value: '2026-11-23T03:00:00.000+0000' });
  expect(await variableOf(instance, 'details')).toMatchObject({ type: 'Json' });
  const letter = await variableOf(instance, 'letter');
  expect(letter).toMatchObject({ type: 'File', valueInfo: { filename: 'camunda-client.spec.ts' } });
  expect((await server.get(`/history/variable-instance/${letter.id}/data`)).body).toContain('The npm package');
});

test('the client reads a file variable, extends its lock, fails, and throws a BPMN error', async () => {
  await server.deploy([
    'check.bpmn',
    bpmn(
      'check',
      `${sequence(START, work('checking'), END)}
       <bpmn:boundaryEvent id="caught" attachedToRef="work"><bpmn:errorEventDefinition id="ed" /></bpmn:boundaryEvent>
       <bpmn:sequenceFlow id="away" sourceRef="caught" targetRef="look" /><bpmn:userTask id="look" />`,
    ),
  ]);
  const texts: string[] = [];
  client.subscribe('checking', { lockDuration: 30_000 }, async ({ task, taskService }) => {
    if (task.retries === null) {
      await taskService.extendLock(task, 60_000);
      await taskService.handleFailure(task, {
        errorMessage: 'not yet',
        errorDetails: 'try again',
        retries: 2,
        retryTimeout: 10,
      });
      return;
    }
    const file = await task.variables.get('paper').load();
    texts.push(file.content.toString());
    await taskService.handleBpmnError(task, 'unreadable', 'nothing on it', new Variables().set('reason', 'blank'));
  });
  const instance = await server.start('check', {
    paper: {
      type: 'File',
      value: Buffer.from('a page').toString('base64'),
      valueInfo: { filename: 'page.txt', mimeType: 'text/plain' },
    },
  });
  const [task] = await until('the BPMN error', async () => {
    const { body } = await server.get(`/task?processInstanceId=${instance}`);
    return body.length > 0 ? body : null;
  });
  expect(task.taskDefinitionKey).toBe('look');
  expect(texts).toEqual(['a page']);
  expect(await variableOf(instance, 'reason')).toMatchObject({ value: 'blank' });
});
