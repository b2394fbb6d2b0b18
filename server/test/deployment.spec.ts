import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Core } from '../src/core.js';
import type { DeploymentInput } from '../src/deployment/deployment.service.js';
import { bpmn, dmn, END, files, messageStart, START, sequence, timerStart, USER_TASK } from './support/models.js';
import { openTestCore, type TestCore } from './support/test-core.js';

describe('deployments', () => {
  let host: TestCore;
  let core: Core;

  beforeAll(async () => {
    host = await openTestCore();
    core = host.core;
  });

  afterAll(() => host.close());

  const deploy = (resources: DeploymentInput['resources'], more: Partial<DeploymentInput> = {}) =>
    core.deployments.deploy({
      name: 'test',
      source: null,
      tenantId: null,
      resources,
      duplicateFiltering: false,
      deployChangedOnly: false,
      ...more,
    });
  const one = async (sql: string, ...params: unknown[]) =>
    (await core.database.query<Record<string, unknown>>(sql, params))[0];
  const all = (sql: string, ...params: unknown[]) => core.database.query<Record<string, unknown>>(sql, params);
  const forGood = { cascade: true, skipCustomListeners: false, skipIoMappings: false };

  test('each one makes the next version of its processes', async () => {
    const xml = bpmn('versions', sequence(START, USER_TASK, END), 'name="Counting" camunda:versionTag="v-a"');
    const first = await deploy(files(['versions.bpmn', xml], ['versions.svg', '<svg/>'], ['readme.txt', 'hello']));
    const second = await deploy(files(['versions.bpmn', xml]));
    expect(first.processDefinitions).toMatchObject([
      {
        key: 'versions',
        version: 1,
        name: 'Counting',
        versionTag: 'v-a',
        category: 'http://example.org/tests',
        resourceName: 'versions.bpmn',
        diagramResourceName: 'versions.svg',
        historyTimeToLive: 30,
        suspended: false,
      },
    ]);
    expect(second.processDefinitions).toMatchObject([{ version: 2, diagramResourceName: null }]);
    expect(second.processDefinitions[0]!.id).toMatch(/^versions:2:[0-9a-f-]{36}$/);
    expect(
      await all('SELECT name, bytes FROM resource WHERE deployment_id = $1 ORDER BY position', first.deployment.id),
    ).toEqual([
      { name: 'versions.bpmn', bytes: Buffer.from(xml) },
      { name: 'versions.svg', bytes: Buffer.from('<svg/>') },
      { name: 'readme.txt', bytes: Buffer.from('hello') },
    ]);
  });

  test('many at once are numbered without a gap', async () => {
    const xml = bpmn('crowd', sequence(START, END));
    const results = await Promise.all(Array.from({ length: 5 }, () => deploy(files(['crowd.bpmn', xml]))));
    expect(results.map(({ processDefinitions }) => processDefinitions[0]!.version).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test('with a mistake store nothing', async () => {
    const count = () =>
      one('SELECT (SELECT count(*) FROM deployment) AS deployments, (SELECT count(*) FROM resource) AS resources');
    const before = await count();
    const good = bpmn('good', sequence(START, END));
    await expect(deploy(files(['good.bpmn', good], ['bad.bpmn', '<bpmn:definitions']))).rejects.toMatchObject({
      code: 'PARSE_ERROR',
    });
    await expect(deploy(files(['good.bpmn', good], ['again.bpmn', good]))).rejects.toThrow(
      /'good' is in 'good.bpmn' and in 'again.bpmn'/,
    );
    await expect(deploy(files(['good.bpmn', good], ['good.bpmn', good]))).rejects.toThrow(/'good.bpmn' comes twice/);
    await expect(deploy([])).rejects.toThrow(/at least one resource/);
    expect(await count()).toEqual(before);
  });

  test('of the same files give back the old deployment when duplicates are filtered', async () => {
    const a = (name: string) => bpmn('filtered-a', sequence(START, END), `name="${name}"`);
    const b = bpmn('filtered-b', sequence(START, END));
    const more = { name: 'filtered', source: 'suite', duplicateFiltering: true };
    const first = await deploy(files(['a.bpmn', a('1')], ['b.bpmn', b]), more);
    const same = await deploy(files(['a.bpmn', a('1')], ['b.bpmn', b]), more);
    expect(same).toMatchObject({ deployment: { id: first.deployment.id }, processDefinitions: [] });
    const changed = await deploy(files(['a.bpmn', a('2')], ['b.bpmn', b]), more);
    expect(changed.processDefinitions.map(({ key, version }) => [key, version])).toEqual([
      ['filtered-a', 2],
      ['filtered-b', 2],
    ]);
    const onlyChanged = await deploy(files(['a.bpmn', a('3')], ['b.bpmn', b]), { ...more, deployChangedOnly: true });
    expect(onlyChanged.processDefinitions.map(({ key, version }) => [key, version])).toEqual([['filtered-a', 3]]);
    // b comes from the deployment before the last one.
    const nothing = await deploy(files(['a.bpmn', a('3')], ['b.bpmn', b]), { ...more, deployChangedOnly: true });
    expect(nothing).toMatchObject({ deployment: { id: onlyChanged.deployment.id }, processDefinitions: [] });
    const otherSource = await deploy(files(['b.bpmn', b]), { ...more, source: 'elsewhere' });
    expect(otherSource.processDefinitions).toHaveLength(1);
  });

  test('pin what a process calls to the version at that time', async () => {
    const child = bpmn('pinned-child', sequence(START, END));
    const parent = bpmn(
      'pinned-parent',
      sequence(START, '<bpmn:callActivity id="call" calledElement="pinned-child" />', END),
    );
    const early = await deploy(files(['parent.bpmn', parent]));
    expect(early.warnings).toMatchObject([
      { resourceName: 'parent.bpmn', elementId: 'call', message: expect.stringContaining("'pinned-child'") },
    ]);
    const alone = await deploy(files(['child.bpmn', child]));
    const late = await deploy(files(['parent.bpmn', parent]));
    expect(late.warnings).toEqual([]);
    await deploy(files(['child.bpmn', child]));
    const together = await deploy(files(['parent.bpmn', parent], ['child.bpmn', child]));
    const target = (definition: { id: string }) =>
      one('SELECT target_definition_id AS id FROM call_binding WHERE process_definition_id = $1', definition.id);
    expect(await target(early.processDefinitions[0]!)).toBeUndefined();
    expect(await target(late.processDefinitions[0]!)).toEqual({ id: alone.processDefinitions[0]!.id });
    const own = together.processDefinitions.find(({ key }) => key === 'pinned-child')!;
    expect(await target(together.processDefinitions[0]!)).toEqual({ id: own.id });
  });

  test('keep a running version on what it was deployed with, until the model says latest', async () => {
    const child = (name: string) => bpmn('release-child', sequence(START, USER_TASK, END), `name="${name}"`);
    const call = (id: string, more = '') => `<bpmn:callActivity id="${id}" calledElement="release-child" ${more} />`;
    const parent = (key: string, more?: string) => bpmn(key, sequence(START, call('call', more), END));
    const { processDefinitions } = await deploy(
      files(
        ['child.bpmn', child('one')],
        ['pinned.bpmn', parent('release-pinned')],
        ['latest.bpmn', parent('release-latest', 'camunda:calledElementBinding="latest"')],
        [
          'version.bpmn',
          parent('release-version', 'camunda:calledElementBinding="version" camunda:calledElementVersion="2"'),
        ],
        ['deployment.bpmn', parent('release-deployment', 'camunda:calledElementBinding="deployment"')],
      ),
    );
    await deploy(files(['child.bpmn', child('two')]));
    await deploy(files(['child.bpmn', child('three')]));
    const called: Record<string, unknown> = {};
    for (const { id, key } of processDefinitions.filter((definition) => definition.key !== 'release-child')) {
      const { instanceId } = await core.unitOfWork.start({ definitionId: id, businessKey: null, tenantId: null });
      const row = await one(
        `SELECT d.name FROM process_instance i JOIN process_definition d ON d.id = i.process_definition_id WHERE i.super_process_instance_id = $1`,
        instanceId,
      );
      called[key] = row?.['name'];
    }
    expect(called).toEqual({
      'release-pinned': 'one',
      'release-latest': 'three',
      'release-version': 'two',
      'release-deployment': 'one',
    });
  });

  test('bring decisions, which are pinned like called processes', async () => {
    const rule =
      '<bpmn:businessRuleTask id="decide" camunda:decisionRef="greeting" camunda:mapDecisionResult="singleEntry" camunda:resultVariable="said" />';
    const xml = bpmn('greeter', sequence(START, rule, USER_TASK, END));
    const first = await deploy(files(['greeting.dmn', dmn('greeting', 'hello')], ['greeter.bpmn', xml]));
    expect(first.decisionDefinitions).toMatchObject([
      {
        key: 'greeting',
        version: 1,
        name: 'Greeting',
        resourceName: 'greeting.dmn',
        category: 'http://example.org/decisions',
      },
    ]);
    const second = await deploy(files(['greeting.dmn', dmn('greeting', 'good day')]));
    expect(second.decisionDefinitions).toMatchObject([{ key: 'greeting', version: 2 }]);
    const { instanceId } = await core.unitOfWork.start({
      definitionId: first.processDefinitions[0]!.id,
      businessKey: null,
      tenantId: null,
    });
    expect(
      await one(`SELECT text_value AS said FROM variable WHERE process_instance_id = $1 AND name = 'said'`, instanceId),
    ).toEqual({ said: 'hello' });
  });

  test('hand start messages and start timers to the newest version, and back when it is deleted', async () => {
    const message = bpmn('by-message', sequence(messageStart(), END));
    const timer = bpmn('by-timer', sequence(timerStart('R/PT1H'), END));
    const resources = files(['message.bpmn', message], ['timer.bpmn', timer]);
    const first = await deploy(resources);
    const second = await deploy(resources);
    const triggers = async () => ({
      messages: await all(
        `SELECT process_definition_id AS id, event_name AS name FROM event_subscription WHERE process_definition_key = 'by-message'`,
      ),
      timers: await all(
        `SELECT process_definition_id AS id, type, repeat IS NOT NULL AS repeats, due_date > now() AS later FROM job WHERE process_definition_key = 'by-timer'`,
      ),
    });
    const of = ({ processDefinitions: [a, b] }: typeof first) => ({
      messages: [{ id: a!.id, name: 'order placed' }],
      timers: [{ id: b!.id, type: 'timer-start-event', repeats: true, later: true }],
    });
    expect(await triggers()).toEqual(of(second));
    await core.deployments.delete(second.deployment.id, forGood);
    expect(await triggers()).toEqual(of(first));
    await core.deployments.delete(first.deployment.id, forGood);
    expect(await triggers()).toEqual({ messages: [], timers: [] });
  });

  test('are refused when another process starts by the same message', async () => {
    const owner = await deploy(files(['owner.bpmn', bpmn('message-owner', sequence(messageStart(), END))]));
    const rival = deploy(files(['rival.bpmn', bpmn('message-rival', sequence(messageStart(), END))]));
    await expect(rival).rejects.toThrow(/'order placed', but process 'message-owner' has one/);
    await core.deployments.delete(owner.deployment.id, forGood);
  });

  test('can only be deleted with their running instances', async () => {
    const { deployment, processDefinitions } = await deploy(
      files(['used.bpmn', bpmn('used', sequence(START, USER_TASK, END))]),
    );
    const definitionId = processDefinitions[0]!.id;
    const { instanceId } = await core.unitOfWork.start({ definitionId, businessKey: null, tenantId: null });
    await expect(core.deployments.delete(deployment.id, { ...forGood, cascade: false })).rejects.toMatchObject({
      code: 'DEFINITION_IN_USE',
    });
    await expect(
      core.deployments.deleteDefinitions([definitionId], { ...forGood, cascade: false }),
    ).rejects.toMatchObject({ code: 'DEFINITION_IN_USE' });
    await core.deployments.delete(deployment.id, forGood);
    for (const table of [
      'process_instance',
      'user_task',
      'historic_process_instance',
      'historic_activity_instance',
      'historic_task',
    ])
      expect(
        await one(`SELECT count(*)::integer AS rows FROM ${table} WHERE process_definition_id = $1`, definitionId),
        table,
      ).toEqual({ rows: 0 });
    await expect(core.unitOfWork.run(instanceId, { kind: 'setBusinessKey', businessKey: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(core.deployments.delete(deployment.id, forGood)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('without cascade leave the history of ended instances', async () => {
    const { deployment, processDefinitions } = await deploy(files(['past.bpmn', bpmn('past', sequence(START, END))]));
    await core.unitOfWork.start({ definitionId: processDefinitions[0]!.id, businessKey: null, tenantId: null });
    await core.deployments.delete(deployment.id, { ...forGood, cascade: false });
    expect(await one(`SELECT state FROM historic_process_instance WHERE process_definition_key = 'past'`)).toEqual({
      state: 'COMPLETED',
    });
  });

  test('suspended definitions start nothing, and take their instances along on request', async () => {
    const { processDefinitions } = await deploy(
      files(['paused.bpmn', bpmn('paused', sequence(START, USER_TASK, END))]),
    );
    const definitionId = processDefinitions[0]!.id;
    const start = () => core.unitOfWork.start({ definitionId, businessKey: null, tenantId: null });
    await start();
    const set = (suspended: boolean, includeProcessInstances: boolean) =>
      core.deployments.suspendDefinition(definitionId, { suspended, includeProcessInstances, executionDate: null });
    const tasks = () => all('SELECT suspended FROM user_task WHERE process_definition_id = $1', definitionId);
    await set(true, false);
    await expect(start()).rejects.toMatchObject({ code: 'SUSPENDED' });
    expect(await tasks()).toEqual([{ suspended: false }]);
    await set(true, true);
    expect(await tasks()).toEqual([{ suspended: true }]);
    await core.deployments.suspendDefinitionsByKey(
      { key: 'paused', tenant: null },
      {
        suspended: false,
        includeProcessInstances: true,
        executionDate: null,
      },
    );
    expect(await tasks()).toEqual([{ suspended: false }]);
    await start();
    await expect(
      set(true, false).then(() =>
        core.deployments.suspendDefinition('no', {
          suspended: true,
          includeProcessInstances: false,
          executionDate: null,
        }),
      ),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
