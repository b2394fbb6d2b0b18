import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecisionDefinitionModule } from '../src/decision-definition/decision-definition.module.js';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

let rest: TestRest;
const PATH = '/decision-definition';

function dmn(id: string, table: string, attributes = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="${id}-drd" name="${id}" namespace="http://example.org/tests">
  <decision id="${id}" name="Menu" camunda:historyTimeToLive="30" ${attributes}>${table}</decision>
</definitions>`;
}
const DISH = `<decisionTable id="t" hitPolicy="FIRST">
  <input id="i1" label="Season"><inputExpression id="e1" typeRef="string"><text>season</text></inputExpression></input>
  <input id="i2" label="Guests"><inputExpression id="e2" typeRef="integer"><text>guests</text></inputExpression></input>
  <output id="o1" name="dish" typeRef="string" />
  <rule id="r1"><inputEntry id="a1"><text>"Winter"</text></inputEntry><inputEntry id="a2"><text>&lt;= 8</text></inputEntry><outputEntry id="b1"><text>"Roast"</text></outputEntry></rule>
  <rule id="r2"><inputEntry id="a3"><text></text></inputEntry><inputEntry id="a4"><text>&gt; 8</text></inputEntry><outputEntry id="b2"><text>"Stew"</text></outputEntry></rule>
</decisionTable>`;
const SCORE = `<decisionTable id="t" hitPolicy="COLLECT" aggregation="SUM">
  <input id="i1"><inputExpression id="e1" typeRef="integer"><text>x</text></inputExpression></input>
  <output id="o1" name="score" typeRef="integer" />
  <rule id="r1"><inputEntry id="a1"><text>[1..10]</text></inputEntry><outputEntry id="b1"><text>5</text></outputEntry></rule>
  <rule id="r2"><inputEntry id="a2"><text>5, 6, 7</text></inputEntry><outputEntry id="b2"><text>7</text></outputEntry></rule>
</decisionTable>`;

beforeAll(async () => {
  rest = await openTestRest([DecisionDefinitionModule, DeploymentModule]);
  const deploy = async (name: string, xml: string, tenant?: string) => {
    const { status, body } = await rest.upload(
      '/deployment/create',
      { [name]: xml },
      tenant ? { 'tenant-id': tenant } : {},
    );
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body;
  };
  await deploy('dish.dmn', dmn('dish', DISH, 'camunda:versionTag="d1"'));
  const second = await deploy('dish.dmn', dmn('dish', DISH));
  expect(Object.values(second.deployedDecisionDefinitions)).toMatchObject([{ key: 'dish', version: 2 }]);
  await deploy('score.dmn', dmn('score', SCORE), 'north');
});
afterAll(() => rest.close());

test('decisions are listed and found by id, key and tenant', async () => {
  const keys = async (query: string) =>
    ((await rest.get(`${PATH}?sortBy=id&sortOrder=asc&${query}`)).body as { key: string; version: number }[]).map(
      (d) => `${d.key} ${d.version}`,
    );
  expect(await keys('')).toEqual(['dish 1', 'dish 2', 'score 1']);
  expect(await keys('latestVersion=true')).toEqual(['dish 2', 'score 1']);
  expect(await keys('key=dish&version=1')).toEqual(['dish 1']);
  expect(await keys('versionTag=d1')).toEqual(['dish 1']);
  expect(await keys('keyLike=sc%25')).toEqual(['score 1']);
  expect(await keys('name=Menu&resourceNameLike=%25.dmn')).toEqual(['dish 1', 'dish 2', 'score 1']);
  expect(await keys('tenantIdIn=north&includeDecisionDefinitionsWithoutTenantId=true&maxResults=1')).toEqual([
    'dish 1',
  ]);
  expect(await keys('withoutDecisionRequirementsDefinition=true&decisionRequirementsDefinitionKey=x')).toEqual([]);
  expect((await rest.get(`${PATH}/count?withoutTenantId=true`)).body).toEqual({ count: 2 });
  const { body } = await rest.get(`${PATH}/key/dish`);
  expect(body).toEqual({
    id: expect.stringMatching(/^dish:2:/),
    key: 'dish',
    category: 'http://example.org/tests',
    name: 'Menu',
    version: 2,
    resource: 'dish.dmn',
    deploymentId: expect.any(String),
    tenantId: null,
    decisionRequirementsDefinitionId: null,
    decisionRequirementsDefinitionKey: null,
    historyTimeToLive: 30,
    versionTag: null,
  });
  expect((await rest.get(`${PATH}/${body.id}`)).body).toEqual(body);
  expect((await rest.get(`${PATH}/${body.id}/xml`)).body).toEqual({ id: body.id, dmnXml: dmn('dish', DISH) });
  expect((await rest.get(`${PATH}/${body.id}/diagram`)).status).toBe(204);
  expect((await rest.get(`${PATH}/key/score/tenant-id/north`)).body).toMatchObject({ key: 'score', tenantId: 'north' });
});

test('a decision answers one object per matched rule, or the aggregated value', async () => {
  const dish = async (variables?: object) => (await rest.post(`${PATH}/key/dish/evaluate`, { variables })).body;
  expect(await dish({ season: { value: 'Winter' }, guests: { value: 4 } })).toEqual([
    { dish: { type: 'String', value: 'Roast', valueInfo: {} } },
  ]);
  expect(await dish({ season: { value: 'Summer' }, guests: { value: 4 } })).toEqual([]);
  expect(await dish({ season: { value: 'Summer' }, guests: { value: 9 } })).toMatchObject([
    { dish: { value: 'Stew' } },
  ]);
  const { id } = (await rest.get(`${PATH}/key/score/tenant-id/north`)).body;
  expect((await rest.post(`${PATH}/${id}/evaluate`, { variables: { x: { value: 5 } } })).body).toMatchObject([
    { score: { value: 12 } },
  ]);
  expect((await rest.post(`${PATH}/${id}/evaluate`, { variables: { x: { value: 99 } } })).body).toEqual([]);
});

test('a decision keeps its history for as long as is set', async () => {
  expect((await rest.put(`${PATH}/key/dish/history-time-to-live`, { historyTimeToLive: 3 })).status).toBe(204);
  expect((await rest.get(`${PATH}/key/dish`)).body.historyTimeToLive).toBe(3);
});

test.each([
  ['GET', '/nope', 'InvalidRequestException'],
  ['GET', '/nope/xml', 'InvalidRequestException'],
  ['POST', '/nope/evaluate', 'InvalidRequestException'],
  ['GET', '/key/nope', 'RestException'],
  ['GET', '/key/score', 'RestException'],
  ['POST', '/key/nope/evaluate', 'RestException'],
])('what does not exist is not found: %s %s', async (method, path, type) => {
  const { status, body } = await (method === 'GET' ? rest.get(PATH + path) : rest.post(PATH + path));
  expect([status, body.type]).toEqual([404, type]);
});

test('wrong variables are refused', async () => {
  const { status, body } = await rest.post(`${PATH}/key/dish/evaluate`, {
    variables: { guests: { value: 'many', type: 'Integer' } },
  });
  expect([status, body.type]).toEqual([400, 'InvalidRequestException']);
});

test('nothing of this surprised the server', () => {
  expect(rest.unexpected).toEqual([]);
});
