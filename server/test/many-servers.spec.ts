import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence } from './support/models.js';
import { bundleServer, type ServerProcess, startProcess } from './support/server-process.js';
import { removeKeys } from './support/test-server.js';
import { createStorage, type TestStorage } from './support/test-storage.js';
import { until } from './support/until.js';

const cluster = process.env['DATABASE_URL'];
const redisUrl = process.env['REDIS_URL'];

const WORK = '<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="work" />';
const TIMER = `<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;

async function call(url: string, path: string, body?: unknown) {
  const answer = await fetch(`${url}/engine-rest${path}`, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape, and tests look into them
  return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as any };
}

const poll = (url: string, waitMs: number) =>
  call(url, '/external-task/fetchAndLock', {
    workerId: 'w',
    maxTasks: 1,
    asyncResponseTimeout: waitMs,
    topics: [{ topicName: 'work', lockDuration: 60_000 }],
  });

/** Needs a PostgreSQL: the embedded database has one server. Hints go by PostgreSQL, and by Redis when there is one. */
describe.skipIf(!cluster).each(redisUrl ? ['postgres', 'redis'] : ['postgres'])(
  'three servers with hints by %s',
  (by) => {
    const prefix = `millrace-test-${randomBytes(6).toString('hex')}`;
    let program: Awaited<ReturnType<typeof bundleServer>>;
    let storage: TestStorage;
    let servers: ServerProcess[];

    const start = () =>
      startProcess(program.path, {
        DATABASE_URL: storage.databaseUrl!,
        STOP_DELAY_MS: '1000',
        ...(by === 'redis' && { REDIS_URL: redisUrl!, MILLRACE_REDIS_PREFIX: prefix }),
      });

    beforeAll(async () => {
      program = await bundleServer();
      storage = await createStorage();
      servers = await Promise.all([start(), start(), start()]);
      const form = new FormData();
      form.set('deployment-name', 'many');
      form.set('work.bpmn', new Blob([bpmn('working', sequence(START, WORK, END))]), 'work.bpmn');
      form.set('timer.bpmn', new Blob([bpmn('timer', sequence(START, TIMER, END))]), 'timer.bpmn');
      const answer = await fetch(`${servers[0]!.url}/engine-rest/deployment/create`, { method: 'POST', body: form });
      expect(await answer.text()).toContain('deployedProcessDefinitions');
    }, 120_000);

    afterAll(async () => {
      await Promise.all((servers ?? []).map((server) => server.kill()));
      await storage?.remove();
      await program?.remove();
      if (by === 'redis') await removeKeys(redisUrl!, prefix);
    }, 60_000);

    test('a worker that waits at one gets what was started at another', async () => {
      const waiting = poll(servers[1]!.url, 20_000);
      await call(servers[0]!.url, '/process-definition/key/working/start', {});
      const { body } = await waiting;
      expect(body).toMatchObject([{ topicName: 'work' }]);
      // Completed at the third.
      const done = await call(servers[2]!.url, `/external-task/${body[0].id}/complete`, { workerId: 'w' });
      expect(done.status).toBe(204);
    });

    test('every timer is run once', async () => {
      const starts = Array.from({ length: 30 }, (_, n) => servers[n % 3]!);
      await Promise.all(starts.map(({ url }) => call(url, '/process-definition/key/timer/start', {})));
      const finished = '/history/process-instance/count?processDefinitionKey=timer&finished=true';
      await until('all to end', async () => (await call(servers[0]!.url, finished)).body.count === 30);
      const visits = await call(servers[0]!.url, '/history/activity-instance?activityId=wait');
      expect(visits.body).toHaveLength(30);
    });

    test('a definition that is suspended at one is not started at another', async () => {
      await call(servers[1]!.url, '/process-definition/key/timer/start', {}); // now its model is at hand there
      const suspend = (suspended: boolean) =>
        fetch(`${servers[0]!.url}/engine-rest/process-definition/key/timer/suspended`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ suspended }),
        });
      expect((await suspend(true)).status).toBe(204);
      expect((await call(servers[1]!.url, '/process-definition/key/timer/start', {})).status).not.toBe(200);
      expect((await suspend(false)).status).toBe(204);
      expect((await call(servers[1]!.url, '/process-definition/key/timer/start', {})).status).toBe(200);
    });

    test('one after the other is replaced without a failed request', async () => {
      const failures: string[] = [];
      let running = true;
      let turn = 0;
      let done = 0;
      // As a load balancer does: asks only those that say that they are ready.
      const ready = new Set(servers);
      const isReady = ({ url }: ServerProcess) =>
        fetch(`${url}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
      const checks = (async () => {
        while (running) {
          for (const server of servers) (await isReady(server)) ? ready.add(server) : ready.delete(server);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      const client = async () => {
        while (running) {
          const among = servers.filter((server) => ready.has(server));
          const server = among[turn++ % among.length]!;
          const answer = await call(server.url, '/process-definition/key/working/start', {}).catch((error) => ({
            status: String(error.cause ?? error),
          }));
          if (answer.status !== 200) failures.push(`${answer.status}`);
          done += 1;
        }
      };
      const clients = [client(), client(), client()];
      for (let n = 0; n < 3; n++) {
        const old = servers[n]!;
        expect(await old.stop()).toBe(0);
        ready.delete(old);
        servers[n] = await start();
      }
      running = false;
      await Promise.all([...clients, checks]);
      expect(failures).toEqual([]);
      expect(done).toBeGreaterThan(0);
    }, 120_000);

    test('who waits at a server that stops is answered with nothing', async () => {
      const id = 'nothing-of-this-name';
      const waiting = fetch(`${servers[0]!.url}/engine-rest/external-task/fetchAndLock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          workerId: 'w',
          maxTasks: 1,
          asyncResponseTimeout: 600_000,
          topics: [{ topicName: id, lockDuration: 1000 }],
        }),
      }).then(async (answer) => ({ status: answer.status, body: await answer.json() }));
      const live = await fetch(`${servers[0]!.url}/health/live`);
      expect(live.status).toBe(200);
      expect(await servers[0]!.stop()).toBe(0);
      expect(await waiting).toEqual({ status: 200, body: [] });
    });
  },
);
