import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, END, messageStart, START, sequence } from './support/models.js';
import { type RestServer, startRestServer } from './support/rest-server.js';

const user = (id: string, more = '') => `<bpmn:userTask id="${id}" ${more}/>`;
const service = (id: string, topic: string) =>
  `<bpmn:serviceTask id="${id}" camunda:type="external" camunda:topic="${topic}" />`;
const timer = (id: string, duration: string) =>
  `<bpmn:intermediateCatchEvent id="${id}"><bpmn:timerEventDefinition id="${id}-t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;
const flow = (from: string, to: string) =>
  `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}" />`;

interface Problem {
  readonly level: string;
  readonly kind: string;
  readonly elementId: string | null;
  readonly message: string;
}

describe('a deployment plan', () => {
  let server: RestServer;

  beforeAll(async () => {
    server = await startRestServer();
  });

  afterAll(() => server.close());

  const plan = async (
    files: Readonly<Record<string, string>>,
    fields: Readonly<Record<string, string>> = {},
    query = '',
  ) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    for (const [name, content] of Object.entries(files)) form.set(name, new Blob([content]), name);
    const url = `${server.url.replace('/engine-rest', '/api')}/deployment/plan${query}`;
    const answer = await fetch(url, { method: 'POST', body: form });
    // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
    return { status: answer.status, body: (await answer.json()) as any };
  };
  const problems = (body: { problems: readonly Problem[] }, kind: string) =>
    body.problems.filter((problem) => problem.kind === kind);
  const everything = async () => {
    const tables = [
      'deployment',
      'resource',
      'process_definition',
      'decision_definition',
      'job_definition',
      'call_binding',
    ];
    const more = [
      'process_instance',
      'historic_process_instance',
      'job',
      'event_subscription',
      'call_reference',
      'user_task',
    ];
    const counts = [...tables, ...more].map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`);
    return (
      await server.core.database.query(`SELECT ${counts.join(', ')},
      (SELECT coalesce(sum(revision), 0)::int FROM process_instance) AS revisions`)
    )[0];
  };
  const completeTask = async (instanceId: string) => {
    const [task] = (await server.get(`/task?processInstanceId=${instanceId}`)).body;
    expect((await server.post(`/task/${task.id}/complete`)).status).toBe(204);
  };

  test('stores nothing, and finds nothing to say of a first version that is complete', async () => {
    const before = await everything();
    const { status, body } = await plan({ 'first.bpmn': bpmn('first', sequence(START, user('a'), END)) });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toMatchObject({
      verdict: 'clean',
      counts: { problems: { broken: 0, attention: 0 }, resources: { new: 1 }, definitions: 1, instances: { total: 0 } },
      resources: [{ name: 'first.bpmn', change: 'new', action: 'deploy', comparedWith: null }],
      definitions: [{ kind: 'process', key: 'first', version: 1, replaces: null }],
      versions: [],
    });
    expect(await everything()).toEqual(before);
  });

  test('tells new, changed and reused files apart', async () => {
    const a = (name: string) => bpmn('files-a', sequence(START, END), `name="${name}"`);
    const b = bpmn('files-b', sequence(START, END));
    await server.deploy(['a.bpmn', a('1')], ['b.bpmn', b]);
    const files = { 'a.bpmn': a('2'), 'b.bpmn': b, 'c.txt': 'hello' };
    const changes = ({ body }: Awaited<ReturnType<typeof plan>>) =>
      body.resources.map(({ name, change, action }: { name: string; change: string; action: string }) => [
        name,
        change,
        action,
      ]);
    const changedOnly = await plan(files, { 'deployment-name': 'test', 'deploy-changed-only': 'true' });
    expect(changes(changedOnly)).toEqual([
      ['a.bpmn', 'changed', 'deploy'],
      ['b.bpmn', 'unchanged', 'reuse'],
      ['c.txt', 'new', 'deploy'],
    ]);
    expect(changedOnly.body.definitions).toMatchObject([{ key: 'files-a', version: 2 }]);
    const filtered = await plan(files, { 'deployment-name': 'test', 'enable-duplicate-filtering': 'true' });
    expect(changes(filtered)).toContainEqual(['b.bpmn', 'unchanged', 'deploy']);
    const all = await plan({ 'b.bpmn': b }, { 'deployment-name': 'test', 'enable-duplicate-filtering': 'true' });
    expect(all.body).toMatchObject({ counts: { resources: { reused: 1 } }, definitions: [] });
    const otherName = await plan({ 'b.bpmn': b }, { 'deployment-name': 'other', 'enable-duplicate-filtering': 'true' });
    expect(changes(otherName)).toEqual([['b.bpmn', 'new', 'deploy']]);
  });

  test('says of the instances of every version and element what would become of them, and does nothing to them', async () => {
    const model = (...elements: string[]) => bpmn('moving', sequence(START, ...elements, END));
    const old = sequence(START, user('a'), user('b'), user('c'), END);
    const first = await server.deploy(['m.bpmn', bpmn('moving', old, 'camunda:versionTag="1.0.0"')]);
    const atA = [await server.start('moving'), await server.start('moving'), await server.start('moving')];
    const atB = [await server.start('moving'), await server.start('moving')];
    for (const id of atB) await completeTask(id);
    const atC = await server.start('moving');
    await completeTask(atC);
    await completeTask(atC);
    const second = await server.deploy(['m.bpmn', model(user('a'), user('b'))]);
    await server.start('moving');
    const before = await everything();
    const { status, body } = await plan({ 'm.bpmn': model(user('a'), user('c'), user('d')) });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.verdict).toBe('attention');
    expect(body.counts.instances).toEqual({ total: 7, moves: 5, 'needs-mapping': 2, stays: 0, breaks: 0 });
    const none = { moves: 0, 'needs-mapping': 0, stays: 0, breaks: 0 };
    expect(body.versions).toMatchObject([
      {
        processDefinitionId: first,
        version: 1,
        instances: 6,
        elements: [
          { elementId: 'a', instances: 3, outcomes: { ...none, moves: 3 }, reasons: [] },
          { elementId: 'b', instances: 2, outcomes: { ...none, 'needs-mapping': 2 }, reasons: [expect.any(String)] },
          { elementId: 'c', instances: 1, outcomes: { ...none, moves: 1 } },
        ],
      },
      { processDefinitionId: second, version: 2, instances: 1, outcomes: { ...none, moves: 1 } },
    ]);
    const groupAtA = body.versions[0].groups.find(
      (group: { activeElementIds: string[] }) => group.activeElementIds[0] === 'a',
    );
    expect(atA).toContain(groupAtA.sampleProcessInstanceId);
    expect(problems(body, 'instance')).toMatchObject([
      {
        level: 'attention',
        elementId: 'b',
        message: expect.stringContaining(
          "2 instances of moving v1 (1.0.0 tag) at 'b' need a mapping to move to moving v3: ",
        ),
      },
    ]);
    // Ids are for programs.
    expect(JSON.stringify(body.problems)).not.toContain(first);
    expect(await everything()).toEqual(before);
  });

  test('is broken when a join could never complete', async () => {
    const forked = (join: string) =>
      bpmn(
        'joining',
        [
          START,
          '<bpmn:parallelGateway id="fork" />',
          user('a'),
          user('b'),
          '<bpmn:parallelGateway id="join" />',
          join,
          END,
          flow('start', 'fork'),
          flow('fork', 'a'),
          flow('fork', 'b'),
          flow('a', 'join'),
          flow('join', 'end'),
        ].join('\n'),
      );
    await server.deploy(['j.bpmn', forked(flow('b', 'join'))]);
    const instance = await server.start('joining');
    const [task] = (await server.get(`/task?processInstanceId=${instance}&taskDefinitionKey=a`)).body;
    await server.post(`/task/${task.id}/complete`);
    const { body } = await plan({
      'j.bpmn': forked(`${user('c')}${flow('b', 'end')}${flow('c', 'join')}${flow('fork', 'c')}`),
    });
    expect(body).toMatchObject({ verdict: 'broken', counts: { instances: { total: 1, breaks: 1 } } });
    expect(problems(body, 'instance')).toMatchObject([
      { level: 'broken', elementId: 'join', message: expect.stringContaining('no other can come') },
    ]);
  });

  test('names topics that old instances still need, and topics without a worker', async () => {
    const model = (topic: string) => bpmn('worked', sequence(START, service('work', topic), END));
    await server.deploy(['w.bpmn', model('old-topic')]);
    await server.start('worked');
    await server.start('worked');
    const { body } = await plan({ 'w.bpmn': model('new-topic') });
    expect(problems(body, 'topic')).toMatchObject([
      {
        level: 'attention',
        elementId: 'work',
        message: expect.stringMatching(/'old-topic'.*2 external tasks wait at 'work'/),
      },
    ]);
    expect(problems(body, 'worker')).toMatchObject([
      { elementId: 'work', message: expect.stringContaining("'new-topic'") },
    ]);
    const leaving = new AbortController();
    const fetching = server
      .post(
        '/external-task/fetchAndLock',
        {
          workerId: 'w',
          maxTasks: 1,
          asyncResponseTimeout: 60_000,
          topics: [{ topicName: 'new-topic', lockDuration: 1000 }],
        },
        leaving.signal,
      )
      .catch(() => null);
    await expect.poll(async () => problems((await plan({ 'w.bpmn': model('new-topic') })).body, 'worker')).toEqual([]);
    leaving.abort();
    await fetching;
  });

  test('names topics that are pinned to versions of which no worker is connected', async () => {
    const announce = (version: string) =>
      server.post('/../api/workers/heartbeat', {
        workerId: 'pinned',
        version,
        topics: [{ name: 'pinned', concurrency: 1 }],
        startedAt: new Date().toISOString(),
      });
    const files = { 'pinned.bpmn': bpmn('pinned', sequence(START, service('work', 'pinned'), END)) };
    const missing = async (fields: Record<string, string>) => problems((await plan(files, fields)).body, 'worker');
    await announce('1.4.0');
    expect(await missing({})).toEqual([]);
    const [found] = await missing({ 'worker-versions': '{"pinned": ">=2"}' });
    expect(found?.message).toBe("No worker for the topic 'pinned' is connected whose version is in '>=2'");
    await announce('2.0.0');
    expect(await missing({ 'worker-versions': '{"pinned": ">=2"}' })).toEqual([]);
  });

  test('names timers and messages that are not what instances wait for', async () => {
    const model = (wait: string) => bpmn('timed', sequence(START, timer('wait', wait), END));
    await server.deploy(['t.bpmn', model('P1D')]);
    await server.start('timed');
    const { body } = await plan({ 't.bpmn': model('P2D') });
    expect(problems(body, 'event')).toMatchObject([
      {
        level: 'attention',
        elementId: 'wait',
        message: expect.stringMatching(/was 'duration: P1D' and becomes 'duration: P2D'; 1 instance waits/),
      },
    ]);
    expect(problems((await plan({ 't.bpmn': model('P1D') })).body, 'event')).toEqual([]);
  });

  test('names calls that lead nowhere: to be looked at, or broken where that is asked for or can never be', async () => {
    const calls = (more: string) =>
      bpmn('calls', sequence(START, `<bpmn:callActivity id="call" calledElement="plan-none" ${more}/>`, END));
    expect((await plan({ 'c.bpmn': calls('') })).body).toMatchObject({
      verdict: 'attention',
      problems: [{ kind: 'call', elementId: 'call', level: 'attention' }],
    });
    expect((await plan({ 'c.bpmn': calls('') }, { 'unresolved-calls': 'error' })).body.verdict).toBe('broken');
    expect((await plan({ 'c.bpmn': calls('camunda:calledElementBinding="deployment"') })).body.verdict).toBe('broken');
    const child = bpmn('plan-none', sequence(START, END));
    expect(
      (await plan({ 'c.bpmn': calls('camunda:calledElementBinding="deployment"'), 'n.bpmn': child })).body.verdict,
    ).toBe('clean');
    expect(
      (
        await plan({
          'c.bpmn': calls('camunda:calledElementBinding="version" camunda:calledElementVersion="1"'),
          'n.bpmn': child,
        })
      ).body.verdict,
    ).toBe('clean');
  });

  test('is broken when another process starts by the same message', async () => {
    await server.deploy(['one.bpmn', bpmn('message-one', sequence(messageStart(), END))]);
    const { body } = await plan({ 'two.bpmn': bpmn('message-two', sequence(messageStart(), END)) });
    expect(body).toMatchObject({
      verdict: 'broken',
      problems: [{ kind: 'event', message: expect.stringContaining("'message-one'") }],
    });
  });

  test('names variables that are read and never written, unless running instances have them', async () => {
    const model = (name: string) =>
      bpmn(
        'reads',
        sequence(
          '<bpmn:startEvent id="start"><bpmn:extensionElements><camunda:formData><camunda:formField id="amount" type="long" /></camunda:formData></bpmn:extensionElements></bpmn:startEvent>',
          timer('wait', `\${${name}}`),
          END,
        ),
      );
    const unknown = await plan({ 'r.bpmn': model('amuont') });
    expect(unknown.body.verdict).toBe('attention');
    expect(problems(unknown.body, 'variable')).toMatchObject([
      { level: 'attention', elementId: 'wait', message: expect.stringMatching(/'amuont'.*\(certain\)/) },
    ]);
    expect(problems((await plan({ 'r.bpmn': model('amount') })).body, 'variable')).toEqual([]);
    await server.deploy(['r.bpmn', bpmn('reads', sequence(START, user('a'), END))]);
    await server.start('reads', { amuont: { value: 'P1D', type: 'String' } });
    expect(problems((await plan({ 'r.bpmn': model('amuont') })).body, 'variable')).toMatchObject([{ level: 'info' }]);
  });

  test('ends a pipeline by its status where it is asked to', async () => {
    const files = {
      'c.bpmn': bpmn('status', sequence(START, '<bpmn:callActivity id="call" calledElement="plan-nothing" />', END)),
    };
    expect((await plan(files, {}, '?failOn=broken')).status).toBe(200);
    expect((await plan(files, {}, '?failOn=attention')).status).toBe(422);
    const refused = await plan(files, { 'unresolved-calls': 'error' }, '?failOn=broken');
    expect(refused).toMatchObject({
      status: 422,
      body: { type: 'DeploymentPlanException', verdict: 'broken', counts: { problems: { broken: 1 } } },
    });
    expect((await plan(files, {}, '?failOn=never')).status).toBe(400);
    expect(await plan({ 'bad.bpmn': '<nothing' })).toMatchObject({ status: 400, body: { type: 'ParseException' } });
    expect((await plan({})).status).toBe(400);
  });
});
