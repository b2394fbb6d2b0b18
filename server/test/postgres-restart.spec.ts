import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence } from './support/models.js';
import { canOwnPostgres, type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { bundleServer, type ServerProcess, startProcess } from './support/server-process.js';
import { until } from './support/until.js';

const WORK = '<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="${topic}" />';
const TIMER = `<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT2S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;
const ASYNC = '<bpmn:task id="later" camunda:asyncBefore="true" />';

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape, and tests look into them
  readonly body: any;
}

async function call(url: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${url}/engine-rest${path}`, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    body: text === '' ? null : JSON.parse(text),
  };
}

const startOf = (url: string, key: string, businessKey: string, topic = 'work') =>
  call(url, `/process-definition/key/${key}/start`, {
    businessKey,
    variables: { topic: { value: topic, type: 'String' } },
  });

const fetchTasks = (url: string, topic: string, maxTasks: number, waitMs: number) =>
  call(url, '/external-task/fetchAndLock', {
    workerId: 'w',
    maxTasks,
    asyncResponseTimeout: waitMs,
    topics: [{ topicName: topic, lockDuration: 60_000 }],
  });

/** Two servers as processes, because what nobody catches would end them, on a PostgreSQL that is stopped under them. */
describe.skipIf(!canOwnPostgres)('when PostgreSQL is started again under load', () => {
  let postgres: OwnPostgres;
  let program: Awaited<ReturnType<typeof bundleServer>>;
  let servers: ServerProcess[];

  beforeAll(async () => {
    postgres = await startOwnPostgres({ fsync: 'off' });
    program = await bundleServer();
    postgres.sql('CREATE DATABASE millrace');
    const settings = { DATABASE_URL: postgres.urlOf('millrace') };
    servers = [await startProcess(program.path, settings), await startProcess(program.path, settings)];
    const form = new FormData();
    form.set('deployment-name', 'restart');
    const models = {
      working: sequence(START, WORK, END),
      timer: sequence(START, TIMER, END),
      continued: sequence(START, ASYNC, END),
    };
    for (const [key, content] of Object.entries(models))
      form.set(`${key}.bpmn`, new Blob([bpmn(key, content)]), `${key}.bpmn`);
    const answer = await fetch(`${servers[0]!.url}/engine-rest/deployment/create`, { method: 'POST', body: form });
    expect(await answer.text()).toContain('deployedProcessDefinitions');
  }, 120_000);

  afterAll(async () => {
    await Promise.all((servers ?? []).map((server) => server.kill()));
    postgres?.stop();
    await program?.remove();
  }, 60_000);

  /** Clients that start instances one after the other, and look at what they are answered. */
  function load(name: string) {
    const acknowledged: string[] = [];
    const unavailable = new Set<string>();
    const wrong: unknown[] = [];
    let running = true;
    let count = 0;
    const clients = [0, 1, 2, 3, 4, 5].map(async (n) => {
      const { url } = servers[n % 2]!;
      while (running) {
        const businessKey = `${name}-${count++}`;
        const reads = n > 3;
        const answer = await (reads
          ? call(url, '/process-instance/count')
          : startOf(url, 'working', businessKey, name)
        ).catch((error: Error) => ({ status: String(error.cause ?? error), retryAfter: null }));
        if (answer.status === 200 && !reads) acknowledged.push(businessKey);
        else if (answer.status === 503 && Number(answer.retryAfter) > 0) unavailable.add(`${n}`);
        else if (answer.status !== 200) wrong.push(answer);
      }
    });
    return {
      acknowledged,
      unavailable,
      wrong,
      end: async () => {
        running = false;
        await Promise.all(clients);
      },
    };
  }

  test.each(['fast', 'immediate'] as const)(
    'nothing that was acknowledged is lost, and all goes on (%s)',
    async (mode) => {
      const idle = servers.map(({ url }) => fetchTasks(url, `idle-${mode}`, 1, 120_000));
      for (let n = 0; n < 10; n++) {
        const { url } = servers[n % 2]!;
        expect((await startOf(url, 'timer', mode)).status).toBe(200);
      }
      const clients = load(mode);
      await until('requests to succeed', () => clients.acknowledged.length > 50);
      postgres.stopServer(mode);
      await until('every client to be told to come back', () => clients.unavailable.size === 6);
      for (const { url } of servers) expect((await fetch(`${url}/health`)).status).toBe(503);
      postgres.startServer();
      const before = clients.acknowledged.length;
      await until('requests to succeed again', () => clients.acknowledged.length > before + 50);
      await clients.end();
      expect(clients.wrong).toEqual([]);

      const { url } = servers[1]!;
      const { body } = await call(url, '/process-instance', { processDefinitionKey: 'working' });
      const stored = (body as { businessKey: string }[]).map(({ businessKey }) => businessKey);
      expect(new Set(stored).size).toBe(stored.length);
      expect(clients.acknowledged.filter((key) => !stored.includes(key))).toEqual([]);
      const tasks = await fetchTasks(url, mode, 100_000, 0);
      expect(tasks.body).toHaveLength(stored.filter((key) => key.startsWith(mode)).length);

      const finished = `/history/process-instance/count?finished=true&processInstanceBusinessKey=${mode}`;
      await until('the timers to fire', async () => (await call(url, finished)).body.count === 10);
      for (const each of servers) expect((await startOf(each.url, 'continued', mode)).status).toBe(200);
      await until('jobs to run', async () => (await call(url, finished)).body.count === 12);

      // Who waited all the time still does.
      for (const [n, each] of servers.entries())
        expect((await startOf(each.url, 'working', `idle-${mode}-${n}`, `idle-${mode}`)).status).toBe(200);
      for (const waiting of idle) expect((await waiting).body).toHaveLength(1);
    },
    120_000,
  );

  test('the servers tell each other again what can be done', async () => {
    const listening = () => postgres.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'millrace hints'");
    await until('both to listen', () => listening().length === 2);
    const heard: string[] = [];
    const ear = new pg.Client({ connectionString: postgres.urlOf('millrace') });
    await ear.connect();
    ear.on('notification', ({ payload }) => heard.push(payload ?? ''));
    await ear.query('LISTEN millrace_hints');
    for (const { url } of servers) {
      await startOf(url, 'working', 'hint', `hint-of-${url}`);
      await until('the hint', () => heard.some((text) => text.includes(`hint-of-${url}`)));
    }
    await ear.end();
  });
});
