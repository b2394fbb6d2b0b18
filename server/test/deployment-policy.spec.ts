import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, END, messageStart, START, sequence, timerStart, USER_TASK } from './support/models.js';
import { policyClient } from './support/policy-client.js';
import { type RestServer, startRestServer } from './support/rest-server.js';
import { until } from './support/until.js';

const user = (id: string) => `<bpmn:userTask id="${id}" />`;
const process = (key: string, ...tasks: string[]) => bpmn(key, sequence(START, ...tasks.map(user), END));

describe('a deployment policy', () => {
  let server: RestServer;
  let client: ReturnType<typeof policyClient>;

  beforeAll(async () => {
    server = await startRestServer({ JOB_EXECUTOR: 'on' });
    client = policyClient(server);
  });

  afterAll(() => server.close());

  const definitionOf = async (id: string) => (await server.get(`/process-instance/${id}`)).body.definitionId;
  const completeTask = async (id: string) => {
    const [task] = (await server.get(`/task?processInstanceId=${id}`)).body;
    expect((await server.post(`/task/${task.id}/complete`)).status).toBe(204);
  };
  const batchEnded = (id: string) =>
    until('the batch to end', async () => {
      const { body } = await client.api('GET', `/batch/${id}`);
      return body.endTime !== null && body;
    });

  test('is manual where none is named: versions stay as they are, and the answer is as ever', async () => {
    const first = (await client.deploy(process('manual', 'a'))).id;
    const running = await server.start('manual');
    const { id: second, body } = await client.deploy(process('manual', 'a'));
    expect(body).not.toHaveProperty('introductions');
    expect([await client.stateOf(first), await client.stateOf(second)]).toEqual(['active', 'active']);
    expect(await definitionOf(running)).toBe(first);
    expect(await definitionOf(await server.start('manual'))).toBe(second);
    const named = await client.deploy(process('manual', 'a'), { 'deployment-policy': 'manual' });
    expect(named.body).not.toHaveProperty('introductions');
  });

  test('drain lets running instances end on their version, and nobody else begin there', async () => {
    const first = (await client.deploy(process('drained', 'a'))).id;
    const second = (await client.deploy(process('drained', 'a'))).id;
    const running = [];
    for (const id of [first, second]) running.push((await server.post(`/process-definition/${id}/start`)).body.id);
    const { id: third, body } = await client.deploy(process('drained', 'b'), { 'deployment-policy': 'drain' });
    expect(body.introductions).toEqual([
      {
        processDefinitionId: third,
        key: 'drained',
        state: 'active',
        draining: [first, second].map((id) => ({ processDefinitionId: id, instances: null, migrationBatchId: null })),
      },
    ]);
    expect([await client.stateOf(first), await client.stateOf(second)]).toEqual(['draining', 'draining']);
    expect(await server.post(`/process-definition/${first}/start`)).toMatchObject({ status: 400 });
    expect(await definitionOf(await server.start('drained'))).toBe(third);
    for (const id of running) await completeTask(id);
    expect(await client.stateOf(first)).toBe('drained');
  });

  test('auto-compatible migrates what fits, leaves the rest with reasons, and can be undone', async () => {
    const first = (await client.deploy(process('auto', 'a', 'b', 'c'))).id;
    const atA = [await server.start('auto'), await server.start('auto'), await server.start('auto')];
    const atB = [await server.start('auto'), await server.start('auto')];
    for (const id of atB) await completeTask(id);
    const next = process('auto', 'a', 'c');
    const planned = await client.plan({ 'p.bpmn': next }, { 'deployment-policy': 'auto-compatible' });
    expect(planned.body.counts.instances).toMatchObject({ total: 5, moves: 3, 'needs-mapping': 2 });
    expect(planned.body.problems).toContainEqual(
      expect.objectContaining({
        kind: 'policy',
        message: expect.stringContaining(`At most 3 of 5 instances of '${first}'`),
      }),
    );
    const { id: second, body } = await client.deploy(next, { 'deployment-policy': 'auto-compatible' });
    const [{ draining }] = body.introductions;
    expect(draining).toEqual([
      { processDefinitionId: first, instances: 5, migrationBatchId: expect.stringMatching(/.+/) },
    ]);
    expect(await client.stateOf(first)).toBe('draining');
    const { migrationBatchId } = draining[0];
    expect(await batchEnded(migrationBatchId)).toMatchObject({ total: 5, done: 3, failed: 0, skipped: 2 });
    for (const id of atA) expect(await definitionOf(id)).toBe(second);
    for (const id of atB) expect(await definitionOf(id)).toBe(first);
    const reasons = (await client.api('GET', `/batch/${migrationBatchId}/failures`)).body;
    expect(reasons).toHaveLength(2);
    for (const { reason } of reasons)
      expect(reason).toBe("'b': There is no migration instruction for this instance's activity");

    const undone = await client.api('POST', `/migration/${migrationBatchId}/undo`);
    expect(undone.status, JSON.stringify(undone.body)).toBe(200);
    expect(await batchEnded(undone.body.id)).toMatchObject({ total: 3, done: 3 });
    for (const id of atA) expect(await definitionOf(id)).toBe(first);
    await completeTask(atA[0]!);
    await completeTask(atA[0]!);
    await completeTask(atA[0]!);
  });

  test('auto-compatible leaves what would need a look, and what runs nowhere needs no batch', async () => {
    const first = (await client.deploy(process('looked', 'a'))).id;
    const running = await server.start('looked');
    const reads = `<bpmn:userTask id="b" name="\${nobodyWritesThis}" />`;
    const next = bpmn('looked', sequence(START, user('a'), reads, END));
    const { body } = await client.deploy(next, { 'deployment-policy': 'auto-compatible' });
    const { migrationBatchId } = body.introductions[0].draining[0];
    expect(await batchEnded(migrationBatchId)).toMatchObject({ total: 1, done: 0, skipped: 1 });
    expect((await client.api('GET', `/batch/${migrationBatchId}/failures`)).body).toMatchObject([
      { reason: expect.stringContaining('nobodyWritesThis') },
    ]);
    expect(await definitionOf(running)).toBe(first);

    await client.deploy(process('idle', 'a'));
    const idle = await client.deploy(process('idle', 'b'), { 'deployment-policy': 'auto-compatible' });
    expect(idle.body.introductions[0].draining).toMatchObject([{ instances: 0, migrationBatchId: null }]);
  });

  test('does nothing where nothing is deployed', async () => {
    const fields = { 'deployment-name': 'same', 'enable-duplicate-filtering': 'true' };
    const { id } = await client.deploy(process('same', 'a'), fields);
    const again = await client.tryDeploy(
      { 'p.bpmn': process('same', 'a') },
      { ...fields, 'deployment-policy': 'canary', 'canary-percent': '5' },
    );
    expect(again).toMatchObject({ status: 200, body: { introductions: [] } });
    expect(await client.stateOf(id)).toBe('active');
  });

  test('that is unknown, or has what it can do nothing with, is refused, and nothing is deployed', async () => {
    const canary = { 'deployment-policy': 'canary' };
    const refused: [Readonly<Record<string, string>>, RegExp][] = [
      [{ 'deployment-policy': 'blue-green' }, /'deployment-policy' must be one of manual, drain, .* 'blue-green'/],
      [canary, /needs 'canary-percent', a whole number from 1 to 99/],
      [{ ...canary, 'canary-percent': '0' }, /'canary-percent' must be a whole number from 1 to 99, but is '0'/],
      [{ ...canary, 'canary-percent': '100' }, /from 1 to 99, but is '100'/],
      [{ ...canary, 'canary-percent': '2.5' }, /from 1 to 99, but is '2.5'/],
      [{ ...canary, 'canary-percent': '5', 'canary-max-incidents': '-1' }, /'canary-max-incidents' .* at least 0/],
      [{ ...canary, 'canary-percent': '5', 'canary-max-incident-percent': '101' }, /from 0 to 100/],
      [{ ...canary, 'canary-percent': '5', 'canary-promote-after': 'soon' }, /a number of instances .* is 'soon'/],
      [{ 'deployment-policy': 'drain', 'canary-percent': '5' }, /'canary-percent' can only be given with/],
      [{ 'canary-promote-after': '5' }, /only be given with the deployment policy 'canary', not 'manual'/],
    ];
    await client.deploy(process('refused', 'a'));
    for (const [fields, message] of refused)
      for (const send of [client.tryDeploy, client.plan])
        expect(await send({ 'p.bpmn': process('refused', 'b') }, fields)).toMatchObject({
          status: 400,
          body: { message: expect.stringMatching(message) },
        });
    expect((await server.get('/process-definition?key=refused')).body).toHaveLength(1);
  });

  test('that fails with its deployment leaves the older version as it was', async () => {
    const timer = bpmn('whole', sequence(timerStart('R/PT1H'), USER_TASK, END));
    const first = (await client.deploy(timer)).id;
    await client.deploy(bpmn('owner', sequence(messageStart(), USER_TASK, END)));
    const bad = bpmn('whole', sequence(messageStart(), USER_TASK, END));
    const policies: Readonly<Record<string, string>>[] = [
      { 'deployment-policy': 'drain' },
      { 'deployment-policy': 'canary', 'canary-percent': '5' },
    ];
    for (const fields of policies)
      expect(await client.tryDeploy({ 'p.bpmn': bad }, fields)).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining("process 'owner' has one") },
      });
    expect(await client.stateOf(first)).toBe('active');
    expect((await server.get('/job?processDefinitionKey=whole')).body).toMatchObject([{ processDefinitionId: first }]);
  });
});
