import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer } from '../src/create-server.js';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { until } from './support/until.js';

describe('the server', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });

  afterAll(() => server?.stop());

  const json = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${server.rest}${path}`, init);
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };
  const post = (path: string, body: unknown) =>
    json(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  test('says that it is there', async () => {
    for (const path of ['/health', '/health/live', '/health/ready']) {
      const response = await fetch(`${server.url}${path}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ status: 'ok' });
    }
  });

  test('says when it does not reach its database', async () => {
    const { database } = server.running.core;
    const query = database.query;
    database.query = () => Promise.reject(new Error('gone'));
    const response = await fetch(`${server.url}/health`);
    database.query = query;
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'database unavailable' });
  });

  test('takes a process, runs an instance of it to the end, and remembers it over a restart', async () => {
    const form = new FormData();
    const afterwards =
      '<bpmn:scriptTask id="work" scriptFormat="javascript" camunda:asyncBefore="true"><bpmn:script>execution.setVariable("done", true)</bpmn:script></bpmn:scriptTask>';
    form.append('deployment-name', 'whole');
    form.append('whole.bpmn', new Blob([bpmn('whole', sequence(START, USER_TASK, afterwards, END))]), 'whole.bpmn');
    const deployed = await json('/deployment/create', { method: 'POST', body: form });
    expect(deployed.status).toBe(200);
    const started = await post('/process-definition/key/whole/start', {
      businessKey: 'b-1',
      variables: { n: { value: 1, type: 'Integer' } },
    });
    expect(started).toMatchObject({ status: 200, body: { businessKey: 'b-1', ended: false } });
    await server.restart();
    const { body: tasks } = await json(`/task?processInstanceId=${started.body.id}`);
    expect(tasks).toMatchObject([{ taskDefinitionKey: 'task', name: 'Look at it' }]);
    expect(await post(`/task/${tasks[0].id}/complete`, {})).toMatchObject({ status: 204 });
    await until('the instance to end', async () => (await json(`/process-instance/${started.body.id}`)).status === 404);
    const { body: past } = await json(`/history/process-instance/${started.body.id}`);
    expect(past).toMatchObject({ state: 'COMPLETED', businessKey: 'b-1' });
  });

  test('refuses a busy port with a sentence', async () => {
    const busy = createTcpServer();
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const { port } = busy.address() as { port: number };
    const directory = await mkdtemp(join(tmpdir(), 'millrace-busy-'));
    const config = { ...server.config, port, dataDir: directory };
    await expect(createServer(config)).rejects.toThrow(`Another program already uses port ${port}`);
    await rm(directory, { recursive: true });
    busy.close();
  });

  test('asks for a login when it has users', async () => {
    const path = join(server.config.dataDir, 'users');
    await writeFile(path, `anna:${await hash('pw')}\n`);
    await server.restart({ USERS_FILE: path });
    expect((await fetch(`${server.rest}/version`)).status).toBe(401);
    expect((await fetch(`${server.url}/api-docs/`)).status).toBe(401);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const authorization = `Basic ${Buffer.from('anna:pw').toString('base64')}`;
    expect((await fetch(`${server.rest}/version`, { headers: { authorization } })).status).toBe(200);
  });
});
