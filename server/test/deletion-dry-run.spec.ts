import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';

/** A parent that calls a child that calls a grandchild, each deployed by itself. */
describe('what a deletion would do', () => {
  let server: RestServer;
  let counter = 0;
  let names: { parent: string; child: string; grandchild: string };
  let ids: { parent: string; child: string; grandchild: string };
  let instances: { parent: string; child: string; grandchild: string };

  beforeAll(async () => {
    server = await startRestServer();
  });
  afterAll(() => server.close());

  const call = (key: string) => sequence(START, `<bpmn:callActivity id="call" calledElement="${key}" />`, END);
  const versionOf = async (key: string) =>
    (await server.get(`/process-definition?key=${key}&latestVersion=true`)).body[0];
  const deploymentOf = async (key: string): Promise<string> => (await versionOf(key)).deploymentId;
  const idOf = async (key: string): Promise<string> => (await versionOf(key)).id;
  const instancesOf = async (key: string) =>
    (await server.get(`/process-instance?processDefinitionKey=${key}`)).body.map(({ id }: { id: string }) => id);
  /** All that a deletion could change. */
  const everything = async () => {
    const paths = [
      '/deployment?sortBy=id&sortOrder=asc',
      '/process-definition?sortBy=id&sortOrder=asc',
      '/decision-definition?sortBy=id&sortOrder=asc',
      '/process-instance?sortBy=instanceId&sortOrder=asc',
      '/history/process-instance?sortBy=instanceId&sortOrder=asc',
      '/history/user-operation',
      `/../api/release/${await deploymentOf(names.parent)}/graph`,
    ];
    return Promise.all(paths.map(async (path) => (await server.get(path)).body));
  };
  /** The answer of the dry run, after which nothing is different. */
  const dry = async (path: string) => {
    const before = await everything();
    const { status, body } = await server.delete(`${path}${path.includes('?') ? '&' : '?'}dryRun=true`);
    expect(status).toBe(200);
    expect(await everything()).toEqual(before);
    return body;
  };

  beforeEach(async () => {
    const n = ++counter;
    names = { parent: `parent-${n}`, child: `child-${n}`, grandchild: `grandchild-${n}` };
    const { parent, child, grandchild } = names;
    await server.deploy([`${grandchild}.bpmn`, bpmn(grandchild, sequence(START, USER_TASK, END))]);
    await server.deploy([`${child}.bpmn`, bpmn(child, call(grandchild), 'camunda:versionTag="1.0"')]);
    await server.deploy([`${parent}.bpmn`, bpmn(parent, call(child))]);
    await server.start(parent);
    ids = { parent: await idOf(parent), child: await idOf(child), grandchild: await idOf(grandchild) };
    const [[p], [c], [g]] = await Promise.all([instancesOf(parent), instancesOf(child), instancesOf(grandchild)]);
    instances = { parent: p, child: c, grandchild: g };
  });

  test('of a deployment that is used: what refuses it, word for word, and that it lets the callers loose', async () => {
    const path = `/deployment/${await deploymentOf(names.child)}`;
    const preview = await dry(path);
    const refused = await server.delete(path);
    expect(refused.status).toBe(400);
    expect(preview).toEqual({
      dryRun: true,
      type: 'deployment-deletion',
      count: 1,
      ids: [ids.child],
      refusal: refused.body.message,
      processDefinitions: [
        { id: ids.child, key: names.child, version: 1, versionTag: '1.0', instances: 1, endedInstances: 0 },
      ],
      decisionDefinitions: [],
      resources: [`${names.child}.bpmn`],
      deletesHistory: false,
      calledInstances: [],
      cancelledCalls: [],
      unpinnedCalls: [{ processDefinitionId: ids.parent, activityId: 'call', targetDefinitionId: ids.child }],
    });
  });

  test('with cascade: the instances, those that they called and the calls that end; and then it is so', async () => {
    const path = `/deployment/${await deploymentOf(names.child)}?cascade=true`;
    const preview = await dry(path);
    expect(preview).toMatchObject({
      refusal: null,
      deletesHistory: true,
      calledInstances: [{ processDefinitionId: ids.grandchild, processDefinitionVersion: 1, instances: 1 }],
      cancelledCalls: [{ processDefinitionId: ids.parent, processDefinitionKey: names.parent, instances: 1 }],
    });
    expect((await server.delete(path)).status).toBe(204);
    expect(await instancesOf(names.grandchild)).toEqual([]);
    const state = async (id: string) => (await server.get(`/history/process-instance/${id}`)).body.state;
    expect(await state(instances.grandchild)).toBe('EXTERNALLY_TERMINATED');
    expect((await server.get(`/history/process-instance/${instances.child}`)).status).toBe(404);
    const parents = await server.get(`/history/activity-instance?processInstanceId=${instances.parent}`);
    expect(parents.body).toContainEqual(expect.objectContaining({ activityId: 'call', canceled: true }));
  });

  test('of a deployment: its decisions and files, and calls that are pinned to its decisions', async () => {
    const n = counter;
    const dmn = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
      <decision id="score-${n}" name="s"><literalExpression id="l"><text>1</text></literalExpression></decision></definitions>`;
    await server.deploy([`score-${n}.dmn`, dmn], ['note.txt', 'hi']);
    const asking = `<bpmn:businessRuleTask id="ask" camunda:decisionRef="score-${n}" />`;
    await server.deploy([`asks-${n}.bpmn`, bpmn(`asks-${n}`, sequence(START, asking, END))]);
    const [decision] = (await server.get(`/decision-definition?key=score-${n}`)).body;
    expect(await dry(`/deployment/${decision.deploymentId}`)).toMatchObject({
      count: 0,
      refusal: null,
      decisionDefinitions: [{ id: decision.id, key: `score-${n}`, version: 1 }],
      resources: ['note.txt', `score-${n}.dmn`],
      unpinnedCalls: [
        { processDefinitionId: await idOf(`asks-${n}`), activityId: 'ask', targetDefinitionId: decision.id },
      ],
    });
  });

  test('of one version by its id: its file stays in its deployment', async () => {
    const path = `/process-definition/${ids.grandchild}`;
    const preview = await dry(path);
    expect(preview).toMatchObject({
      type: 'process-definition-deletion',
      ids: [ids.grandchild],
      refusal: (await server.delete(path)).body.message,
      resources: [],
    });
    expect((await dry(`${path}?cascade=true`)).refusal).toBeNull();
    expect((await server.delete(`${path}?cascade=true`)).status).toBe(200);
    expect(await instancesOf(names.parent)).toEqual([]);
  });

  test('of all versions of a key: running and ended instances by version', async () => {
    const { grandchild } = names;
    const [task] = (await server.get(`/task?processInstanceId=${instances.grandchild}`)).body;
    await server.post(`/task/${task.id}/complete`, {});
    await server.deploy([`${grandchild}.bpmn`, bpmn(grandchild, sequence(START, '<bpmn:userTask id="other" />', END))]);
    await server.start(grandchild);
    const path = `/process-definition/key/${grandchild}`;
    const preview = await dry(path);
    expect(preview.processDefinitions).toMatchObject([
      { id: ids.grandchild, version: 1, instances: 0, endedInstances: 1 },
      { instances: 1, endedInstances: 0 },
    ]);
    const before = await everything();
    const refused = await server.delete(path);
    expect(refused.body.message).toBe(preview.refusal);
    // Version 1 isn't used, and stays all the same.
    expect(await everything()).toEqual(before);
    expect((await dry(`${path}?cascade=true`)).refusal).toBeNull();
    expect((await server.delete(`${path}?cascade=true`)).status).toBe(204);
    expect((await server.get(`/process-definition/count?key=${grandchild}`)).body.count).toBe(0);
  });

  test('an unknown one is unknown to the dry run, too', async () => {
    expect((await server.delete('/deployment/nowhere?dryRun=true')).status).toBe(404);
    expect((await server.delete('/process-definition/nowhere?dryRun=true')).status).toBe(404);
    expect((await server.delete('/process-definition/key/nowhere?dryRun=true')).status).toBe(404);
  });
});
