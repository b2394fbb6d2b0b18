import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer, type RunningServer } from '../src/create-server.js';
import { bpmn, dmn, END, messageStart, START, sequence, USER_TASK } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';

const call = (called: string, more = '') => `<bpmn:callActivity id="call" calledElement="${called}" ${more}/>`;
const parentOf = (key: string, child: string, more = '') => bpmn(key, sequence(START, call(child, more), END));
const child = (key: string, task = 'task') => bpmn(key, sequence(START, `<bpmn:userTask id="${task}" />`, END));

describe('a release', () => {
  let server: RestServer;

  beforeAll(async () => {
    server = await startRestServer();
  });

  afterAll(() => server.close());

  const api = async (method: string, path: string, body?: unknown, at = server.url) => {
    const answer = await fetch(at.replace('/engine-rest', '/api') + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    // biome-ignore lint/suspicious/noExplicitAny: answers have every shape, and tests look into them
    return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as any };
  };
  const deployForm = async (
    resources: Readonly<Record<string, string>>,
    fields: Readonly<Record<string, string>> = {},
  ) => {
    const form = new FormData();
    form.set('deployment-name', 'test');
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    for (const [name, content] of Object.entries(resources)) form.set(name, new Blob([content]), name);
    const answer = await fetch(`${server.url}/deployment/create`, { method: 'POST', body: form });
    // biome-ignore lint/suspicious/noExplicitAny: as above
    return { status: answer.status, body: (await answer.json()) as any };
  };
  /** The new definitions' ids by key. */
  const deploy = async (resources: Readonly<Record<string, string>>) => {
    const { status, body } = await deployForm(resources);
    expect(status, JSON.stringify(body)).toBe(200);
    const ids = [
      ...Object.values<{ key: string; id: string }>(body.deployedProcessDefinitions ?? {}),
      ...Object.values<{ key: string; id: string }>(body.deployedDecisionDefinitions ?? {}),
    ].map(({ key, id }) => [key, id] as const);
    return { deploymentId: body.id as string, id: Object.fromEntries(ids) as Record<string, string>, body };
  };
  const start = async (key: string) => (await server.post(`/process-definition/key/${key}/start`)).body;
  const calledBy = async (instanceId: string) =>
    (await server.get(`/process-instance?superProcessInstance=${instanceId}`)).body[0].definitionId;
  const state = (id: string, wanted: string) => api('PUT', `/process-definition/${id}/state`, { state: wanted });
  const endAll = async (key: string) => {
    for (const { id } of (await server.get(`/task?processDefinitionKey=${key}`)).body)
      expect((await server.post(`/task/${id}/complete`)).status).toBe(204);
  };

  test('keeps calling the child it was deployed with after a newer child is deployed', async () => {
    const old = await deploy({ 'p.bpmn': parentOf('keeps', 'keeps-child'), 'c.bpmn': child('keeps-child') });
    const newer = await deploy({ 'c.bpmn': child('keeps-child', 'other') });
    expect(await calledBy((await start('keeps')).id)).toBe(old.id['keeps-child']);
    const { body: graph } = await api('GET', `/release/${old.deploymentId}/graph`);
    expect(graph.edges).toMatchObject([
      {
        callerDefinitionId: old.id['keeps'],
        elementId: 'call',
        kind: 'process',
        binding: 'pinned',
        targetId: old.id['keeps-child'],
        reason: null,
      },
    ]);
    expect(graph.nodes.map(({ id }: { id: string }) => id).sort()).toEqual(
      [old.id['keeps'], old.id['keeps-child']].sort(),
    );
    expect((await api('GET', `/release/${newer.deploymentId}/callers`)).body).toEqual([]);
    expect((await api('GET', `/release/${old.deploymentId}/callers`)).body).toMatchObject([
      { callerDefinitionId: old.id['keeps'], callerKey: 'keeps', callerVersion: 1, elementId: 'call' },
    ]);
  });

  test('calls a newer child when it is bound to it on purpose, and a running call goes on with the old one', async () => {
    const old = await deploy({ 'p.bpmn': parentOf('rebound', 'rebound-child'), 'c.bpmn': child('rebound-child') });
    const newer = await deploy({ 'c.bpmn': child('rebound-child') });
    const before = await start('rebound');
    const target = {
      processDefinitionId: old.id['rebound'],
      elementId: 'call',
      targetDefinitionId: newer.id['rebound-child'],
    };
    const { status, body } = await api('POST', `/release/${old.deploymentId}/rebind`, target);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toMatchObject({ binding: 'pinned', targetId: newer.id['rebound-child'] });
    expect(await calledBy(before.id)).toBe(old.id['rebound-child']);
    expect(await calledBy((await start('rebound')).id)).toBe(newer.id['rebound-child']);
  });

  test('is bound anew only where that makes sense', async () => {
    const old = await deploy({
      'p.bpmn': parentOf('firm', 'firm-child', 'camunda:calledElementBinding="latest"'),
      'c.bpmn': child('firm-child'),
    });
    const other = await deploy({ 'c.bpmn': child('firm-other'), 'q.bpmn': parentOf('soft', 'firm-child') });
    const rebind = (deploymentId: string, processDefinitionId: string, elementId: string, targetDefinitionId: string) =>
      api('POST', `/release/${deploymentId}/rebind`, { processDefinitionId, elementId, targetDefinitionId });
    const firm = await rebind(old.deploymentId, old.id['firm']!, 'call', old.id['firm-child']!);
    expect(firm).toMatchObject({ status: 400, body: { message: expect.stringMatching(/its model says 'latest'/) } });
    const wrongKey = await rebind(other.deploymentId, other.id['soft']!, 'call', other.id['firm-other']!);
    expect(wrongKey).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/version of process 'firm-child'/) },
    });
    expect((await rebind(other.deploymentId, other.id['soft']!, 'nowhere', old.id['firm-child']!)).status).toBe(404);
    expect((await rebind(old.deploymentId, other.id['soft']!, 'call', old.id['firm-child']!)).status).toBe(404);
    expect((await rebind(other.deploymentId, other.id['soft']!, 'call', 'firm-child:9:x')).status).toBe(404);
  });

  test('shows decisions, forms and what nobody knows before the time comes', async () => {
    const form = JSON.stringify({ id: 'graph-form', type: 'default', components: [] });
    const inside = sequence(
      START,
      '<bpmn:businessRuleTask id="decide" camunda:decisionRef="graph-decision" />',
      '<bpmn:userTask id="fill" camunda:formRef="graph-form" camunda:formRefBinding="deployment" />',
      '<bpmn:userTask id="missing" camunda:formRef="graph-none" camunda:formRefBinding="latest" />',
      '<bpmn:callActivity id="dynamic" calledElement="${what}" />',
      '<bpmn:callActivity id="tagged" calledElement="graph-child" camunda:calledElementBinding="versionTag" camunda:calledElementVersionTag="v7" />',
      END,
    );
    const { deploymentId, id } = await deploy({
      'g.bpmn': bpmn('graph', inside),
      'd.dmn': dmn('graph-decision', 'x'),
      'f.form': form,
    });
    const { body } = await api('GET', `/release/${deploymentId}/graph`);
    const edges = Object.fromEntries(body.edges.map((edge: { elementId: string }) => [edge.elementId, edge]));
    expect(edges.decide).toMatchObject({ kind: 'decision', binding: 'pinned', targetId: id['graph-decision'] });
    expect(edges.fill).toMatchObject({ kind: 'form', binding: 'deployment', targetId: `${deploymentId}/f.form` });
    expect(edges.missing).toMatchObject({ kind: 'form', targetId: null, reason: "There is no form 'graph-none'" });
    expect(edges.dynamic).toMatchObject({ key: null, targetId: null, reason: expect.stringContaining('expression') });
    expect(edges.tagged).toMatchObject({
      binding: 'versionTag',
      targetId: null,
      reason: expect.stringContaining("'v7'"),
    });
    expect(body.nodes).toContainEqual(expect.objectContaining({ kind: 'form', key: 'graph-form', version: 1 }));
    expect((await api('GET', '/release/none/graph')).status).toBe(404);
  });

  test('that calls what is not deployed warns, or is refused where that is asked for', async () => {
    const resources = { 'p.bpmn': parentOf('open', 'open-child') };
    const refused = await deployForm(resources, { 'unresolved-calls': 'error' });
    expect(refused).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/'call' in 'p.bpmn' refers to process 'open-child'/) },
    });
    expect((await server.get('/process-definition?key=open')).body).toEqual([]);
    const { body } = await deploy(resources);
    expect(body.warnings).toMatchObject([{ elementId: 'call', message: expect.stringContaining("'open-child'") }]);
    const form = '<bpmn:userTask id="fill" camunda:formRef="none" camunda:formRefBinding="deployment" />';
    const noForm = await deployForm(
      { 'f.bpmn': bpmn('open-form', sequence(START, form, END)) },
      { 'unresolved-calls': 'error' },
    );
    expect(noForm.body.message).toMatch(
      /'fill' in 'f.bpmn' refers to form 'none', but there is none in the same deployment/,
    );
    expect(await deployForm(resources, { 'unresolved-calls': 'perhaps' })).toMatchObject({ status: 400 });
    const complete = { ...resources, 'c.bpmn': child('open-child') };
    expect((await deployForm(complete, { 'unresolved-calls': 'error' })).status).toBe(200);
  });

  test('that drains takes no new instances, and starts by key go to the newest active version', async () => {
    const first = (await deploy({ 'a.bpmn': child('drains') })).id['drains']!;
    const second = (await deploy({ 'a.bpmn': child('drains') })).id['drains']!;
    expect((await start('drains')).definitionId).toBe(second);
    expect((await state(second, 'draining')).body).toMatchObject({ state: 'draining', instances: 1 });
    expect((await start('drains')).definitionId).toBe(first);
    expect((await server.get('/process-definition/key/drains')).body.id).toBe(first);
    expect((await server.get('/process-definition?key=drains&latestVersion=true')).body).toMatchObject([{ id: first }]);
    expect(await server.post(`/process-definition/${second}/start`)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(`'${second}' to take new instances`) },
    });
    await state(first, 'draining');
    expect(await server.post('/process-definition/key/drains/start')).toMatchObject({ status: 400 });
    await state(second, 'active');
    expect((await start('drains')).definitionId).toBe(second);
  });

  test('gives its start events to the newest active version', async () => {
    const model = bpmn('heard', sequence(messageStart(), USER_TASK, END));
    const first = (await deploy({ 'a.bpmn': model })).id['heard']!;
    const second = (await deploy({ 'a.bpmn': model })).id['heard']!;
    const send = async () => (await server.post('/message', { messageName: 'order placed', resultEnabled: true })).body;
    expect((await send())[0].processInstance.definitionId).toBe(second);
    await state(second, 'draining');
    expect((await send())[0].processInstance.definitionId).toBe(first);
    await state(first, 'draining');
    expect(await send()).toMatchObject({ type: 'RestException' });
  });

  test('whose child drains can still call it, until nobody is left who would', async () => {
    const old = await deploy({ 'p.bpmn': parentOf('needs', 'needed'), 'c.bpmn': child('needed') });
    const [parent, needed] = [old.id['needs']!, old.id['needed']!];
    await state(needed, 'draining');
    const { id } = await start('needs');
    expect(await calledBy(id)).toBe(needed);
    await endAll('needed');
    expect((await api('GET', `/process-definition/${needed}/state`)).body).toMatchObject({
      state: 'draining',
      instances: 0,
      callers: [{ definitionId: parent, elementId: 'call', state: 'active', instances: 0 }],
    });
    expect(await state(needed, 'archived')).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(`'call' of '${parent}'`) },
    });
    await state(parent, 'draining');
    expect((await api('GET', `/process-definition/${needed}/state`)).body).toMatchObject({
      state: 'drained',
      callers: [],
    });
    expect((await state(needed, 'archived')).body).toMatchObject({ state: 'archived' });
  });

  test('that is archived is not listed, but its history can be read', async () => {
    const id = (await deploy({ 'a.bpmn': child('old') })).id['old']!;
    const instance = await start('old');
    expect((await state(id, 'archived')).body.message).toMatch(
      /it is active: let it drain first; it has 1 running instance/,
    );
    await state(id, 'draining');
    expect((await state(id, 'archived')).body.message).toMatch(/1 running instance/);
    await endAll('old');
    expect((await state(id, 'archived')).status).toBe(200);
    expect((await server.get('/process-definition?key=old')).body).toEqual([]);
    expect((await server.get('/process-definition/count?key=old')).body).toEqual({ count: 0 });
    expect((await server.get('/process-definition?key=old&includeArchived=true')).body).toMatchObject([{ id }]);
    expect((await server.get(`/process-definition/${id}/xml`)).status).toBe(200);
    expect((await server.get(`/history/process-instance?processDefinitionId=${id}`)).body).toMatchObject([
      { id: instance.id },
    ]);
    expect((await server.post('/process-definition/key/old/start')).status).toBe(400);
    expect((await api('GET', '/process-definition?key=old')).body).toMatchObject([{ id, state: 'archived' }]);
    expect((await state(id, 'drained')).status).toBe(400);
    expect((await state('none', 'active')).status).toBe(404);
  });

  test('that was drained for long is archived, and a dry run tells which', async () => {
    const id = (await deploy({ 'a.bpmn': child('retained') })).id['retained']!;
    const busy = (await deploy({ 'a.bpmn': child('busy') })).id['busy']!;
    await start('busy');
    for (const each of [id, busy]) await state(each, 'draining');
    const due = (days: number) => api('GET', `/release/retention?olderThanDays=${days}`);
    const idsOf = (body: { id: string }[]) => body.map((each) => each.id);
    expect(idsOf((await due(1)).body)).not.toContain(id);
    expect(idsOf((await due(0)).body)).toContain(id);
    expect(idsOf((await due(0)).body)).not.toContain(busy);
    expect((await api('GET', `/process-definition/${id}/state`)).body.state).toBe('drained');
    expect(idsOf((await api('POST', '/release/retention', { olderThanDays: 0 })).body)).toContain(id);
    expect((await api('GET', `/process-definition/${id}/state`)).body.state).toBe('archived');
    expect((await api('GET', `/process-definition/${busy}/state`)).body.state).toBe('draining');
    expect(await api('POST', '/release/retention', {})).toMatchObject({ status: 400 });
  });

  test.skipIf(!process.env['DATABASE_URL'])('that drains is refused by every server at once', async () => {
    let other: RunningServer | null = null;
    try {
      other = await createServer(server.core.config);
      const at = (running: string, path: string) =>
        fetch(`${running}${path}`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
      const first = (await deploy({ 'a.bpmn': child('everywhere') })).id['everywhere']!;
      const second = (await deploy({ 'a.bpmn': child('everywhere') })).id['everywhere']!;
      // Both know the second version as the one to start.
      for (const url of [server.url, `${other.url}/engine-rest`])
        expect((await at(url, '/process-definition/key/everywhere/start')).status).toBe(200);
      await state(second, 'draining');
      for (const url of [server.url, `${other.url}/engine-rest`]) {
        const started = await at(url, '/process-definition/key/everywhere/start');
        expect(((await started.json()) as { definitionId: string }).definitionId).toBe(first);
        expect((await at(url, `/process-definition/${second}/start`)).status).toBe(400);
      }
    } finally {
      await other?.close();
    }
  });
});
