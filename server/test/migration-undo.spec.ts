import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { BatchModule } from '../src/batch/batch.module.js';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { ExternalTaskModule } from '../src/external-task/external-task.module.js';
import { HistoryModule } from '../src/history/history.module.js';
import { JobModule } from '../src/job/job.module.js';
import { MigrationModule } from '../src/migration/migration.module.js';
import { MigrationSettings } from '../src/migration/migration-settings.js';
import { SnapshotRetention } from '../src/migration/snapshot-retention.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { TaskModule } from '../src/task/task.module.js';
import { UserOperationModule } from '../src/user-operation/user-operation.module.js';
import { bpmn, END, START, sequence } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

let rest: TestRest;
const definitions: string[] = [];

const user = (id: string) =>
  `<bpmn:userTask id="${id}" name="${id}" camunda:assignee="kim"><bpmn:extensionElements><camunda:inputOutput>
   <camunda:inputParameter name="inner">\${given}</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements></bpmn:userTask>`;
const worker = (id: string) => `<bpmn:serviceTask id="${id}" camunda:type="external" camunda:topic="credit" />`;
const timer = (id: string, at: string, duration: string) =>
  `<bpmn:boundaryEvent id="${id}" attachedToRef="${at}"><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>`;
const wrapped = (id: string, inside: string) => `<bpmn:subProcess id="${id}">${inside}</bpmn:subProcess>`;
const inner = (id: string, content: string) =>
  wrapped(id, sequence(`<bpmn:startEvent id="${id}-start" />`, content, `<bpmn:endEvent id="${id}-end" />`));

/** Scopes appear and vanish, a timer gives way to another one. */
const VERSIONS = [
  `${sequence(START, user('ask'), inner('box', worker('call')), END)}${timer('late', 'ask', 'PT1H')}`,
  `${sequence(START, inner('room', user('ask')), worker('call'), END)}${timer('later', 'room', 'PT2H')}`,
];

beforeAll(async () => {
  rest = await openTestRest(
    [
      BatchModule,
      DeploymentModule,
      ExternalTaskModule,
      HistoryModule,
      JobModule,
      MigrationModule,
      ProcessDefinitionModule,
      ProcessInstanceModule,
      TaskModule,
      UserOperationModule,
    ],
    'olga',
  );
  for (const version of VERSIONS) {
    const { body } = await rest.upload('/deployment/create', { 'p.bpmn': bpmn('p', version) });
    definitions.push(Object.keys(body.deployedProcessDefinitions)[0]!);
  }
});
afterAll(() => rest.close());

async function start(): Promise<string> {
  const variables = { given: { value: 'x', type: 'String' }, list: { value: '[1]', type: 'Json' } };
  return (await rest.post(`/process-definition/${definitions[0]}/start`, { variables })).body.id;
}

async function completeTask(id: string): Promise<void> {
  const [task] = (await rest.get(`/task?processInstanceId=${id}`)).body;
  expect((await rest.post(`/task/${task.id}/complete`)).status).toBe(204);
}

const migration = (...ids: string[]) => ({
  migrationPlan: {
    sourceProcessDefinitionId: definitions[0],
    targetProcessDefinitionId: definitions[1],
    instructions: ['ask', 'call'].map((id) => ({ sourceActivityIds: [id], targetActivityIds: [id] })),
    variables: { given: { value: 'y', type: 'String' }, added: { value: 1, type: 'Integer' } },
  },
  processInstanceIds: ids,
});

const TABLES = [
  'process_instance',
  'variable',
  'user_task',
  'identity_link',
  'external_task',
  'job',
  'event_subscription',
  'incident',
  'historic_process_instance',
  'historic_activity_instance',
  'historic_variable',
  'historic_task',
  'historic_incident',
];

/** Every row of some instances; the revision alone goes on. */
async function rows(ids: readonly string[]): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of TABLES) {
    const column = table === 'process_instance' ? 'id' : 'process_instance_id';
    const found = await rest.core.database.query<{ row: Record<string, unknown> }>(
      `SELECT to_jsonb(t) - 'revision' #- '{state,revision}' AS row FROM ${table} t WHERE ${column} = ANY($1) ORDER BY id`,
      [ids],
    );
    all[table] = found.map(({ row }) => row);
  }
  return all;
}

const api = (path: string) => rest.get(`/../api/migration/${path}`);

/** Runs the batch's jobs by hand. @returns its progress */
async function drive({ id, seedJobDefinitionId, batchJobDefinitionId }: Record<string, string>) {
  for (const definition of [seedJobDefinitionId, batchJobDefinitionId])
    for (const job of (await rest.get(`/job?jobDefinitionId=${definition}`)).body)
      await rest.post(`/job/${job.id}/execute`);
  return (await rest.get(`/../api/batch/${id}`)).body;
}

const undo = (id: string, body = {}, query = '') => rest.post(`/../api/migration/${id}/undo${query}`, body);

test('a migration that is undone leaves every row as it was, the history too', async () => {
  const ids = [await start(), await start(), await start()];
  await completeTask(ids[1]!);
  await completeTask(ids[2]!);
  const [task] = (await rest.get(`/external-task?processInstanceId=${ids[2]}`)).body;
  await rest.put(`/external-task/${task.id}/retries`, { retries: 0 });
  const before = await rows(ids);
  expect(before.job).toHaveLength(1);
  expect(before.incident).toHaveLength(1);

  const done = await rest.post('/../api/migration/execute', migration(...ids));
  expect(done.body.migrated).toBe(3);
  expect(await rows(ids)).not.toEqual(before);
  expect((await rest.get(`/process-instance/${ids[0]}/variables/given`)).body.value).toBe('y');
  expect((await api(done.body.id)).body).toMatchObject({
    migrated: 3,
    undone: 0,
    undoable: 3,
    batchId: null,
    userId: 'olga',
  });

  const batch = await undo(done.body.id, { annotation: 'wrong plan' });
  expect(batch.body.type).toBe('migration-undo');
  expect(await drive(batch.body)).toMatchObject({ total: 3, done: 3, failed: 0, skipped: 0 });
  expect(await rows(ids)).toEqual(before);
  expect((await api(done.body.id)).body).toMatchObject({ migrated: 3, undone: 3, undoable: 0 });

  // They go on by the old model.
  await completeTask(ids[0]!);
  const [call] = (await rest.get(`/external-task?processInstanceId=${ids[0]}`)).body;
  expect([call.activityId, call.processDefinitionId]).toEqual(['call', definitions[0]]);
  expect((await undo(done.body.id)).status).toBe(400);
});

test('what has moved on stays, and the batch says why', async () => {
  const ids = [await start(), await start(), await start(), await start()];
  for (const id of ids.slice(1)) await completeTask(id);
  const [untouched, locked, changed, ended] = ids as [string, string, string, string];
  const before = await rows([untouched]);
  const asked = await rest.post('/migration/executeAsync', migration(...ids));
  expect(await drive(asked.body)).toMatchObject({ done: 4 });
  const { id } = asked.body;
  expect((await api(id)).body).toMatchObject({ batchId: id, migrated: 4, undoable: 4 });

  const [{ id: taskId }] = (await rest.get(`/external-task?processInstanceId=${locked}`)).body;
  await rest.post(`/external-task/${taskId}/lock`, { workerId: 'w', lockDuration: 100_000 });
  await rest.put(`/process-instance/${changed}/variables/given`, { value: 'z', type: 'String' });
  await rest.delete(`/process-instance/${ended}`);
  const preview = await undo(id, {}, '?dryRun=true');
  expect(preview.body).toEqual({
    undoable: 1,
    instanceIds: [untouched],
    skipped: 3,
    reasons: [
      { reason: 'A worker holds one of its tasks', count: 1, instanceIds: [locked] },
      { reason: 'It has ended', count: 1, instanceIds: [ended] },
      { reason: 'It has moved on since its migration', count: 1, instanceIds: [changed] },
    ],
  });
  expect((await api(id)).body).toMatchObject({ undoable: 1, undone: 0 });

  const moved = await rows([locked, changed, ended]);
  const batch = await undo(id);
  expect(await drive(batch.body)).toMatchObject({ total: 4, done: 1, skipped: 3, failed: 0 });
  const failures = (await rest.get(`/../api/batch/${batch.body.id}/failures`)).body;
  expect(new Map(failures.map(({ itemId, reason }: Record<string, string>) => [itemId, reason]))).toEqual(
    new Map([
      [locked, 'A worker holds one of its tasks'],
      [changed, 'It has moved on since its migration'],
      [ended, 'It has ended'],
    ]),
  );
  expect(await rows([untouched])).toEqual(before);
  expect(await rows([locked, changed, ended])).toEqual(moved);
});

test('a worker who held a task before the migration hinders nothing, and holds it afterwards', async () => {
  const id = await start();
  await completeTask(id);
  const [task] = (await rest.get(`/external-task?processInstanceId=${id}`)).body;
  await rest.post(`/external-task/${task.id}/lock`, { workerId: 'w', lockDuration: 100_000 });
  const before = await rows([id]);
  const done = await rest.post('/../api/migration/execute', migration(id));
  expect((await api(done.body.id)).body).toMatchObject({ migrated: 1, undoable: 1 });
  expect(await drive((await undo(done.body.id)).body)).toMatchObject({ done: 1, skipped: 0, failed: 0 });
  expect(await rows([id])).toEqual(before);
});

test('of a batch in which an instance does not fit the others migrate and can be undone', async () => {
  const [good, bad] = [await start(), await start()];
  await completeTask(bad);
  const [{ id: taskId }] = (await rest.get(`/external-task?processInstanceId=${bad}`)).body;
  const body = migration(good, bad);
  body.migrationPlan.instructions = body.migrationPlan.instructions.slice(0, 1);
  const { body: batch } = await rest.post('/migration/executeAsync', body);
  expect(await drive(batch)).toMatchObject({ total: 2, done: 1, failed: 1 });
  const [failure] = (await rest.get(`/../api/batch/${batch.id}/failures`)).body;
  expect(failure).toMatchObject({ itemId: bad, state: 'failed' });
  expect(failure.reason).toContain('There is no migration instruction');
  expect((await rest.get(`/external-task/${taskId}`)).body.processDefinitionId).toBe(definitions[0]);
  expect((await api(batch.id)).body).toMatchObject({ migrated: 1, undoable: 1 });
});

test('of many instances in all states each migrates and comes back, whatever else the server does', async () => {
  const count = rest.config.databaseUrl === null ? 40 : 120;
  const ids: string[] = [];
  while (ids.length < count) ids.push(...(await Promise.all(Array.from({ length: 20 }, start))));
  for (let i = 0; i < ids.length; i += 20)
    await Promise.all(ids.slice(i, i + 20).map((id, at) => (at % 2 === 0 ? completeTask(id) : undefined)));
  const before = await rows(ids);
  const body = { ...migration(), processInstanceIds: ids };
  const dry = (await rest.post('/../api/migration/dry-run', body)).body;
  expect(dry.counts).toEqual({ clean: count, attention: 0, refused: 0 });
  expect(dry.groups.map((group: { count: number }) => group.count)).toEqual([count / 2, count / 2]);
  const { body: batch } = await rest.post('/migration/executeAsync', body);
  expect(await drive(batch)).toMatchObject({ done: count, failed: 0 });
  // Every tenth goes on meanwhile.
  const moved = ids.filter((_, i) => i % 10 === 1);
  await Promise.all(moved.map(completeTask));
  const undone = await undo(batch.id);
  expect(await drive(undone.body)).toMatchObject({ done: count - moved.length, skipped: moved.length, failed: 0 });
  const back = ids.filter((id) => !moved.includes(id));
  const kept = Object.fromEntries(
    Object.entries(before).map(([table, all]) => [
      table,
      all.filter((row) => {
        const { id, process_instance_id: instance } = row as Record<string, string>;
        return back.includes((table === 'process_instance' ? id : instance) ?? '');
      }),
    ]),
  );
  expect(await rows(back)).toEqual(kept);
}, 240_000);

test('an instance that is refused is not tried again by itself; what failed for another reason is', async () => {
  const [good, broken, refused] = [await start(), await start(), await start()];
  await completeTask(refused);
  const asking = (...ids: string[]) => ({
    ...migration(...ids),
    migrationPlan: {
      ...migration().migrationPlan,
      instructions: [{ sourceActivityIds: ['ask'], targetActivityIds: ['ask'] }],
    },
  });
  const failures = async (id: string) =>
    Object.fromEntries(
      (await rest.get(`/../api/batch/${id}/failures`)).body.map((each: Record<string, unknown>) => [
        each['itemId'],
        each,
      ]),
    );
  const run = rest.core.unitOfWork.run.bind(rest.core.unitOfWork);
  let isDown = true;
  const spy = vi.spyOn(rest.core.unitOfWork, 'run').mockImplementation((id, ...more) => {
    return id === broken && isDown ? Promise.reject(new Error('the disk is full')) : run(id, ...more);
  });
  try {
    const { body: batch } = await rest.post('/migration/executeAsync', asking(good, broken, refused));
    const [seed] = (await rest.get(`/job?jobDefinitionId=${batch.seedJobDefinitionId}`)).body;
    await rest.post(`/job/${seed.id}/execute`);
    const [first] = (await rest.get(`/job?jobDefinitionId=${batch.batchJobDefinitionId}`)).body;
    await rest.post(`/job/${first.id}/execute`);
    const found = await failures(batch.id);
    expect(found).toMatchObject({
      [broken]: { reason: 'the disk is full', retries: 2 },
      [refused]: { reason: expect.stringContaining("'call'"), retries: 0 },
    });
    expect((await rest.get(`/../api/batch/${batch.id}`)).body).toMatchObject({
      total: 3,
      done: 1,
      failed: 2,
      skipped: 0,
    });
    isDown = false;
    const open = (await rest.get(`/job?jobDefinitionId=${batch.batchJobDefinitionId}&withRetriesLeft=true`)).body;
    for (const { id } of open) await rest.post(`/job/${id}/execute`);
    expect((await rest.get(`/../api/batch/${batch.id}`)).body).toMatchObject({
      done: 2,
      failed: 1,
      open: 0,
      skipped: 0,
    });
    const { jobId } = found[refused];
    const log = async () =>
      (await rest.get(`/history/job-log?jobId=${jobId}`)).body.filter(
        (entry: Record<string, boolean>) => entry['failureLog'],
      );
    expect(await log()).toHaveLength(0);
    // An operator may try it again, and hears why not; it isn't tried once more after that.
    await rest.put(`/job/${jobId}/retries`, { retries: 3 });
    const again = await rest.post(`/job/${jobId}/execute`);
    expect([again.status, again.body.message]).toEqual([404, expect.stringContaining("'call'")]);
    expect(await failures(batch.id)).toMatchObject({ [refused]: { jobId, retries: 0 } });
    expect(await log()).toHaveLength(1);
    const incidents = 'SELECT 1 FROM incident WHERE configuration = $1';
    expect(await rest.core.database.query(incidents, [jobId])).toHaveLength(1);
    await rest.delete(`/batch/${batch.id}?cascade=true`);
  } finally {
    spy.mockRestore();
  }
});

test('the log of operations tells who migrated, and who took it back', async () => {
  const id = await start();
  await rest.post('/migration/execute', migration(id));
  const [{ id: migrationId }] = (await rest.get(`/../api/migration?processInstanceId=${id}`)).body;
  const log = async (type: string) =>
    (await rest.get(`/history/user-operation?operationType=${type}&sortBy=timestamp&sortOrder=desc`)).body;
  const migrated = await log('Migrate');
  expect(
    migrated
      .slice(0, 3)
      .map((row: Record<string, string>) => `${row['property']} ${row['newValue']}`)
      .sort(),
  ).toEqual(['async false', 'nrOfInstances 1', `processDefinitionId ${definitions[1]}`]);
  expect(migrated[0].userId).toBe('olga');
  const { body } = await undo(migrationId, { annotation: 'a mistake' });
  const [undone] = await log('UndoMigration');
  expect(undone).toMatchObject({ batchId: body.id, annotation: 'a mistake', userId: 'olga' });
});

test('migrations are listed by instance, by definition and by key, be it the source or the target, in pages', async () => {
  const other: string[] = [];
  for (const version of VERSIONS) {
    const { body } = await rest.upload('/deployment/create', { 'listed.bpmn': bpmn('listed', version) });
    other.push(Object.keys(body.deployedProcessDefinitions)[0]!);
  }
  const moved: string[] = [];
  const execute = async (source: string, target: string) => {
    const { body } = await rest.post(`/process-definition/${source}/start`, {});
    const plan = { ...migration(body.id).migrationPlan, sourceProcessDefinitionId: source };
    const done = await rest.post('/../api/migration/execute', {
      migrationPlan: { ...plan, targetProcessDefinitionId: target },
      processInstanceIds: [body.id],
    });
    moved.push(body.id);
    return done.body.id as string;
  };
  const given = VERSIONS[0]!.replaceAll('${given}', 'x');
  const free = await rest.upload('/deployment/create', { 'free.bpmn': bpmn('free', given) });
  const source = Object.keys(free.body.deployedProcessDefinitions)[0]!;
  const first = await execute(source, other[0]!);
  const second = await execute(source, other[1]!);
  const found = async (query: string) =>
    (await rest.get(`/../api/migration?${query}`)).body.map(({ id }: { id: string }) => id);
  expect(await found('processDefinitionKey=listed')).toEqual([second, first]);
  expect(await found('processDefinitionKey=free')).toEqual([second, first]);
  expect(await found('processDefinitionKey=nothing')).toEqual([]);
  expect(await found(`processDefinitionId=${source}`)).toEqual([second, first]);
  expect(await found(`processDefinitionId=${other[0]}`)).toEqual([first]);
  expect(await found(`processDefinitionId=${other[1]}&processInstanceId=${moved[0]}`)).toEqual([]);
  expect(await found(`processDefinitionId=${source}&processInstanceId=${moved[0]}`)).toEqual([first]);
  expect(await found('processDefinitionKey=listed&maxResults=1')).toEqual([second]);
  expect(await found('processDefinitionKey=listed&firstResult=1&maxResults=1')).toEqual([first]);
});

test('snapshots go when they are too old, when the instance has ended, and with their batch', async () => {
  const count = async (id: string) => (await api(id)).body.migrated ?? 0;
  const [ended, old, kept] = [await start(), await start(), await start()];
  const migrated: string[] = [];
  for (const id of [ended, old, kept])
    migrated.push((await rest.post('/../api/migration/execute', migration(id))).body.id);
  await rest.delete(`/process-instance/${ended}`);
  await rest.core.database.query(
    "UPDATE migration_snapshot SET created_at = now() - interval '8 days' WHERE migration_id = $1",
    [migrated[1]],
  );
  await new SnapshotRetention(rest.core.database, new MigrationSettings(7)).sweep();
  expect(await Promise.all(migrated.map(count))).toEqual([0, 0, 1]);

  const again = await start();
  const { body: batch } = await rest.post('/migration/executeAsync', migration(again));
  await drive(batch);
  expect(await count(batch.id)).toBe(1);
  await rest.delete(`/history/batch/${batch.id}`);
  expect(await count(batch.id)).toBe(0);
  expect((await api(batch.id)).status).toBe(404);
});
