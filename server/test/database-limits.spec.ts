import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';
import { until } from './support/until.js';

const CONNECTIONS = 2;
const TIMER = `<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;

/** With locks that somebody else holds: every statement that touches the table waits. */
describe.skipIf(!process.env['DATABASE_URL'])('on a PostgreSQL that does not get on', () => {
  let server: RestServer;
  let other: pg.Client;
  /** A transaction sees the sessions as they were when it first looked. */
  let observer: pg.Client;

  const open = async (settings: Readonly<Record<string, string>>) => {
    server = await startRestServer(settings);
    await server.deploy(['p.bpmn', bpmn('p', sequence(START, USER_TASK, END))]);
    const connectionString = server.core.config.databaseUrl!;
    other = new pg.Client({ connectionString });
    observer = new pg.Client({ connectionString });
    await Promise.all([other.connect(), observer.connect()]);
  };
  afterEach(async () => {
    await Promise.all([other?.end(), observer?.end()]);
    await server?.close();
  });

  const block = async (table: string) => {
    await other.query('BEGIN');
    await other.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  };
  const ask = async (path: string, body?: object) => {
    const answer = await fetch(server.url + path, {
      ...(body && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    await answer.text();
    return { status: answer.status, isToldToWait: Number(answer.headers.get('retry-after')) > 0 };
  };
  const start = (businessKey: string) => ask('/process-definition/key/p/start', { businessKey });
  const waitingSessions = async (count: number) => {
    const { rows } = await observer.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length === count;
  };
  const UNAVAILABLE = { status: 503, isToldToWait: true };

  test('more slow reads than connections are all told to come back, and then everything is as before', async () => {
    await open({ DATABASE_CONNECTIONS: String(CONNECTIONS), QUERY_TIMEOUT_MS: '400' });
    await block('user_task');
    const reads = Array.from({ length: 6 }, () => ask('/task'));
    await until('all connections to be taken', () => waitingSessions(CONNECTIONS));
    // Waits for a connection, and gets one.
    const patient = ask('/deployment/count');
    expect(await Promise.all(reads)).toEqual(Array(6).fill(UNAVAILABLE));
    expect((await patient).status).toBe(200);
    await other.query('ROLLBACK');
    const after = await Promise.all(Array.from({ length: 6 }, () => ask('/task')));
    expect(after.map(({ status }) => status)).toEqual(Array(6).fill(200));
  });

  test('a commit that takes too long is undone, and its clients are told to come back', async () => {
    await open({ QUERY_TIMEOUT_MS: '400' });
    await block('user_task');
    expect(await Promise.all([start('slow'), start('slow')])).toEqual([UNAVAILABLE, UNAVAILABLE]);
    await other.query('ROLLBACK');
    expect((await server.get('/process-instance/count?businessKey=slow')).body).toEqual({ count: 0 });
    expect((await start('quick')).status).toBe(200);
  });

  test('a job whose commit loses its connection keeps its retries, and is run again', async () => {
    await open({ JOB_EXECUTOR: 'on' });
    await server.deploy(['timer.bpmn', bpmn('timer', sequence(START, TIMER, END))]);
    const id = await server.start('timer');
    await block('process_instance');
    await until('the job to be committed', () => waitingSessions(1));
    await observer.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    await other.query('ROLLBACK');
    await until('the instance to end', async () => {
      const { body } = await server.get(`/history/process-instance/count?processInstanceId=${id}&finished=true`);
      return body.count === 1;
    });
    const { body } = await server.get(`/history/job-log?processInstanceId=${id}&failureLog=true`);
    expect(body).toEqual([]);
  });

  test('while commits pile up nothing new is begun, and reads go on', async () => {
    await open({ MAX_WAITING_COMMITS: '3' });
    await block('user_task');
    const begun: Promise<unknown>[] = [];
    // One statement after the other takes a connection; then units wait.
    for (let lane = 1; lane <= 4; lane++) {
      begun.push(start('piled'));
      await until('the commit to be under way', () => waitingSessions(lane));
    }
    for (let n = 1; n <= 3; n++) {
      begun.push(start('piled'));
      await until('the command to wait for its commit', () => server.core.commits.waiting === n);
    }
    expect(await start('refused')).toEqual(UNAVAILABLE);
    expect((await ask('/process-instance/count')).status).toBe(200);
    await other.query('ROLLBACK');
    await Promise.all(begun);
    expect((await start('afterwards')).status).toBe(200);
    expect((await server.get('/process-instance/count?businessKey=refused')).body).toEqual({ count: 0 });
  });
});
