import type { CommandResult } from '@millrace/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Core } from '../src/core.js';
import { bpmn, END, files, START, sequence, USER_TASK } from './support/models.js';
import { openTestCore, type TestCore } from './support/test-core.js';

const text = (value: string) => ({ type: 'String', value }) as const;

describe('a unit of work', () => {
  let host: TestCore;
  let core: Core;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    host = await openTestCore();
    core = host.core;
    const service = '<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="errands" />';
    const fork = `${START}<bpmn:parallelGateway id="fork" /><bpmn:userTask id="a" /><bpmn:userTask id="b" /><bpmn:parallelGateway id="join" />${END}
      <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="fork" /><bpmn:sequenceFlow id="f2" sourceRef="fork" targetRef="a" />
      <bpmn:sequenceFlow id="f3" sourceRef="fork" targetRef="b" /><bpmn:sequenceFlow id="f4" sourceRef="a" targetRef="join" />
      <bpmn:sequenceFlow id="f5" sourceRef="b" targetRef="join" /><bpmn:sequenceFlow id="f6" sourceRef="join" targetRef="end" />`;
    const call = (key: string) =>
      `<bpmn:callActivity id="call" calledElement="${key}"><bpmn:extensionElements><camunda:in variables="all" /><camunda:out variables="all" /></bpmn:extensionElements></bpmn:callActivity>`;
    const { processDefinitions } = await core.deployments.deploy({
      name: 'unit-of-work',
      source: null,
      tenantId: null,
      duplicateFiltering: false,
      deployChangedOnly: false,
      resources: files(
        ['simple.bpmn', bpmn('simple', sequence(START, USER_TASK, END))],
        ['forked.bpmn', bpmn('forked', fork)],
        ['errand.bpmn', bpmn('errand', sequence(START, service, END))],
        ['child.bpmn', bpmn('child', sequence(START, USER_TASK, END))],
        [
          'quick.bpmn',
          bpmn(
            'quick',
            sequence(
              START,
              '<bpmn:scriptTask id="double" scriptFormat="javascript"><bpmn:script>execution.setVariable("doubled", 2 * execution.getVariable("n"))</bpmn:script></bpmn:scriptTask>',
              END,
            ),
          ),
        ],
        ['parent.bpmn', bpmn('parent', sequence(START, call('child'), END))],
        ['hurry.bpmn', bpmn('hurry', sequence(START, call('quick'), USER_TASK, END))],
        [
          'broken.bpmn',
          bpmn(
            'broken',
            sequence(
              START,
              USER_TASK,
              '<bpmn:scriptTask id="throws" scriptFormat="javascript"><bpmn:script>throw new Error("out of paper")</bpmn:script></bpmn:scriptTask>',
              END,
            ),
          ),
        ],
      ),
    });
    for (const { key, id } of processDefinitions) ids.set(key, id);
  });

  afterAll(() => host.close());

  const start = (key: string, variables = {}) =>
    core.unitOfWork.start({ definitionId: ids.get(key)!, businessKey: null, tenantId: null, variables });
  const one = async <T = Record<string, unknown>>(sql: string, ...params: unknown[]) =>
    (await core.database.query<T>(sql, params))[0]!;
  const taskOf = async (instanceId: string, element = 'task', on = core) => {
    const [row] = await on.database.query<{ id: string }>(
      'SELECT id FROM user_task WHERE process_instance_id = $1 AND element_id = $2',
      [instanceId, element],
    );
    return row!.id;
  };
  const complete = async (instanceId: string, element?: string, on = core): Promise<CommandResult> =>
    on.unitOfWork.run(instanceId, { kind: 'completeTask', taskId: await taskOf(instanceId, element, on) });
  const everything = (instanceId: string) =>
    one(
      `SELECT (SELECT count(*)::integer FROM process_instance WHERE id = $1) AS instances, (SELECT count(*)::integer FROM user_task WHERE process_instance_id = $1) AS tasks,
         (SELECT count(*)::integer FROM variable WHERE process_instance_id = $1) AS variables`,
      instanceId,
    );

  test('stores an instance with what it waits for, and takes it all away at its end', async () => {
    const { instanceId, result, state } = await start('simple', {
      who: text('Anna'),
      n: { type: 'Long', value: '9007199254740993' },
    });
    expect(result.ended).toBe(false);
    expect(state?.id).toBe(instanceId);
    expect(await everything(instanceId)).toEqual({ instances: 1, tasks: 1, variables: 2 });
    const ended = await complete(instanceId);
    expect(ended.ended).toBe(true);
    expect(await everything(instanceId)).toEqual({ instances: 0, tasks: 0, variables: 0 });
    expect(
      await one(
        'SELECT state, start_activity_id, end_activity_id FROM historic_process_instance WHERE id = $1',
        instanceId,
      ),
    ).toEqual({
      state: 'COMPLETED',
      start_activity_id: 'start',
      end_activity_id: 'end',
    });
    expect(
      await one(
        `SELECT type, text_value AS text, number_value AS number FROM historic_variable WHERE process_instance_id = $1 AND name = 'n'`,
        instanceId,
      ),
    ).toEqual({
      type: 'Long',
      text: '9007199254740993',
      number: 9007199254740992,
    });
  });

  test('reads an instance back as it was stored', async () => {
    const { instanceId } = await start('simple', {
      who: text('Größe "x"'),
      yes: { type: 'Boolean', value: false },
      when: { type: 'Date', value: '2026-01-02T03:04:05.678Z' },
      doc: { type: 'File', value: 'aGk=', valueInfo: { filename: 'hi.txt', mimeType: 'text/plain' } },
      nothing: { type: 'Null', value: null },
    });
    core.unitOfWork.forgetStates();
    const { variables } = await core.unitOfWork.run(instanceId, {
      kind: 'completeTask',
      taskId: await taskOf(instanceId),
      variables: { who: text('Bert') },
    });
    expect(variables).toMatchObject({
      who: text('Bert'),
      yes: { type: 'Boolean', value: false },
      when: { type: 'Date', value: '2026-01-02T03:04:05.678Z' },
      doc: { type: 'File', value: 'aGk=', valueInfo: { filename: 'hi.txt', mimeType: 'text/plain' } },
      nothing: { type: 'Null', value: null },
    });
  });

  test('that fails writes nothing', async () => {
    const { instanceId } = await start('broken');
    const taskId = await taskOf(instanceId);
    const before = await one('SELECT revision, state FROM process_instance WHERE id = $1', instanceId);
    const failing = core.unitOfWork.run(instanceId, { kind: 'completeTask', taskId, variables: { late: text('x') } });
    await expect(failing).rejects.toThrow(/out of paper/);
    expect(await one('SELECT revision, state FROM process_instance WHERE id = $1', instanceId)).toEqual(before);
    expect(await everything(instanceId)).toEqual({ instances: 1, tasks: 1, variables: 0 });
    expect(await one('SELECT ended_at FROM historic_task WHERE id = $1', taskId)).toEqual({ ended_at: null });
  });

  test('is answered only when it is committed', async () => {
    const { instanceId } = await start('simple');
    let isLocked = () => {};
    let release = () => {};
    const locked = new Promise<void>((done) => {
      isLocked = done;
    });
    const released = new Promise<void>((done) => {
      release = done;
    });
    // Somebody else holds the row, so that the commit can't be done yet.
    const holding = core.database.transaction(async (tx) => {
      await tx.query('SELECT id FROM process_instance WHERE id = $1 FOR UPDATE', [instanceId]);
      isLocked();
      await released;
    });
    await locked;
    let isAnswered = false;
    const answer = core.unitOfWork.run(instanceId, { kind: 'setBusinessKey', businessKey: 'late' }).then(() => {
      isAnswered = true;
    });
    for (let turn = 0; turn < 50; turn++) await new Promise((done) => setImmediate(done));
    expect(isAnswered).toBe(false);
    release();
    await Promise.all([holding, answer]);
    expect(await one('SELECT business_key FROM process_instance WHERE id = $1', instanceId)).toEqual({
      business_key: 'late',
    });
  });

  test('whose lock is gone writes nothing, and harms nobody who is committed with it', async () => {
    const [first, second] = [await start('errand'), await start('errand')];
    const idOf = async ({ instanceId }: { instanceId: string }) =>
      (await one<{ id: string }>('SELECT id FROM external_task WHERE process_instance_id = $1', instanceId)).id;
    const [mine, lost] = [await idOf(first), await idOf(second)];
    await core.database.query("UPDATE external_task SET worker_id = 'w1' WHERE id = ANY($1)", [[mine, lost]]);
    const finish = (instanceId: string, externalTaskId: string, holder: string) =>
      core.unitOfWork.run(
        instanceId,
        { kind: 'completeExternalTask', externalTaskId },
        { guards: [{ kind: 'externalTask', id: externalTaskId, holder }] },
      );
    const [done, refused] = await Promise.allSettled([
      finish(first.instanceId, mine, 'w1'),
      finish(second.instanceId, lost, 'w2'),
    ]);
    expect(done.status).toBe('fulfilled');
    expect(refused).toMatchObject({ status: 'rejected', reason: { name: 'GuardFailed', id: lost } });
    expect(await everything(first.instanceId)).toMatchObject({ instances: 0 });
    expect(await everything(second.instanceId)).toMatchObject({ instances: 1 });
  });

  test('with text that no database can hold harms nobody who is committed with it', async () => {
    const [good, bad] = [await start('simple'), await start('simple')];
    const set = (instanceId: string, value: string) =>
      core.unitOfWork.run(instanceId, {
        kind: 'setVariables',
        scopeId: instanceId,
        local: false,
        set: { v: text(value) },
      });
    const results = await Promise.allSettled([set(good.instanceId, 'fine'), set(bad.instanceId, 'a\u0000b')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await everything(good.instanceId)).toMatchObject({ variables: 1 });
    expect(await everything(bad.instanceId)).toMatchObject({ variables: 0 });
  });

  test('refuses text that no database can hold, and changes nothing', async () => {
    const { instanceId } = await start('simple');
    const failing = core.unitOfWork.run(instanceId, {
      kind: 'setVariables',
      scopeId: instanceId,
      local: false,
      set: { bad: text('a\u0000b') },
    });
    await expect(failing).rejects.toMatchObject({
      code: 'INVALID_COMMAND',
      message: expect.stringContaining('U+0000'),
    });
    expect(await everything(instanceId)).toEqual({ instances: 1, tasks: 1, variables: 0 });
  });

  test('includes the whole family: the caller goes on in the same transaction as the called instance ends', async () => {
    const { instanceId } = await start('parent', { who: text('Anna') });
    const child = await one<{ id: string; root: string }>(
      'SELECT id, root_process_instance_id AS root FROM process_instance WHERE super_process_instance_id = $1',
      instanceId,
    );
    expect(child.root).toBe(instanceId);
    expect(await one('SELECT text_value AS who FROM variable WHERE process_instance_id = $1', child.id)).toEqual({
      who: 'Anna',
    });
    const objection = core.unitOfWork.run(
      child.id,
      { kind: 'completeTask', taskId: await taskOf(child.id) },
      { guards: [{ kind: 'job', id: 'no-such-job', holder: 'nobody' }] },
    );
    await expect(objection).rejects.toMatchObject({ name: 'GuardFailed' });
    expect(
      await one(
        'SELECT count(*)::integer AS running FROM process_instance WHERE root_process_instance_id = $1',
        instanceId,
      ),
    ).toEqual({ running: 2 });
    await complete(child.id);
    expect(
      await one(
        'SELECT count(*)::integer AS running FROM process_instance WHERE root_process_instance_id = $1',
        instanceId,
      ),
    ).toEqual({ running: 0 });
    expect(
      await one(
        `SELECT count(*)::integer AS done FROM historic_process_instance WHERE root_process_instance_id = $1 AND state = 'COMPLETED'`,
        instanceId,
      ),
    ).toEqual({ done: 2 });
  });

  test('answers with what the caller has become when the called instance ends at once', async () => {
    const { instanceId, result } = await start('hurry', { n: { type: 'Integer', value: 21 } });
    expect(result.variables['doubled']).toMatchObject({ value: 42 });
    expect(await everything(instanceId)).toMatchObject({ instances: 1, tasks: 1 });
  });

  test('of two at the same time on one instance, both take effect', async () => {
    const { instanceId } = await start('forked');
    const results = await Promise.all([complete(instanceId, 'a'), complete(instanceId, 'b')]);
    expect(results.map(({ ended }) => ended).sort()).toEqual([false, true]);
    expect(await everything(instanceId)).toEqual({ instances: 0, tasks: 0, variables: 0 });
  });

  test('completes a task once, however many ask', async () => {
    const { instanceId } = await start('simple');
    const taskId = await taskOf(instanceId);
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => core.unitOfWork.run(instanceId, { kind: 'completeTask', taskId })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('tells of the work that it made', async () => {
    const topics: string[] = [];
    const stop = core.commitEvents.on('externalTasks', (changed) => topics.push(...changed));
    const { instanceId } = await start('errand');
    expect(topics).toEqual(['errands']);
    const { id } = await one<{ id: string }>('SELECT id FROM external_task WHERE process_instance_id = $1', instanceId);
    await core.unitOfWork.run(instanceId, {
      kind: 'failExternalTask',
      externalTaskId: id,
      retries: 1,
      retryTimeoutMs: 0,
      errorMessage: 'x',
      errorDetails: null,
    });
    expect(topics).toEqual(['errands', 'errands']);
    stop();
  });

  test('decides again on what another server has stored meanwhile', async () => {
    const { instanceId } = await start('forked');
    const other = await host.openSecond();
    if (!other) {
      // The embedded database has one server; its rows can still change under a cached state.
      await core.database.query('UPDATE process_instance SET revision = revision + 1 WHERE id = $1', [instanceId]);
      await complete(instanceId, 'a');
      expect(await one('SELECT revision FROM process_instance WHERE id = $1', instanceId)).toEqual({ revision: 3 });
      return;
    }
    await complete(instanceId, 'a', other);
    expect((await complete(instanceId, 'b')).ended).toBe(true);
  });

  test('of two servers at the same time both take effect', async () => {
    const other = await host.openSecond();
    if (!other) return;
    for (let round = 0; round < 10; round++) {
      const { instanceId } = await start('forked');
      await Promise.all([complete(instanceId, 'a'), complete(instanceId, 'b', other)]);
      expect(await everything(instanceId)).toEqual({ instances: 0, tasks: 0, variables: 0 });
    }
  });

  test('gives up after some tries when the instance keeps changing', async () => {
    const { instanceId } = await start('simple');
    // Whatever is decided, the row is one revision further when it's to be stored.
    await core.database.query(`CREATE FUNCTION keep_changing() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RETURN CASE WHEN NEW.business_key = 'mine' THEN NULL ELSE NEW END; END $$`);
    await core.database.query(
      'CREATE TRIGGER keep_changing BEFORE UPDATE ON process_instance FOR EACH ROW EXECUTE FUNCTION keep_changing()',
    );
    const busy = core.unitOfWork.run(instanceId, { kind: 'setBusinessKey', businessKey: 'mine' });
    await expect(busy).rejects.toMatchObject({ code: 'OPTIMISTIC_LOCKING', message: expect.stringMatching(/5 times/) });
    await core.database.query('DROP TRIGGER keep_changing ON process_instance');
    await core.unitOfWork.run(instanceId, { kind: 'setBusinessKey', businessKey: 'mine' });
    expect(await one('SELECT business_key FROM process_instance WHERE id = $1', instanceId)).toEqual({
      business_key: 'mine',
    });
  });

  test('commands that wait for one instance are decided on each other and committed together', async () => {
    const { instanceId } = await start('simple');
    const before = await one<{ revision: number }>('SELECT revision FROM process_instance WHERE id = $1', instanceId);
    const set = (name: string) =>
      core.unitOfWork.run(instanceId, {
        kind: 'setVariables',
        scopeId: instanceId,
        local: false,
        set: { [name]: text(name) },
      });
    const unknown = core.unitOfWork.run(instanceId, { kind: 'completeTask', taskId: 'nobody' });
    const names = Array.from({ length: 50 }, (_, i) => `v${i}`);
    const results = await Promise.allSettled([unknown, ...names.map(set)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', ...names.map(() => 'fulfilled')]);
    expect(await everything(instanceId)).toEqual({ instances: 1, tasks: 1, variables: 50 });
    const after = await one<{ revision: number }>('SELECT revision FROM process_instance WHERE id = $1', instanceId);
    expect(after.revision - before.revision).toBeLessThan(10);
  });
});
