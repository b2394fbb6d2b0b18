import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { bundleServer, startProcess } from './support/server-process.js';
import { createStorage, type TestStorage } from './support/test-storage.js';

const ROUNDS = 5;
const CLIENTS = 4;

describe('the server as a process', () => {
  let program: Awaited<ReturnType<typeof bundleServer>>;
  let storage: TestStorage;
  let settings: Record<string, string>;

  beforeAll(async () => {
    program = await bundleServer();
    storage = await createStorage();
    settings = { DATA_DIR: storage.dataDir, ...(storage.databaseUrl && { DATABASE_URL: storage.databaseUrl }) };
  });

  afterAll(async () => {
    await program?.remove();
    await storage?.remove();
  });

  test.each([
    [{ PORT: 'http' }, "PORT must be a whole number from 0 to 65535, but it is 'http'."],
    [{ MILLRACE_PROT: '1' }, 'The setting MILLRACE_PROT is not known; docs/configuration.md lists all settings.'],
    [{ HOST: '0.0.0.0' }, /^HOST is 0\.0\.0\.0, which others can reach, but there is no login: .*\.$/],
    [{ DATABASE_URL: 'postgres://127.0.0.1:1/none' }, /^The database that DATABASE_URL names can't be reached: .*\.$/],
    [{ HOST: '0.0.0.0', USERS_FILE: '/no/such/file' }, "USERS_FILE names /no/such/file, which can't be read (ENOENT)."],
  ])('ends with one sentence when it is told %o', async (wrong, sentence) => {
    const starting = startProcess(program.path, { ...settings, ...wrong });
    await expect(starting).rejects.toMatchObject({
      exitCode: 1,
      message: typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    });
  });

  test('ends with one sentence when another one has its data directory', async () => {
    if (storage.databaseUrl !== null) return;
    const first = await startProcess(program.path, settings);
    await expect(startProcess(program.path, settings)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^Another server \(process \d+ on .*\) uses the data directory .*\.$/),
    });
    expect(await first.stop()).toBe(0);
  });

  test('answers those who wait before it stops', async () => {
    const server = await startProcess(program.path, settings);
    const waiting = fetch(`${server.url}/engine-rest/external-task/fetchAndLock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        workerId: 'w',
        maxTasks: 1,
        asyncResponseTimeout: 60_000,
        topics: [{ topicName: 'x', lockDuration: 1000 }],
      }),
    });
    // Answered after the other one has arrived.
    for (let n = 0; n < 5; n++) await fetch(`${server.url}/engine-rest/version`).then((response) => response.text());
    const code = server.stop('SIGINT');
    expect(await (await waiting).json()).toEqual([]);
    expect(await code).toBe(0);
  });

  test('loses nothing that it has acknowledged when it is killed', { timeout: 180_000 }, async () => {
    const acknowledged: string[] = [];
    let server = await startProcess(program.path, settings);
    const form = new FormData();
    form.append('deployment-name', 'kill');
    form.append('kill.bpmn', new Blob([bpmn('kill', sequence(START, USER_TASK, END))]), 'kill.bpmn');
    expect((await fetch(`${server.url}/engine-rest/deployment/create`, { method: 'POST', body: form })).status).toBe(
      200,
    );

    for (let round = 0; round < ROUNDS; round++) {
      const until = acknowledged.length + 10 + Math.floor(Math.random() * 60);
      const { url } = server;
      const client = async () => {
        for (;;) {
          const response = await fetch(`${url}/engine-rest/process-definition/key/kill/start`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ variables: { text: { value: 'x'.repeat(3_000), type: 'String' } } }),
          });
          acknowledged.push(((await response.json()) as { id: string }).id);
          if (acknowledged.length >= until) return;
        }
      };
      const clients = Array.from({ length: CLIENTS }, () => client().catch(() => undefined));
      // The first to reach the mark pulls the plug under the others.
      await Promise.race(clients);
      await server.kill();
      await Promise.all(clients);
      server = await startProcess(program.path, settings);
    }

    const listed = (path: string) => fetch(`${server.url}/engine-rest/${path}`).then((response) => response.json());
    const instances = (await listed('process-instance?processDefinitionKey=kill')) as { id: string }[];
    const tasks = (await listed('task?processDefinitionKey=kill')) as { processInstanceId: string }[];
    const variables = (await listed('variable-instance?variableName=text')) as { processInstanceId: string }[];
    const ids = new Set(instances.map(({ id }) => id));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    // Nothing half: each instance has its task and its variable, whether it was acknowledged or not.
    expect(new Set(tasks.map(({ processInstanceId }) => processInstanceId))).toEqual(ids);
    expect(tasks).toHaveLength(ids.size);
    expect(new Set(variables.map(({ processInstanceId }) => processInstanceId))).toEqual(ids);
    await server.stop();
  });
});
