import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DecisionDefinitionModule } from '../src/decision-definition/decision-definition.module.js';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

let rest: TestRest;
const UNKNOWN = 'aaaaaaaa-0000-0000-0000-000000000000';

beforeAll(async () => {
  rest = await openTestRest([DeploymentModule, ProcessDefinitionModule, DecisionDefinitionModule]);
});
afterAll(() => rest.close());

describe('a deployment', () => {
  test('answers what it created, as links and by definition id', async () => {
    const xml = bpmn('letter', sequence(START, USER_TASK, END), 'name="Letter" camunda:versionTag="a"');
    const { status, type, body } = await rest.upload(
      '/deployment/create',
      { 'mail/letter.bpmn': xml, 'logo.png': 'png', 'note.txt': 'hi' },
      { 'deployment-name': 'letters', 'deployment-source': 'modeler' },
    );
    expect([status, type]).toEqual([200, 'application/json']);
    const id = body.id;
    const [definitionId] = Object.keys(body.deployedProcessDefinitions);
    expect(body).toEqual({
      links: [{ method: 'GET', href: `${rest.url}/deployment/${id}`, rel: 'self' }],
      id,
      name: 'letters',
      source: 'modeler',
      deploymentTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
      tenantId: null,
      deployedProcessDefinitions: {
        [String(definitionId)]: {
          id: definitionId,
          key: 'letter',
          category: 'http://example.org/tests',
          description: null,
          name: 'Letter',
          version: 1,
          resource: 'mail/letter.bpmn',
          deploymentId: id,
          diagram: null,
          suspended: false,
          tenantId: null,
          versionTag: 'a',
          historyTimeToLive: 30,
          startableInTasklist: true,
        },
      },
      deployedCaseDefinitions: null,
      deployedDecisionDefinitions: null,
      deployedDecisionRequirementsDefinitions: null,
    });
    expect((await rest.get(`/deployment/${id}`)).body).toEqual({
      links: [],
      id,
      name: 'letters',
      source: 'modeler',
      deploymentTime: body.deploymentTime,
      tenantId: null,
    });

    const resources = (await rest.get(`/deployment/${id}/resources`)).body as { id: string; name: string }[];
    expect(resources.map(({ name }) => name)).toEqual(['logo.png', 'mail/letter.bpmn', 'note.txt']);
    const [png, model, note] = await Promise.all(
      resources.map((resource) => rest.get(`/deployment/${id}/resources/${resource.id}/data`)),
    );
    expect([png!.type, model!.type, note!.type]).toEqual(['image/png', 'application/xml', 'text/plain']);
    expect(model!.body).toBe(xml);
    expect(note!.headers.get('content-disposition')).toBe(`attachment; filename="note.txt"; filename*=UTF-8''note.txt`);
    expect((await rest.get(`/deployment/${id}/resources/${resources[2]!.id}`)).body).toEqual({
      id: resources[2]!.id,
      name: 'note.txt',
      deploymentId: id,
    });
    expect((await rest.get('/deployment/registered')).body).toContain(id);
  });

  test('that brings nothing new is the old one, without definitions', async () => {
    const files = { 'same.bpmn': bpmn('same', sequence(START, END)) };
    const fields = { 'deployment-name': 'same', 'deployment-source': 'x', 'enable-duplicate-filtering': 'true' };
    const first = await rest.upload('/deployment/create', files, fields);
    const second = await rest.upload('/deployment/create', files, fields);
    expect(second.body).toEqual({ ...first.body, deployedProcessDefinitions: null });
  });

  test('that cannot be parsed says where, for every mistake, and creates nothing', async () => {
    const wrong = bpmn(
      'wrong',
      `${START}\n${END}\n<bpmn:sequenceFlow id="lost" sourceRef="start" targetRef="nowhere" />`,
    );
    const before = (await rest.get('/deployment/count')).body;
    const { status, body } = await rest.upload('/deployment/create', { 'wrong.bpmn': wrong });
    expect(status).toBe(400);
    expect(body).toMatchObject({ type: 'ParseException', code: 0 });
    expect(body.message).toMatch(/^ENGINE-09005 Could not parse BPMN process\. Errors: \n/);
    const [error] = body.details['wrong.bpmn'].errors;
    expect(error).toEqual({
      message: expect.stringContaining('nowhere'),
      line: expect.any(Number),
      column: expect.any(Number),
      mainElementId: 'lost',
      elementIds: expect.arrayContaining(['lost']),
    });
    expect(error.line).toBe(wrong.split('\n').findIndex((line) => line.includes('"lost"')) + 1);
    expect(body.details['wrong.bpmn'].warnings).toEqual([]);
    expect((await rest.get('/deployment/count')).body).toEqual(before);
  });

  test('without files, with nameless ones, or with what is not supported, is refused', async () => {
    const refused = async (files: Record<string, string>, fields: Record<string, string>) => {
      const { status, body } = await rest.upload('/deployment/create', files, fields);
      return [status, body.type, body.code];
    };
    expect(await refused({}, { 'deployment-name': 'x' })).toEqual([400, 'InvalidRequestException', null]);
    expect(await refused({ 'a.txt': 'a' }, { 'deployment-activation-time': '2030-01-01T00:00:00' })).toEqual([
      400,
      'InvalidRequestException',
      null,
    ]);
    expect((await rest.post('/deployment/create', {})).status).toBe(415);
  });

  test('is found by its name, source and time, and in order', async () => {
    const files = { 'a.txt': 'a' };
    for (const name of ['find-b', 'find-a', 'find-c'])
      await rest.upload('/deployment/create', files, { 'deployment-name': name, 'deployment-source': 'finder' });
    const names = async (query: string) =>
      ((await rest.get(`/deployment?${query}`)).body as { name: string }[]).map(({ name }) => name);
    expect(await names('source=finder&sortBy=name&sortOrder=asc')).toEqual(['find-a', 'find-b', 'find-c']);
    expect(await names('source=finder&sortBy=deploymentTime&sortOrder=desc&maxResults=1')).toEqual(['find-c']);
    expect(await names('source=finder&firstResult=2')).toEqual(['find-c']);
    expect(await names('nameLike=find-%25&maxResults=0')).toEqual([]);
    expect(await names('name=find-b')).toEqual(['find-b']);
    expect(await names('source=finder&before=2020-01-01T00:00:00.000%2B0000')).toEqual([]);
    expect((await names('source=finder&after=2020-01-01T00:00:00.000%2B0000')).length).toBe(3);
    expect((await rest.get('/deployment/count?source=finder')).body).toEqual({ count: 3 });
    expect((await rest.get('/deployment?sortBy=bogus&sortOrder=asc')).status).toBe(400);
  });

  test('can be deployed again, whole or in part', async () => {
    const created = await rest.upload('/deployment/create', {
      'again.bpmn': bpmn('again', sequence(START, END)),
      'more.txt': 'more',
    });
    const again = await rest.post(`/deployment/${created.body.id}/redeploy`, { resourceNames: ['again.bpmn'] });
    expect(Object.values(again.body.deployedProcessDefinitions)).toMatchObject([{ key: 'again', version: 2 }]);
    expect((await rest.get(`/deployment/${again.body.id}/resources`)).body).toMatchObject([{ name: 'again.bpmn' }]);
    const all = await rest.post(`/deployment/${created.body.id}/redeploy`, { source: 'me' });
    expect((await rest.get(`/deployment/${all.body.id}/resources`)).body.length).toBe(2);
    expect(all.body.source).toBe('me');
    const unknown = await rest.post(`/deployment/${created.body.id}/redeploy`, { resourceNames: ['nope.bpmn'] });
    expect([unknown.status, unknown.body.type]).toEqual([404, 'InvalidRequestException']);
    expect(unknown.body.message).toContain('nope.bpmn');
  });

  test('goes with its definitions', async () => {
    const { body } = await rest.upload('/deployment/create', { 'gone.bpmn': bpmn('gone', sequence(START, END)) });
    const [definitionId] = Object.keys(body.deployedProcessDefinitions);
    expect((await rest.delete(`/deployment/${body.id}?cascade=true`)).status).toBe(204);
    const gone = await rest.get(`/process-definition/${definitionId}`);
    expect([gone.status, gone.body.type, gone.body.code]).toEqual([404, 'InvalidRequestException', 0]);
  });

  test.each([
    ['GET', `/deployment/${UNKNOWN}`],
    ['GET', `/deployment/${UNKNOWN}/resources`],
    ['GET', `/deployment/${UNKNOWN}/resources/${UNKNOWN}`],
    ['GET', `/deployment/${UNKNOWN}/resources/${UNKNOWN}/data`],
    ['DELETE', `/deployment/${UNKNOWN}`],
    ['POST', `/deployment/${UNKNOWN}/redeploy`],
  ])('that does not exist: %s %s', async (method, path) => {
    const { status, body } = await (method === 'GET'
      ? rest.get(path)
      : method === 'POST'
        ? rest.post(path)
        : rest.delete(path));
    expect([status, body.type, body.code]).toEqual([404, 'InvalidRequestException', null]);
  });
});

test('nothing of this surprised the server', () => {
  expect(rest.unexpected).toEqual([]);
});
