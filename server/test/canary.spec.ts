import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer, type RunningServer } from '../src/create-server.js';
import { isForCanary } from '../src/deployment/canary.js';
import { Canaries } from '../src/release/canaries.service.js';
import { bpmn, END, messageStart, START, sequence, timerStart, USER_TASK } from './support/models.js';
import { type PolicyAnswer, policyClient } from './support/policy-client.js';
import { type RestServer, startRestServer } from './support/rest-server.js';
import { until } from './support/until.js';

const WORK = '<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="work" />';
const working = (key: string) => bpmn(key, sequence(START, WORK, END));
const waiting = (key: string, task = 'task') => bpmn(key, sequence(START, `<bpmn:userTask id="${task}" />`, END));
const calling = (key: string, child: string) =>
  bpmn(
    key,
    sequence(
      START,
      `<bpmn:callActivity id="call" calledElement="${child}" camunda:calledElementBinding="latest" />`,
      END,
    ),
  );

describe('a canary', () => {
  let server: RestServer;
  let client: ReturnType<typeof policyClient>;

  beforeAll(async () => {
    server = await startRestServer();
    client = policyClient(server);
  });

  afterAll(() => server.close());

  const canary = (percent: number, more: Readonly<Record<string, string>> = {}) => ({
    'deployment-policy': 'canary',
    'canary-percent': String(percent),
    ...more,
  });
  /** Two versions, the second one on trial. */
  const open = async (model: string, percent: number, more: Readonly<Record<string, string>> = {}, next = model) => {
    const first = (await client.deploy(model)).id;
    const { id, body } = await client.deploy(next, canary(percent, more));
    return { first, second: id, body, trial: { id, percent, suspended: false } };
  };
  const startAt = async (key: string, businessKey?: string, at = server.url): Promise<PolicyAnswer> => {
    const answer = await fetch(`${at}/process-definition/key/${key}/start`, {
      method: 'POST',
      body: JSON.stringify({ businessKey }),
      headers: { 'content-type': 'application/json' },
    });
    return { status: answer.status, body: await answer.json() };
  };
  /** Of one instance in the canary: a business key that goes there. */
  const keyFor = (
    trial: { id: string; percent: number; suspended: boolean },
    isCanary: boolean,
    not: string[] = [],
  ) => {
    for (let i = 0; ; i++) if (isForCanary(trial, `k${i}`) === isCanary && !not.includes(`k${i}`)) return `k${i}`;
  };
  /** An incident at its external task. */
  const failWork = async (processInstanceId: string) => {
    const [task] = (await server.get(`/external-task?processInstanceId=${processInstanceId}`)).body;
    const lock = { workerId: 'w', lockDuration: 60_000 };
    expect((await server.post(`/external-task/${task.id}/lock`, lock)).status).toBe(204);
    const failure = { workerId: 'w', errorMessage: 'no', retries: 0, retryTimeout: 0 };
    expect((await server.post(`/external-task/${task.id}/failure`, failure)).status).toBe(204);
  };
  const get = async (id: string) => (await client.api('GET', `/canary/${id}`)).body;
  const ended = (id: string) => until('the canary to end', async () => (await get(id)).state !== 'open' && get(id));
  const operations = async (processDefinitionId: string) =>
    (
      await server.get(
        `/history/user-operation?processDefinitionId=${processDefinitionId}&sortBy=timestamp&sortOrder=asc`,
      )
    ).body;

  test('gets its share of 400 starts by key, by their business keys', async () => {
    const { first, second, trial, body } = await open(waiting('shared'), 20);
    expect(body.introductions).toEqual([{ processDefinitionId: second, key: 'shared', state: 'canary', draining: [] }]);
    const keys = Array.from({ length: 400 }, (_, i) => `order-${i}`);
    const started = await Promise.all(keys.map(async (key) => (await startAt('shared', key)).body));
    expect(started.map(({ definitionId }) => definitionId)).toEqual(
      keys.map((key) => (isForCanary(trial, key) ? second : first)),
    );
    const counted = started.filter(({ definitionId }) => definitionId === second).length;
    expect(counted).toBeGreaterThan(40);
    expect(counted).toBeLessThan(120);
    expect(await get(second)).toMatchObject({
      state: 'open',
      percent: 20,
      latestDefinitionId: first,
      started: counted,
      incidents: 0,
    });
  });

  test('is not the latest version: by its instance id a start without business key is chosen', async () => {
    const { first, second, trial } = await open(waiting('plain'), 50);
    expect((await server.get('/process-definition/key/plain')).body.id).toBe(first);
    expect((await server.get('/process-definition?key=plain&latestVersion=true')).body).toMatchObject([{ id: first }]);
    expect(await client.stateOf(second)).toBe('canary');
    for (let i = 0; i < 20; i++) {
      const { body } = await startAt('plain');
      expect(body.definitionId).toBe(isForCanary(trial, body.id) ? second : first);
    }
    expect((await server.post(`/process-definition/${first}/start`)).body.definitionId).toBe(first);
    expect((await server.post(`/process-definition/${second}/start`)).body.definitionId).toBe(second);
  });

  test('stops by itself at an incident, and says why', async () => {
    const { first, second, trial } = await open(working('failing'), 50);
    const key = keyFor(trial, true);
    const on = (await startAt('failing', key)).body;
    const off = (await startAt('failing', keyFor(trial, false))).body;
    await failWork(off.id);
    expect(await get(second)).toMatchObject({ state: 'open', incidents: 0 });
    await failWork(on.id);
    expect(await ended(second)).toMatchObject({
      state: 'stopped',
      reason: '1 incident, more than 0',
      incidents: 1,
      instancesWithIncidents: 1,
      latestDefinitionId: first,
    });
    expect(await client.stateOf(second)).toBe('draining');
    expect((await startAt('failing', key)).body.definitionId).toBe(first);
    expect(await operations(second)).toMatchObject([
      {
        operationType: 'StopCanary',
        userId: null,
        annotation: '1 incident, more than 0',
        property: 'state',
        orgValue: 'canary',
        newValue: 'draining',
      },
    ]);
    // What runs on it ends there.
    expect((await server.get(`/process-instance/${on.id}`)).body.definitionId).toBe(second);
    const again = await client.api('POST', `/canary/${second}/promote`, {});
    expect(again).toMatchObject({ status: 400, body: { message: expect.stringContaining('but it was stopped on') } });
    expect(await client.stateOf(first)).toBe('active');
  });

  test('may have as many incidents as it was allowed', async () => {
    const { second, trial } = await open(working('tolerated'), 50, {
      'canary-max-incidents': '1',
      'canary-max-incident-percent': '60',
    });
    const keys: string[] = [];
    const instances: string[] = [];
    for (let i = 0; i < 3; i++) {
      keys.push(keyFor(trial, true, keys));
      instances.push((await startAt('tolerated', keys[i])).body.id);
    }
    const canaries = new Canaries(server.core.database, server.core.definitions, server.core.commitEvents);
    await failWork(instances[0]!);
    expect(await canaries.check(new Set([second]))).toEqual([]);
    await failWork(instances[1]!);
    expect(await ended(second)).toMatchObject({ state: 'stopped', incidents: 2, started: 3 });
  });

  test('that fails at the start hands the start to the latest version, and stops', async () => {
    const broken = (key: string) =>
      bpmn(
        key,
        sequence(
          START,
          '<bpmn:scriptTask id="s" scriptFormat="javascript"><bpmn:script>missing()</bpmn:script></bpmn:scriptTask>',
          END,
        ),
      );
    const { first, second, trial } = await open(
      waiting('crashing'),
      50,
      { 'canary-max-incidents': '1' },
      broken('crashing'),
    );
    const once = await startAt('crashing', keyFor(trial, true));
    expect(once).toMatchObject({ status: 200, body: { definitionId: first } });
    expect((await server.get(`/process-instance/${once.body.id}`)).body.definitionId).toBe(first);
    expect(await get(second)).toMatchObject({ state: 'open', started: 0, incidents: 0, failedStarts: 1 });
    expect((await startAt('crashing', keyFor(trial, true))).body.definitionId).toBe(first);
    expect(await ended(second)).toMatchObject({
      state: 'stopped',
      reason: '0 incidents and 2 failed starts, more than 1',
      failedStarts: 2,
    });
    expect((await server.get('/process-instance/count?processDefinitionKey=crashing')).body.count).toBe(2);
  });

  test('is not blamed for a start that the latest version cannot do either', async () => {
    const needing = (key: string) =>
      bpmn(key, sequence(START, '<bpmn:userTask id="task" camunda:assignee="${boss}" />', END));
    const { second, trial } = await open(needing('needing'), 50);
    const answer = await startAt('needing', keyFor(trial, true));
    expect(answer.status).toBe(500);
    expect(await get(second)).toMatchObject({ state: 'open', failedStarts: 0 });
  });

  test('is promoted by hand: all starts go to it, and the older versions drain', async () => {
    const { first, second, trial } = await open(waiting('promoted'), 10);
    const key = keyFor(trial, false);
    expect((await startAt('promoted', key)).body.definitionId).toBe(first);
    const promoted = await client.api('POST', `/canary/${second}/promote`, { reason: 'looks good' });
    expect(promoted).toMatchObject({ status: 200, body: { state: 'promoted', reason: 'looks good' } });
    expect([await client.stateOf(first), await client.stateOf(second)]).toEqual(['draining', 'active']);
    expect((await startAt('promoted', key)).body.definitionId).toBe(second);
    expect((await server.get('/process-definition/key/promoted')).body.id).toBe(second);
  });

  test('is promoted and stopped while instances are started, and none of the starts fails', async () => {
    for (const end of ['promote', 'stop']) {
      const { first, second } = await open(waiting(`busy-${end}`), 50);
      const starts = Array.from({ length: 60 }, (_, i) => startAt(`busy-${end}`, `k${i}`));
      await starts[0];
      const ending = client.api('POST', `/canary/${second}/${end}`);
      starts.push(...Array.from({ length: 60 }, (_, i) => startAt(`busy-${end}`, `k${i}`)));
      const answers = await Promise.all(starts);
      expect((await ending).status).toBe(200);
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect((await startAt(`busy-${end}`)).body.definitionId).toBe(end === 'promote' ? second : first);
    }
  });

  test('is stopped by hand', async () => {
    const { first, second, trial } = await open(waiting('stopped'), 10);
    const key = keyFor(trial, true);
    expect((await startAt('stopped', key)).body.definitionId).toBe(second);
    expect((await client.api('POST', `/canary/${second}/stop`)).body).toMatchObject({
      state: 'stopped',
      reason: 'by hand',
    });
    expect([await client.stateOf(first), await client.stateOf(second)]).toEqual(['active', 'draining']);
    expect((await startAt('stopped', key)).body.definitionId).toBe(first);
    expect(await client.api('POST', '/canary/none/stop')).toMatchObject({ status: 404 });
  });

  test('ends when its state is set, as by hand', async () => {
    const stopped = await open(waiting('set-stopped'), 10);
    await client.api('PUT', `/process-definition/${stopped.second}/state`, { state: 'draining' });
    expect(await get(stopped.second)).toMatchObject({ state: 'stopped' });
    const promoted = await open(waiting('set-promoted'), 10);
    const archive = await client.api('PUT', `/process-definition/${promoted.second}/state`, { state: 'archived' });
    expect(archive).toMatchObject({ status: 400, body: { message: expect.stringContaining('it is canary') } });
    await client.api('PUT', `/process-definition/${promoted.second}/state`, { state: 'active' });
    expect(await get(promoted.second)).toMatchObject({ state: 'promoted' });
    expect(await client.stateOf(promoted.first)).toBe('drained');
    expect(await client.api('PUT', `/process-definition/${promoted.first}/state`, { state: 'canary' })).toMatchObject({
      status: 400,
    });
  });

  test('is promoted by itself after enough instances that ended well, or in time', async () => {
    const canaries = new Canaries(server.core.database, server.core.definitions, server.core.commitEvents);
    const counted = await open(waiting('counted'), 50, { 'canary-promote-after': '2' });
    const keys = [keyFor(counted.trial, true)];
    keys.push(keyFor(counted.trial, true, keys));
    for (const key of keys) {
      const { id } = (await startAt('counted', key)).body;
      expect(await canaries.check(new Set([counted.second]))).toEqual([]);
      const [task] = (await server.get(`/task?processInstanceId=${id}`)).body;
      await server.post(`/task/${task.id}/complete`);
    }
    expect(await canaries.check(new Set([counted.second]))).toMatchObject([
      { outcome: 'promoted', reason: '2 instances have ended well', endedWell: 2 },
    ]);
    expect(await operations(counted.second)).toMatchObject([{ operationType: 'PromoteCanary', userId: null }]);

    const timed = await open(waiting('timed'), 50, { 'canary-promote-after': 'PT4H' });
    const in4Hours = new Date(Date.now() + 4 * 60 * 60 * 1000);
    expect(await canaries.check(new Set([timed.second]), in4Hours)).toEqual([]);
    await startAt('timed', keyFor(timed.trial, true));
    expect(await canaries.check(new Set([timed.second]))).toEqual([]);
    const both = await Promise.all([1, 2].map(() => canaries.check(new Set([timed.second]), in4Hours)));
    // Two servers at once: one of them does it.
    expect(both.flat()).toMatchObject([{ outcome: 'promoted' }]);
  });

  test('gets its share of the messages and timers that start instances; what only it would hear waits', async () => {
    const message = (key: string, id = 'start') =>
      bpmn(key, sequence(messageStart().replace('id="start"', `id="${id}"`), USER_TASK, END));
    const { first, second, trial } = await open(message('heard'), 50, {}, message('heard', 'renamed'));
    for (const isCanary of [true, false]) {
      const businessKey = keyFor(trial, isCanary);
      const sent = { messageName: 'order placed', businessKey, resultEnabled: true };
      const [result] = (await server.post('/message', sent)).body;
      expect(result.processInstance.definitionId).toBe(isCanary ? second : first);
    }
    expect((await server.get('/event-subscription?eventType=message')).body).toMatchObject([{ activityId: 'start' }]);
    await client.api('POST', `/canary/${second}/promote`);
    expect((await server.get('/event-subscription?eventType=message')).body).toMatchObject([{ activityId: 'renamed' }]);

    const timed = await open(bpmn('ticking', sequence(timerStart('R/PT1H'), USER_TASK, END)), 50);
    const [job, ...others] = (await server.get('/job?processDefinitionKey=ticking')).body;
    expect(job.processDefinitionId).toBe(timed.first);
    expect(others).toEqual([]);
    for (let i = 0; i < 12; i++) await server.post(`/job/${job.id}/execute`);
    const instances = (await server.get('/process-instance?processDefinitionKey=ticking')).body;
    expect(instances).toHaveLength(12);
    for (const { id, definitionId } of instances)
      expect(definitionId).toBe(isForCanary(timed.trial, id) ? timed.second : timed.first);
    expect((await server.get('/job?processDefinitionKey=ticking')).body).toMatchObject([{ id: job.id }]);
    await client.api('POST', `/canary/${timed.second}/stop`);
    // The timer went on as it was.
    expect((await server.get('/job?processDefinitionKey=ticking')).body).toMatchObject([{ id: job.id }]);
  });

  test('hands starts by messages and timers to the latest version too, where it fails at once', async () => {
    const failing = (key: string, start: string) =>
      bpmn(key, sequence(start, '<bpmn:userTask id="task" camunda:assignee="${boss}" />', END));
    const lenient = { 'canary-max-incidents': '99' };
    const latest = (await server.get('/process-definition/key/heard')).body.id;
    const deaf = (await client.deploy(failing('heard', messageStart()), canary(99, lenient))).id;
    const businessKey = keyFor({ id: deaf, percent: 99, suspended: false }, true);
    const sent = { messageName: 'order placed', businessKey, resultEnabled: true };
    expect((await server.post('/message', sent)).body).toMatchObject([{ processInstance: { definitionId: latest } }]);
    expect(await get(deaf)).toMatchObject({ failedStarts: 1, started: 0 });

    const timer = timerStart('R/PT1H');
    const { first, second, trial } = await open(
      bpmn('stuck', sequence(timer, USER_TASK, END)),
      99,
      lenient,
      failing('stuck', timer),
    );
    const [job] = (await server.get('/job?processDefinitionKey=stuck')).body;
    for (let i = 0; i < 9; i++) expect((await server.post(`/job/${job.id}/execute`)).status).toBe(204);
    const instances = (await server.get('/process-instance?processDefinitionKey=stuck')).body;
    expect(instances.map(({ definitionId }: { definitionId: string }) => definitionId)).toEqual(Array(9).fill(first));
    const meant = instances.filter(({ id }: { id: string }) => isForCanary(trial, id));
    expect(await get(second)).toMatchObject({ failedStarts: meant.length, started: 0 });
  });

  test('gets its share of the calls of the latest version, all of a family the same', async () => {
    const { first, second, trial } = await open(waiting('called'), 50);
    await client.deploy(calling('caller', 'called'));
    for (let i = 0; i < 10; i++) {
      const { id } = (await startAt('caller')).body;
      const [child] = (await server.get(`/process-instance?superProcessInstance=${id}`)).body;
      expect(child.definitionId).toBe(isForCanary(trial, id) ? second : first);
    }
  });

  test('of a first version is that version, active', async () => {
    expect((await client.plan({ 'p.bpmn': waiting('alone') }, canary(10))).body.problems).toMatchObject([
      { kind: 'policy', level: 'info' },
    ]);
    const { id, body } = await client.deploy(waiting('alone'), canary(10));
    expect(body.introductions).toMatchObject([{ state: 'active' }]);
    expect((await startAt('alone')).body.definitionId).toBe(id);
    expect(await client.api('GET', `/canary/${id}`)).toMatchObject({ status: 404 });
  });

  test('is the only one of its process, and ends when a newer version is deployed', async () => {
    const { first, second } = await open(waiting('busy'), 10);
    const refused = await client.tryDeploy({ 'p.bpmn': waiting('busy') }, canary(20));
    expect(refused).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(`no open canary of process 'busy', but '${second}' is one`) },
    });
    expect((await server.get('/process-definition?key=busy')).body).toHaveLength(2);
    expect((await client.plan({ 'p.bpmn': waiting('busy') }, canary(20))).body).toMatchObject({
      verdict: 'broken',
      problems: expect.arrayContaining([expect.objectContaining({ kind: 'policy', level: 'broken' })]),
    });
    expect((await client.plan({ 'p.bpmn': waiting('busy') })).body.problems).toContainEqual(
      expect.objectContaining({
        level: 'attention',
        message: `'${second}' is an open canary, which this deployment would stop`,
      }),
    );
    const third = (await client.deploy(waiting('busy'))).id;
    expect(await get(second)).toMatchObject({ state: 'superseded', reason: 'version 3 was deployed' });
    expect([await client.stateOf(first), await client.stateOf(second)]).toEqual(['active', 'drained']);
    expect((await startAt('busy')).body.definitionId).toBe(third);
    const fourth = (await client.deploy(waiting('busy'), canary(20))).id;
    expect((await client.api('GET', '/canary?key=busy')).body).toMatchObject([
      { processDefinitionId: fourth, state: 'open', latestDefinitionId: third },
      { processDefinitionId: second, state: 'superseded' },
    ]);
    expect((await client.api('GET', '/canary?key=busy&open=true')).body).toHaveLength(1);
  });

  test('takes all starts where no other version is left', async () => {
    const { first, second } = await open(bpmn('left', sequence(timerStart('R/PT1H'), USER_TASK, END)), 1);
    await client.api('PUT', `/process-definition/${first}/state`, { state: 'draining' });
    expect((await startAt('left')).body.definitionId).toBe(second);
    expect((await server.get('/job?processDefinitionKey=left')).body).toMatchObject([{ processDefinitionId: second }]);
    await client.api('POST', `/canary/${second}/stop`);
    expect((await server.get('/job?processDefinitionKey=left')).body).toEqual([]);
    expect((await startAt('left')).status).toBe(400);
    expect((await server.delete(`/deployment/${(await get(second)).deploymentId}?cascade=true`)).status).toBe(204);
    expect(await client.api('GET', `/canary/${second}`)).toMatchObject({ status: 404 });
  });

  test('that is suspended gets no starts until it is activated', async () => {
    const { first, second, trial } = await open(waiting('paused'), 50);
    const key = keyFor(trial, true);
    expect((await startAt('paused', key)).body.definitionId).toBe(second);
    await server.put(`/process-definition/${second}/suspended`, { suspended: true });
    expect((await startAt('paused', key)).body.definitionId).toBe(first);
    await server.put(`/process-definition/${second}/suspended`, { suspended: false });
    expect((await startAt('paused', key)).body.definitionId).toBe(second);
  });

  test.skipIf(!process.env['DATABASE_URL'])('is seen by every server, from its beginning to its end', async () => {
    let other: RunningServer | null = null;
    try {
      other = await createServer(server.core.config);
      const urls = [server.url, `${other.url}/engine-rest`];
      const first = (await client.deploy(working('everywhere'))).id;
      // Both know the first version as the one to start.
      for (const url of urls) expect((await startAt('everywhere', 'x', url)).body.definitionId).toBe(first);
      const second = (await client.deploy(working('everywhere'), canary(50))).id;
      const trial = { id: second, percent: 50, suspended: false };
      const [on, off] = [keyFor(trial, true), keyFor(trial, false)];
      for (const url of urls) {
        expect((await startAt('everywhere', on, url)).body.definitionId).toBe(second);
        expect((await startAt('everywhere', off, url)).body.definitionId).toBe(first);
      }
      const [instance] = (await server.get(`/process-instance?processDefinitionId=${second}`)).body;
      await failWork(instance.id);
      await ended(second);
      for (const url of urls) expect((await startAt('everywhere', on, url)).body.definitionId).toBe(first);
    } finally {
      await other?.close();
    }
  });
});
