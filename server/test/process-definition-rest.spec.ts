import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

let rest: TestRest;
const PATH = '/process-definition';

beforeAll(async () => {
  rest = await openTestRest([DeploymentModule, ProcessDefinitionModule, ProcessInstanceModule]);
});
afterAll(() => rest.close());

async function deploy(files: Record<string, string>, fields: Record<string, string> = {}) {
  const { status, body } = await rest.upload('/deployment/create', files, fields);
  if (status !== 200) throw new Error(JSON.stringify(body));
  const definitions = Object.values(body.deployedProcessDefinitions ?? {}) as { id: string; key: string }[];
  return { id: body.id as string, ids: definitions.map(({ id }) => id) };
}

const simple = (key: string, attributes = '') => bpmn(key, sequence(START, USER_TASK, END), attributes);

describe('process definitions', () => {
  test('are listed by everything that Camunda lists them by', async () => {
    await deploy(
      { 'list-a.bpmn': simple('list-a', 'name="First" camunda:versionTag="t1"') },
      { 'deployment-name': 'one' },
    );
    const second = await deploy(
      {
        'list-a.bpmn': simple('list-a', 'name="Second" camunda:versionTag="t2" camunda:isStartableInTasklist="false"'),
      },
      { 'deployment-name': 'two' },
    );
    await deploy({ 'list-b.bpmn': simple('list-b') }, { 'deployment-name': 'three', 'tenant-id': 'north' });
    const found = async (query: string) =>
      (
        (await rest.get(`${PATH}?keyLike=list-%25&sortBy=id&sortOrder=asc&${query}`)).body as {
          key: string;
          version: number;
        }[]
      ).map(({ key, version }) => `${key} ${version}`);
    expect(await found('')).toEqual(['list-a 1', 'list-a 2', 'list-b 1']);
    expect(await found('latestVersion=true')).toEqual(['list-a 2', 'list-b 1']);
    expect(await found('latest=true&key=list-a')).toEqual(['list-a 2']);
    expect(await found('version=1')).toEqual(['list-a 1', 'list-b 1']);
    expect(await found('versionTag=t1')).toEqual(['list-a 1']);
    expect(await found('versionTagLike=t%25')).toEqual(['list-a 1', 'list-a 2']);
    expect(await found('withoutVersionTag=true')).toEqual(['list-b 1']);
    expect(await found('name=Second')).toEqual(['list-a 2']);
    expect(await found('nameLike=F%25')).toEqual(['list-a 1']);
    expect(await found('keysIn=list-b,x')).toEqual(['list-b 1']);
    expect(await found(`deploymentId=${second.id}`)).toEqual(['list-a 2']);
    expect(await found(`processDefinitionIdIn=${second.ids[0]}`)).toEqual(['list-a 2']);
    expect(await found('resourceNameLike=%25b.bpmn')).toEqual(['list-b 1']);
    expect(await found('tenantIdIn=north')).toEqual(['list-b 1']);
    expect(await found('tenantIdIn=south&includeProcessDefinitionsWithoutTenantId=true')).toEqual([
      'list-a 1',
      'list-a 2',
    ]);
    expect(await found('withoutTenantId=true')).toEqual(['list-a 1', 'list-a 2']);
    expect(await found('notStartableInTasklist=true')).toEqual(['list-a 2']);
    expect(await found('startableInTasklist=true')).toEqual(['list-a 1', 'list-b 1']);
    expect(await found('deployedAfter=2099-01-01T00:00:00.000%2B0000')).toEqual([]);
    expect(await found('active=true&suspended=true')).toEqual([]);
    expect(await found('incidentType=failedJob')).toEqual([]);
    expect((await rest.get(`${PATH}/count?keyLike=list-%25`)).body).toEqual({ count: 3 });
    const sorted = (await rest.get(`${PATH}?keyLike=list-%25&sortBy=deployTime&sortOrder=desc&maxResults=1`)).body;
    expect(sorted).toMatchObject([{ key: 'list-b' }]);
  });

  test('are found by id, by key in their latest version, and by key and tenant', async () => {
    const first = await deploy({ 'by-key.bpmn': simple('by-key') });
    const second = await deploy({ 'by-key.bpmn': simple('by-key', 'name="New"') });
    const north = await deploy({ 'by-key.bpmn': simple('by-key') }, { 'tenant-id': 'north' });
    expect((await rest.get(`${PATH}/${first.ids[0]}`)).body).toMatchObject({ version: 1, key: 'by-key' });
    expect((await rest.get(`${PATH}/key/by-key`)).body).toMatchObject({ id: second.ids[0], name: 'New' });
    expect((await rest.get(`${PATH}/key/by-key/tenant-id/north`)).body).toMatchObject({
      id: north.ids[0],
      tenantId: 'north',
    });
    const xml = simple('by-key', 'name="New"');
    expect((await rest.get(`${PATH}/key/by-key/xml`)).body).toEqual({ id: second.ids[0], bpmn20Xml: xml });
    expect((await rest.get(`${PATH}/${first.ids[0]}/diagram`)).status).toBe(204);
  });

  test('have the diagram that was deployed beside the model', async () => {
    const { ids } = await deploy({ 'drawn.bpmn': simple('drawn'), 'drawn.svg': '<svg/>' });
    const { status, type, body } = await rest.get(`${PATH}/${ids[0]}/diagram`);
    expect([status, type, body]).toEqual([200, 'image/svg+xml', '<svg/>']);
  });

  test.each([
    ['/nope', 'InvalidRequestException', 0, 404],
    ['/nope/xml', 'InvalidRequestException', 0, 404],
    ['/key/nope', 'RestException', null, 404],
    ['/key/nope/tenant-id/x', 'RestException', null, 404],
    ['/key/nope/xml', 'RestException', null, 404],
    ['/nope/startForm', 'InvalidRequestException', 0, 400],
    ['/nope/form-variables', 'NotFoundException', 0, 400],
    ['/nope/diagram', 'NotFoundException', 0, 400],
    ['/nope/static-called-process-definitions', 'InvalidRequestException', 0, 404],
  ])('that do not exist are not found: %s', async (path, type, code, expected) => {
    const { status, body } = await rest.get(PATH + path);
    expect([status, body.type, body.code]).toEqual([expected, type, code]);
  });

  test.each(['name=%00', 'version=99999999999', 'version=x', 'deployedAfter=yesterday'])(
    'cannot be asked for by a value that makes no sense: %s',
    async (query) => {
      const { status, body } = await rest.get(`${PATH}?${query}`);
      expect([status, body.type]).toEqual([400, 'InvalidRequestException']);
    },
  );

  test('can be suspended, and are not started then', async () => {
    const { ids } = await deploy({ 'sleepy.bpmn': simple('sleepy') });
    await rest.post(`${PATH}/key/sleepy/start`, { businessKey: 'early' });
    const suspend = { suspended: true, includeProcessInstances: true };
    expect((await rest.put(`${PATH}/${ids[0]}/suspended`, suspend)).status).toBe(204);
    expect((await rest.get(`${PATH}?key=sleepy&suspended=true`)).body.length).toBe(1);
    expect((await rest.get('/process-instance?businessKey=early')).body).toMatchObject([{ suspended: true }]);
    const refused = await rest.post(`${PATH}/key/sleepy/start`);
    expect([refused.status, refused.body.type]).toEqual([400, 'RestException']);
    await rest.put(`${PATH}/suspended`, { ...suspend, suspended: false, processDefinitionKey: 'sleepy' });
    expect((await rest.post(`${PATH}/key/sleepy/start`)).status).toBe(200);
    expect((await rest.get('/process-instance?businessKey=early')).body).toMatchObject([{ suspended: false }]);
  });

  test('are suspended only when it is said which', async () => {
    for (const body of [{ suspended: true }, { processDefinitionId: 'a', processDefinitionKey: 'b' }]) {
      const { status, body: answer } = await rest.put(`${PATH}/suspended`, body);
      expect([status, answer.type]).toEqual([400, 'InvalidRequestException']);
    }
    expect((await rest.put(`${PATH}/nope/suspended`, { suspended: true })).status).toBe(204);
  });

  test('keep history for as long as is set', async () => {
    const { ids } = await deploy({ 'ttl.bpmn': simple('ttl') });
    expect((await rest.put(`${PATH}/${ids[0]}/history-time-to-live`, { historyTimeToLive: 7 })).status).toBe(204);
    expect((await rest.get(`${PATH}/${ids[0]}`)).body.historyTimeToLive).toBe(7);
    const refused = await rest.put(`${PATH}/${ids[0]}/history-time-to-live`, { historyTimeToLive: -1 });
    expect([refused.status, refused.body.type]).toEqual([400, 'BadUserRequestException']);
  });

  test('with running instances are deleted only together with them', async () => {
    const { ids } = await deploy({ 'busy.bpmn': simple('busy') });
    await deploy({ 'busy.bpmn': simple('busy') });
    await rest.post(`${PATH}/${ids[0]}/start`);
    const refused = await rest.delete(`${PATH}/${ids[0]}`);
    expect(refused.status).toBe(400);
    expect(refused.body.message).toContain(String(ids[0]));
    expect((await rest.delete(`${PATH}/${ids[0]}?cascade=true`)).status).toBe(200);
    expect((await rest.delete(`${PATH}/${ids[0]}?cascade=true`)).status).toBe(404);
    expect((await rest.delete(`${PATH}/key/busy?cascade=true`)).status).toBe(204);
    expect((await rest.get(`${PATH}?key=busy`)).body).toEqual([]);
  });

  test('tell which processes they call', async () => {
    const calling = bpmn('caller', sequence(START, '<bpmn:callActivity id="call" calledElement="called" />', END));
    await deploy({ 'called.bpmn': simple('called', 'name="Called"') });
    const { ids } = await deploy({ 'caller.bpmn': calling });
    expect((await rest.get(`${PATH}/${ids[0]}/static-called-process-definitions`)).body).toMatchObject([
      { key: 'called', name: 'Called', calledFromActivityIds: ['call'], callingProcessDefinitionId: ids[0] },
    ]);
  });
});

describe('a start', () => {
  test('that the process fails at says so, and leaves nothing behind', async () => {
    const wait = '<bpmn:userTask id="work" camunda:assignee="${nobody}"/>';
    await deploy({ 'failing.bpmn': bpmn('failing', sequence(START, wait, END)) });
    const { status, body } = await rest.post(`${PATH}/key/failing/start`, {});
    expect([status, body.type, body.code]).toEqual([500, 'RestException', 0]);
    expect(body.message).toContain("'nobody'");
    expect((await rest.get('/process-instance/count?processDefinitionKey=failing')).body).toEqual({ count: 0 });
  });

  test('of a process that calls what nobody has deployed is a failure of the process', async () => {
    await deploy({
      'calling.bpmn': bpmn('calling', sequence(START, '<bpmn:callActivity id="call" calledElement="gone"/>', END)),
    });
    const { status, body } = await rest.post(`${PATH}/key/calling/start`, {});
    expect([status, body.type]).toEqual([500, 'RestException']);
    expect(body.message).toContain("'call'");
  });

  test('answers the instance, with variables when they are asked for', async () => {
    const { ids } = await deploy({ 'begin.bpmn': simple('begin') });
    const { status, type, body } = await rest.post(`${PATH}/${ids[0]}/start`, {
      businessKey: 'b1',
      variables: { amount: { value: 5 }, who: { value: 'Ada', type: 'String' } },
      withVariablesInReturn: true,
    });
    expect([status, type]).toEqual([200, 'application/json']);
    expect(body).toEqual({
      links: [{ method: 'GET', href: `${rest.url}/process-instance/${body.id}`, rel: 'self' }],
      id: body.id,
      definitionId: ids[0],
      definitionKey: 'begin',
      businessKey: 'b1',
      caseInstanceId: null,
      ended: false,
      suspended: false,
      tenantId: null,
      variables: {
        amount: { type: 'Integer', value: 5, valueInfo: {} },
        who: { type: 'String', value: 'Ada', valueInfo: {} },
      },
    });
    expect(
      (await rest.post(`${PATH}/key/begin/start`, { variables: null, businessKey: null })).body,
    ).not.toHaveProperty('variables');
  });

  test('says when the instance ended at once', async () => {
    await deploy({ 'brief.bpmn': bpmn('brief', sequence(START, END)) });
    expect((await rest.post(`${PATH}/key/brief/start`)).body).toMatchObject({ ended: true });
  });

  test('is refused with a wrong value, and starts nothing', async () => {
    await deploy({ 'strict.bpmn': simple('strict') });
    const { status, body } = await rest.post(`${PATH}/key/strict/start`, {
      variables: { n: { value: 'x', type: 'Integer' } },
    });
    expect([status, body.type]).toEqual([400, 'InvalidRequestException']);
    expect(body.message).toContain("'n'");
    const instructed = await rest.post(`${PATH}/key/strict/start`, {
      startInstructions: [{ type: 'startBeforeActivity' }],
    });
    expect([instructed.status, instructed.body.type]).toEqual([400, 'InvalidRequestException']);
    expect((await rest.get('/process-instance/count?processDefinitionKey=strict')).body).toEqual({ count: 0 });
  });
});

describe('a start form', () => {
  const FIELDS = `<bpmn:startEvent id="start"><bpmn:extensionElements><camunda:formData>
    <camunda:formField id="amount" label="Amount" type="long" defaultValue="5"><camunda:validation><camunda:constraint name="min" config="1" /></camunda:validation></camunda:formField>
    <camunda:formField id="kind" label="Kind &lt;b&gt;" type="enum"><camunda:value id="a" name="Alpha" /></camunda:formField>
    </camunda:formData></bpmn:extensionElements></bpmn:startEvent>`;

  test('made of fields shows them with their defaults and is checked by them', async () => {
    await deploy({ 'fields.bpmn': bpmn('fields', sequence(FIELDS, USER_TASK, END)) });
    const { body: form } = await rest.get(`${PATH}/key/fields/startForm`);
    expect(form).toEqual({ key: expect.stringContaining('/rendered-form'), camundaFormRef: null, contextPath: null });
    expect((await rest.get(`${PATH}/key/fields/form-variables`)).body).toEqual({
      amount: { type: 'Long', value: 5, valueInfo: {} },
      kind: { type: 'String', value: null, valueInfo: {} },
    });
    expect(Object.keys((await rest.get(`${PATH}/key/fields/form-variables?variableNames=kind`)).body)).toEqual([
      'kind',
    ]);
    const rendered = await rest.get(`${PATH}/key/fields/rendered-form`);
    expect(rendered.type).toBe('application/xhtml+xml');
    expect(rendered.body).toContain('cam-variable-name="amount"');
    expect(rendered.body).toContain('Kind &lt;b&gt;');

    const wrong = await rest.post(`${PATH}/key/fields/submit-form`, { variables: { amount: { value: 0 } } });
    expect(wrong.status).toBe(400);
    expect(wrong.body.message).toContain("'amount'");
    const right = await rest.post(`${PATH}/key/fields/submit-form`, {
      variables: { amount: { value: '7' }, kind: { value: 'a' } },
      businessKey: 'f',
    });
    expect(right.body).toMatchObject({ businessKey: 'f', ended: false });
    expect((await rest.get(`/process-instance/${right.body.id}/variables`)).body).toMatchObject({
      amount: { type: 'Long', value: 7 },
      kind: { type: 'String', value: 'a' },
    });
  });

  test('can be deployed with the process', async () => {
    const form = JSON.stringify({ id: 'ask', type: 'default', components: [] });
    const start = '<bpmn:startEvent id="start" camunda:formRef="ask" camunda:formRefBinding="deployment" />';
    await deploy({ 'asking.bpmn': bpmn('asking', sequence(start, USER_TASK, END)), 'ask.form': form });
    expect((await rest.get(`${PATH}/key/asking/startForm`)).body).toEqual({
      key: null,
      camundaFormRef: { key: 'ask', binding: 'deployment', version: null },
      contextPath: null,
    });
    const deployed = await rest.get(`${PATH}/key/asking/deployed-start-form`);
    expect([deployed.status, deployed.type, deployed.body]).toEqual([200, 'application/json', JSON.parse(form)]);
    expect((await rest.get(`${PATH}/key/asking/rendered-form`)).status).toBe(404);
  });

  test('that a process does not have is said to be missing', async () => {
    await deploy({ 'formless.bpmn': simple('formless') });
    expect((await rest.get(`${PATH}/key/formless/startForm`)).body).toEqual({
      key: null,
      camundaFormRef: null,
      contextPath: null,
    });
    expect((await rest.get(`${PATH}/key/formless/form-variables`)).body).toEqual({});
    expect((await rest.get(`${PATH}/key/formless/deployed-start-form`)).status).toBe(400);
  });
});

describe('statistics', () => {
  test('count instances, failed jobs and incidents by definition and by activity', async () => {
    const failing =
      '<bpmn:serviceTask id="broken" name="Broken" camunda:asyncBefore="true" camunda:expression="${missing.thing}" />';
    const { ids } = await deploy({ 'counted.bpmn': bpmn('counted', sequence(START, failing, END)) });
    const { ids: waiting } = await deploy({ 'waiting.bpmn': simple('waiting') });
    for (let i = 0; i < 2; i++) await rest.post(`${PATH}/key/waiting/start`);
    const { body: started } = await rest.post(`${PATH}/key/counted/start`);
    const jobs = await rest.core.database.query<{ id: string }>('SELECT id FROM job WHERE process_instance_id = $1', [
      started.id,
    ]);
    for (let i = 0; i < 3; i++) await rest.core.jobExecutor.executeNow(jobs[0]!.id).catch(() => undefined);

    expect((await rest.get(`${PATH}/${waiting[0]}/statistics`)).body).toEqual([
      {
        '@class': expect.stringContaining('ActivityStatisticsResultDto'),
        id: 'task',
        instances: 2,
        failedJobs: 0,
        incidents: [],
      },
    ]);
    expect((await rest.get(`${PATH}/${ids[0]}/statistics?incidents=true&failedJobs=true`)).body).toMatchObject([
      { id: 'broken', instances: 1, failedJobs: 1, incidents: [{ incidentType: 'failedJob', incidentCount: 1 }] },
    ]);
    const all = (await rest.get(`${PATH}/statistics?incidentsForType=failedJob&failedJobs=true`)).body as {
      id: string;
    }[];
    expect(all.find(({ id }) => id === ids[0])).toMatchObject({
      instances: 1,
      failedJobs: 1,
      incidents: [{ incidentType: 'failedJob', incidentCount: 1 }],
      definition: { key: 'counted' },
    });
    expect(all.find(({ id }) => id === waiting[0])).toMatchObject({ instances: 2, failedJobs: 0, incidents: [] });
    expect((await rest.get(`${PATH}/${ids[0]}/statistics?incidents=true&incidentsForType=x`)).status).toBe(400);
    expect((await rest.get(`${PATH}?incidentType=failedJob`)).body).toMatchObject([{ key: 'counted' }]);
    expect((await rest.get('/process-instance?withIncident=true')).body).toMatchObject([{ id: started.id }]);
  });
});

test('nothing of this surprised the server', () => {
  expect(rest.unexpected).toEqual([]);
});
