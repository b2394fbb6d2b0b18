import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FetchQueue } from '../src/external-task/fetch-queue.js';
import { RestWorkers } from '../src/worker/rest-workers.js';
import { WorkerVersionPins } from '../src/worker/worker-version-pins.js';
import { bpmn, END, START, sequence } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';
import { until } from './support/until.js';

let server: RestServer;
let topic = '';
let counter = 0;

const serviceTask = (name: string, inside = '') =>
  `<bpmn:serviceTask id="work" name="Do the work" camunda:type="external" camunda:topic="${name}">${inside}</bpmn:serviceTask>`;

/** Deploys a process whose only step is an external task of a topic of its own. */
async function deployWork(inside = '', rest = ''): Promise<string> {
  const key = `work-${topic}`;
  await server.deploy([
    `${key}.bpmn`,
    bpmn(key, sequence(START, serviceTask(topic, inside), END) + rest, 'camunda:versionTag="v1"'),
  ]);
  return key;
}

function fetchTasks(
  workerId: string,
  options: Record<string, unknown> = {},
  topicOptions: Record<string, unknown> = {},
  signal?: AbortSignal,
) {
  const topics = [{ topicName: topic, lockDuration: 60_000, ...topicOptions }];
  return server.post('/external-task/fetchAndLock', { workerId, maxTasks: 1, topics, ...options }, signal);
}

async function lockOne(workerId = 'a'): Promise<string> {
  const { body } = await fetchTasks(workerId);
  expect(body).toHaveLength(1);
  return body[0].id;
}

const task = (id: string) => server.get(`/external-task/${id}`).then(({ body }) => body);

beforeAll(async () => {
  server = await startRestServer();
});
afterAll(() => server?.close());
beforeEach(() => {
  topic = `topic-${++counter}`;
});

describe('fetching', () => {
  test('a worker gets the task with the variables it can see, and nobody else gets it', async () => {
    const key = await deployWork(
      `<bpmn:extensionElements>
         <camunda:properties><camunda:property name="shelf" value="7" /></camunda:properties>
         <camunda:inputOutput><camunda:inputParameter name="local">\${amount}</camunda:inputParameter></camunda:inputOutput>
       </bpmn:extensionElements>`,
    );
    const instance = await server.start(
      key,
      { amount: { value: 5 }, list: { value: '[1]', type: 'Object', valueInfo: { objectTypeName: 'list' } } },
      'order-1',
    );
    const { status, contentType, body } = await fetchTasks('a', {}, { includeExtensionProperties: true });
    expect(status).toBe(200);
    expect(contentType).toBe('application/json');
    expect(body).toHaveLength(1);
    expect(body[0]).toMatchObject({
      activityId: 'work',
      topicName: topic,
      workerId: 'a',
      processInstanceId: instance,
      processDefinitionKey: key,
      processDefinitionVersionTag: 'v1',
      businessKey: 'order-1',
      retries: null,
      suspended: false,
      errorMessage: null,
      errorDetails: null,
      tenantId: null,
      extensionProperties: { shelf: '7' },
      variables: {
        amount: { type: 'Integer', value: 5, valueInfo: {} },
        local: { type: 'Integer', value: 5 },
        list: { type: 'Object', value: '[1]' },
      },
    });
    expect((await fetchTasks('b')).body).toEqual([]);
  });

  test('only the variables that were asked for, or only local ones', async () => {
    const key = await deployWork(
      '<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="local">here</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>',
    );
    await server.start(key, { one: { value: 1 }, two: { value: 2 } });
    const named = (await fetchTasks('a', {}, { variables: ['one', 'missing'] })).body[0];
    expect(Object.keys(named.variables)).toEqual(['one']);
    expect(named.extensionProperties).toEqual({});
    await server.post(`/external-task/${named.id}/unlock`);
    const [local] = (await fetchTasks('a', {}, { localVariables: true })).body;
    expect(Object.keys(local.variables)).toEqual(['local']);
  });

  test('variables of a surrounding sub-process are seen, those of another one are not', async () => {
    const key = `nested-${topic}`;
    const scope = (id: string, inside: string) =>
      `<bpmn:subProcess id="${id}"><bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="scope">${id}</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>${inside}</bpmn:subProcess>`;
    const inner =
      '<bpmn:startEvent id="inner-start" /><bpmn:sequenceFlow id="f" sourceRef="inner-start" targetRef="work" />';
    const idle =
      '<bpmn:startEvent id="idle-start" /><bpmn:sequenceFlow id="g" sourceRef="idle-start" targetRef="idle" /><bpmn:userTask id="idle" />';
    await server.deploy([
      `${key}.bpmn`,
      bpmn(
        key,
        `${START}<bpmn:parallelGateway id="fork" />${scope('first', inner + serviceTask(topic))}${scope('second', idle)}
         <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="fork" />
         <bpmn:sequenceFlow id="b" sourceRef="fork" targetRef="first" />
         <bpmn:sequenceFlow id="c" sourceRef="fork" targetRef="second" />`,
      ),
    ]);
    await server.start(key, { outer: { value: true } });
    const [found] = (await fetchTasks('a')).body;
    expect(found.variables.scope.value).toBe('first');
    expect(found.variables.outer.value).toBe(true);
  });

  test('filters by business key, definition, version tag and process variables', async () => {
    const key = await deployWork();
    await server.start(key, { country: { value: 'FR' } }, 'one');
    const two = await server.start(key, { country: { value: 'DE' }, size: { value: 3 } }, 'two');
    for (const filter of [
      { businessKey: 'two' },
      { processVariables: { country: 'DE', size: 3 } },
      { businessKey: 'two', processDefinitionKey: key, processDefinitionVersionTag: 'v1', withoutTenantId: true },
    ]) {
      const { body } = await fetchTasks('a', { maxTasks: 5 }, filter);
      expect(body.map((found: { processInstanceId: string }) => found.processInstanceId)).toEqual([two]);
      await server.post(`/external-task/${body[0].id}/unlock`);
    }
    for (const filter of [
      { businessKey: 'x' },
      { processDefinitionVersionTag: 'v2' },
      { processDefinitionKeyIn: ['x'] },
      { tenantIdIn: ['t'] },
    ])
      expect((await fetchTasks('a', { maxTasks: 5 }, filter)).body).toEqual([]);
  });

  test('the most important task comes first, and by creation when asked', async () => {
    const key = await deployWork();
    const ids: string[] = [];
    for (const name of ['first', 'second', 'third']) ids.push(await server.start(key, {}, name));
    const all = await server.get(`/external-task?topicName=${topic}&sortBy=createTime&sortOrder=asc`);
    await server.put(`/external-task/${all.body[1].id}/priority`, { priority: 9 });
    const byPriority = (await fetchTasks('a', { maxTasks: 3, usePriority: true })).body;
    expect(byPriority.map((found: { businessKey: string }) => found.businessKey)).toEqual(['second', 'first', 'third']);
    for (const { id } of byPriority) await server.post(`/external-task/${id}/unlock`);
    const sorting = [{ sortBy: 'createTime', sortOrder: 'desc' }];
    const newest = (await fetchTasks('a', { maxTasks: 2, sorting })).body;
    expect(newest.map((found: { businessKey: string }) => found.businessKey)).toEqual(['third', 'second']);
  });

  test('a request that makes no sense is refused and locks nothing', async () => {
    const key = await deployWork();
    await server.start(key);
    const topics = [{ topicName: topic, lockDuration: 1000 }];
    for (const body of [
      { maxTasks: 1, topics },
      { workerId: 'a', maxTasks: -1, topics },
      { workerId: 'a', maxTasks: 1, topics: [{ topicName: topic }] },
      { workerId: 'a', maxTasks: 1, topics: [{ lockDuration: 1000 }] },
      { workerId: 'a', maxTasks: 1, topics: [{ topicName: topic, lockDuration: 0 }] },
      { workerId: 'a', maxTasks: 1, topics, asyncResponseTimeout: 1_800_001 },
      { workerId: 'a', maxTasks: 1, topics, sorting: [{ sortBy: 'color', sortOrder: 'asc' }] },
    ]) {
      const answer = await server.post('/external-task/fetchAndLock', body);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ type: 'InvalidRequestException', message: expect.any(String) });
    }
    expect((await server.get(`/external-task/count?topicName=${topic}&locked=true`)).body).toEqual({ count: 0 });
    expect((await server.post('/external-task/fetchAndLock', { workerId: 'a', topics })).body).toEqual([]);
  });
});

describe('long polling', () => {
  test('a waiting worker gets a new task at once', async () => {
    const key = await deployWork();
    const waiting = fetchTasks('a', { asyncResponseTimeout: 25_000 });
    await settled();
    const instance = await server.start(key);
    expect((await waiting).body[0].processInstanceId).toBe(instance);
  });

  test('nothing to do is answered by an empty list when the time is up', async () => {
    expect(await fetchTasks('a', { asyncResponseTimeout: 50 })).toMatchObject({ status: 200, body: [] });
  });

  test('two waiting workers share what comes, in the order in which they came', async () => {
    const key = await deployWork();
    const first = fetchTasks('first', { asyncResponseTimeout: 25_000 });
    await settled();
    const second = fetchTasks('second', { asyncResponseTimeout: 25_000 });
    await settled();
    const one = await server.start(key);
    expect((await first).body[0]).toMatchObject({ processInstanceId: one, workerId: 'first' });
    const two = await server.start(key);
    expect((await second).body[0]).toMatchObject({ processInstanceId: two, workerId: 'second' });
  });

  test('nothing is locked for a worker that has gone', async () => {
    const key = await deployWork();
    const gone = new AbortController();
    const waiting = fetchTasks('gone', { asyncResponseTimeout: 25_000 }, {}, gone.signal).catch(() => 'gone');
    await settled();
    gone.abort();
    expect(await waiting).toBe('gone');
    await settled();
    await server.start(key);
    const [found] = (await fetchTasks('next')).body;
    expect(found.workerId).toBe('next');
  });

  test('a lock that was just taken is given back when its worker turns out to have gone', async () => {
    const key = await deployWork();
    await server.start(key);
    const gone = new AbortController();
    const { database, commitEvents } = server.core;
    const query = database.query.bind(database);
    let locked = 0;
    const watched = Object.assign(Object.create(database) as typeof database, {
      query: async (...statement: Parameters<typeof query>) => {
        const rows = await query(...statement);
        if (/^\s*WITH next/.test(statement[0])) {
          locked += rows.length;
          gone.abort();
        }
        return rows;
      },
    });
    const pins = new WorkerVersionPins(watched, commitEvents, new RestWorkers(watched));
    const queue = new FetchQueue(watched, commitEvents, pins);
    const topics = [
      {
        topicName: topic,
        lockDurationMs: 60_000,
        variables: null,
        localVariables: false,
        deserializeValues: false,
        includeExtensionProperties: false,
        filter: {},
      },
    ];
    expect(
      await queue.fetch(
        { workerId: 'gone', workerVersion: null, onlyPinned: false, maxTasks: 1, createTimeOrder: null, topics },
        25_000,
        gone.signal,
      ),
    ).toEqual([]);
    await until(
      'the lock to be given back',
      async () => (await server.get(`/external-task/count?topicName=${topic}&notLocked=true`)).body.count === 1,
    );
    expect(locked).toBe(1);
    queue.onModuleDestroy();
  });

  test('many workers and many tasks: every task is handed out once', async () => {
    const key = await deployWork();
    const handed: string[] = [];
    const workers = Array.from({ length: 5 }, async (_, i) => {
      while (handed.length < 40) {
        const { body } = await fetchTasks(`w${i}`, { maxTasks: 3, asyncResponseTimeout: 500 });
        handed.push(...body.map((found: { id: string }) => found.id));
        for (const { id } of body) await server.post(`/external-task/${id}/complete`, { workerId: `w${i}` });
      }
    });
    await Promise.all(Array.from({ length: 40 }, () => server.start(key)));
    await Promise.all(workers);
    expect(handed).toHaveLength(40);
    expect(new Set(handed).size).toBe(40);
    expect(
      (await server.get(`/history/process-instance/count?processDefinitionKey=${key}&completed=true`)).body,
    ).toEqual({ count: 40 });
  });

  test('a worker waits for the end of a lock, of a retry delay, and for an unlocked task', async () => {
    const key = await deployWork();
    await server.start(key);
    const id = (await fetchTasks('a', {}, { lockDuration: 150 })).body[0].id;
    const afterLock = await fetchTasks('b', { asyncResponseTimeout: 25_000 });
    expect(afterLock.body[0]).toMatchObject({ id, workerId: 'b' });
    await server.post(`/external-task/${id}/failure`, { workerId: 'b', retries: 1, retryTimeout: 150 });
    const afterDelay = await fetchTasks('c', { asyncResponseTimeout: 25_000 });
    expect(afterDelay.body[0]).toMatchObject({ id, workerId: 'c', retries: 1 });
    const waiting = fetchTasks('d', { asyncResponseTimeout: 25_000 });
    await settled();
    await server.post(`/external-task/${id}/unlock`);
    expect((await waiting).body[0]).toMatchObject({ id, workerId: 'd' });
  });

  test('a worker waits for the activation of a suspended instance', async () => {
    const key = await deployWork();
    const instance = await server.start(key);
    await server.put(`/process-instance/${instance}/suspended`, { suspended: true });
    const waiting = fetchTasks('a', { asyncResponseTimeout: 25_000 });
    await settled();
    await server.put(`/process-instance/${instance}/suspended`, { suspended: false });
    expect((await waiting).body[0].processInstanceId).toBe(instance);
  });

  test('a server that stops answers whoever waits', async () => {
    const other = await startRestServer();
    const topics = [{ topicName: 'nothing', lockDuration: 1000 }];
    const waiting = other.post('/external-task/fetchAndLock', {
      workerId: 'a',
      maxTasks: 1,
      topics,
      asyncResponseTimeout: 60_000,
    });
    await settled();
    await other.close();
    expect(await waiting).toMatchObject({ status: 200, body: [] });
  });
});

describe('locks', () => {
  test('only the owner of the lock can complete, fail, throw an error or extend', async () => {
    const key = await deployWork();
    await server.start(key);
    const id = await lockOne('owner');
    for (const [operation, body] of [
      ['complete', {}],
      ['failure', { retries: 1 }],
      ['bpmnError', { errorCode: 'x' }],
      ['extendLock', { newDuration: 1000 }],
      ['lock', { lockDuration: 1000 }],
    ] as const) {
      const answer = await server.post(`/external-task/${id}/${operation}`, { workerId: 'thief', ...body });
      expect(answer).toMatchObject({ status: 400, body: { type: 'RestException', code: 0 } });
      expect(answer.body.message).toContain("'owner'");
    }
    expect(await task(id)).toMatchObject({ workerId: 'owner', retries: null });
  });

  test('a worker completes its task, also after its lock expired', async () => {
    const key = await deployWork();
    const instance = await server.start(key);
    const id = (await fetchTasks('a', {}, { lockDuration: 1 })).body[0].id;
    await until(
      'the lock to end',
      async () => (await server.get(`/external-task/count?topicName=${topic}&notLocked=true`)).body.count === 1,
    );
    const done = await server.post(`/external-task/${id}/complete`, {
      workerId: 'a',
      variables: { result: { value: 42 } },
      localVariables: { scratch: { value: 'x' } },
    });
    expect(done.status).toBe(204);
    expect((await server.get(`/history/process-instance/${instance}`)).body.state).toBe('COMPLETED');
    const history = await server.get(`/history/variable-instance?processInstanceId=${instance}&variableName=result`);
    expect(history.body[0]).toMatchObject({ type: 'Integer', value: 42 });
    const again = await server.post(`/external-task/${id}/complete`, { workerId: 'a' });
    expect(again).toMatchObject({ status: 404, body: { type: 'RestException' } });
  });

  test('a task whose lock expired goes to the next worker, and the first one has lost it', async () => {
    const key = await deployWork();
    await server.start(key);
    const id = (await fetchTasks('slow', {}, { lockDuration: 1 })).body[0].id;
    const next = await fetchTasks('quick', { asyncResponseTimeout: 25_000 });
    expect(next.body[0]).toMatchObject({ id, workerId: 'quick' });
    expect((await server.post(`/external-task/${id}/complete`, { workerId: 'slow' })).status).toBe(400);
    expect((await server.post(`/external-task/${id}/extendLock`, { workerId: 'slow', newDuration: 1000 })).status).toBe(
      400,
    );
    expect((await server.post(`/external-task/${id}/complete`, { workerId: 'quick' })).status).toBe(204);
  });

  test('a lock can be extended while it lasts, and not afterwards', async () => {
    const key = await deployWork();
    await server.start(key);
    const id = await lockOne('a');
    const before = await task(id);
    expect((await server.post(`/external-task/${id}/extendLock`, { workerId: 'a', newDuration: 600_000 })).status).toBe(
      204,
    );
    expect((await task(id)).lockExpirationTime > before.lockExpirationTime).toBe(true);
    await server.post(`/external-task/${id}/lock`, { workerId: 'a', lockDuration: 1 });
    await until(
      'the lock to end',
      async () => (await server.get(`/external-task/count?topicName=${topic}&notLocked=true`)).body.count === 1,
    );
    expect(await server.post(`/external-task/${id}/extendLock`, { workerId: 'a', newDuration: 1000 })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('expired') },
    });
  });

  test('a suspended task cannot be completed', async () => {
    const key = await deployWork();
    const instance = await server.start(key);
    const id = await lockOne('a');
    await server.put(`/process-instance/${instance}/suspended`, { suspended: true });
    expect(await server.post(`/external-task/${id}/complete`, { workerId: 'a' })).toMatchObject({
      status: 400,
      body: { type: 'RestException', message: expect.stringContaining('suspended') },
    });
    expect((await server.get(`/external-task?processInstanceId=${instance}&suspended=true`)).body).toHaveLength(1);
  });

  test('a wrong value completes nothing', async () => {
    const key = await deployWork();
    await server.start(key);
    const id = await lockOne('a');
    const wrong = await server.post(`/external-task/${id}/complete`, {
      workerId: 'a',
      variables: { n: { value: 'x', type: 'Integer' } },
    });
    expect(wrong).toMatchObject({ status: 400, body: { type: 'InvalidRequestException' } });
    expect(await task(id)).toMatchObject({ workerId: 'a' });
  });

  test('a BPMN error takes the way that the model has for it', async () => {
    const key = await deployWork(
      '',
      `<bpmn:boundaryEvent id="caught" attachedToRef="work"><bpmn:errorEventDefinition id="ed" errorRef="refused" /></bpmn:boundaryEvent>
       <bpmn:sequenceFlow id="away" sourceRef="caught" targetRef="look" /><bpmn:userTask id="look" /></bpmn:process>
       <bpmn:error id="refused" errorCode="refused" /><bpmn:process id="unused-${topic}" isExecutable="false">`,
    );
    const instance = await server.start(key);
    const id = await lockOne('a');
    expect((await server.post(`/external-task/${id}/bpmnError`, { workerId: 'a' })).status).toBe(400);
    const thrown = await server.post(`/external-task/${id}/bpmnError`, {
      workerId: 'a',
      errorCode: 'refused',
      variables: { why: { value: 'no' } },
    });
    expect(thrown.status).toBe(204);
    expect((await server.get(`/task?processInstanceId=${instance}`)).body).toMatchObject([
      { taskDefinitionKey: 'look' },
    ]);
  });

  test('unknown tasks are 404', async () => {
    for (const [path, body] of [
      ['complete', { workerId: 'a' }],
      ['failure', { workerId: 'a' }],
      ['bpmnError', { workerId: 'a', errorCode: 'x' }],
      ['extendLock', { workerId: 'a', newDuration: 1 }],
      ['lock', { workerId: 'a', lockDuration: 1 }],
      ['unlock', {}],
    ] as const)
      expect(await server.post(`/external-task/none/${path}`, body)).toMatchObject({
        status: 404,
        body: { type: 'RestException' },
      });
    expect(await server.get('/external-task/none')).toMatchObject({ status: 404, body: { type: 'RestException' } });
    expect((await server.put('/external-task/none/retries', { retries: 1 })).status).toBe(404);
    expect((await server.put('/external-task/none/priority', { priority: 1 })).status).toBe(404);
  });
});

describe('failures', () => {
  test('a failure counts down to an incident, and new retries resolve it', async () => {
    const key = await deployWork();
    const instance = await server.start(key);
    const id = await lockOne('a');
    const failure = {
      workerId: 'a',
      errorMessage: 'no paper',
      errorDetails: 'tray 2 is empty',
      retries: 1,
      retryTimeout: 600_000,
    };
    expect((await server.post(`/external-task/${id}/failure`, failure)).status).toBe(204);
    expect(await task(id)).toMatchObject({ retries: 1, errorMessage: 'no paper' });
    expect(await server.get(`/external-task/${id}/errorDetails`)).toMatchObject({
      status: 200,
      body: 'tray 2 is empty',
    });
    expect((await fetchTasks('b')).body).toEqual([]);
    await server.post(`/external-task/${id}/unlock`);
    await lockOne('b');
    await server.post(`/external-task/${id}/failure`, { workerId: 'b', errorMessage: 'still no paper', retries: 0 });
    const [incident] = (await server.get(`/incident?processInstanceId=${instance}`)).body;
    expect(incident).toMatchObject({
      incidentType: 'failedExternalTask',
      activityId: 'work',
      configuration: id,
      incidentMessage: 'still no paper',
      causeIncidentId: incident.id,
      jobDefinitionId: null,
    });
    expect(await server.delete(`/incident/${incident.id}`)).toMatchObject({
      status: 400,
      body: { type: 'InvalidRequestException' },
    });
    expect((await fetchTasks('c')).body).toEqual([]);
    expect((await server.get(`/external-task?topicName=${topic}&noRetriesLeft=true`)).body).toHaveLength(1);
    expect((await server.put(`/external-task/${id}/retries`, { retries: 3 })).status).toBe(204);
    expect((await server.get(`/incident?processInstanceId=${instance}`)).body).toEqual([]);
    expect((await server.get(`/history/incident?processInstanceId=${instance}`)).body).toMatchObject([
      { id: incident.id, resolved: true, open: false, deleted: false },
    ]);
    expect((await server.post(`/external-task/${await lockOne('d')}/complete`, { workerId: 'd' })).status).toBe(204);
  });

  test('retries of several tasks are set for all of them or, when one is unknown, for none', async () => {
    const key = await deployWork();
    await server.start(key);
    await server.start(key);
    const ids = (await server.get(`/external-task?topicName=${topic}`)).body.map(({ id }: { id: string }) => id);
    expect((await server.put('/external-task/retries', { externalTaskIds: [...ids, 'none'], retries: 5 })).status).toBe(
      404,
    );
    expect((await task(ids[0])).retries).toBeNull();
    expect((await server.put('/external-task/retries', { externalTaskIds: ids, retries: 5 })).status).toBe(204);
    for (const id of ids) expect((await task(id)).retries).toBe(5);
    expect((await server.put('/external-task/retries', { externalTaskIds: [], retries: 5 })).status).toBe(400);
    expect((await server.put('/external-task/retries', { externalTaskIds: ids, retries: -1 })).status).toBe(400);
  });
});

test('tasks are found by what is known of them', async () => {
  const key = await deployWork();
  const instance = await server.start(key, { country: { value: 'FR' } });
  const find = async (query: string) => (await server.get(`/external-task/count?${query}`)).body.count;
  for (const query of [
    `topicName=${topic}&notLocked=true`,
    `processInstanceId=${instance}&withRetriesLeft=true`,
    `processDefinitionKey=${key}&active=true`,
    `processInstanceIdIn=${instance},none`,
    `processInstanceId=${instance}&activityId=work&priorityHigherThanOrEquals=0`,
    `processInstanceId=${instance}&processVariables=country_eq_FR`,
  ])
    expect(await find(query)).toBe(1);
  for (const query of [
    `topicName=${topic}&locked=true`,
    `processInstanceId=${instance}&suspended=true`,
    `processInstanceId=${instance}&workerId=a`,
  ])
    expect(await find(query)).toBe(0);
  const posted = await server.post('/external-task/count', {
    processInstanceId: instance,
    processVariables: [{ name: 'country', operator: 'like', value: 'F%' }],
  });
  expect(posted.body).toEqual({ count: 1 });
  expect((await server.get('/external-task/topic-names')).body).toContain(topic);
  expect((await server.get('/external-task?sortBy=nope&sortOrder=asc')).status).toBe(400);
});

/** Long enough for a request that was just sent to have arrived and looked for tasks: a round trip of another one. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await server.get('/external-task/topic-names');
}
