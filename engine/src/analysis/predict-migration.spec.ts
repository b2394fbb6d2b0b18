import { expect, test } from 'vitest';
import { generatePlan } from '../migration/generate-plan.js';
import { definitions, externalTask, path, process } from '../spec-support/models.js';
import { type ProcessTest, processTest, type TestInstance } from '../testing/index.js';
import { predictMigration } from './predict-migration.js';

const start = '<startEvent id="start"/>';
const user = (id: string) => `<userTask id="${id}"/>`;

/** What would become of an instance of the first model, after some steps, in the second one. */
async function predict(
  before: string,
  after: string,
  steps: (instance: TestInstance, engine: ProcessTest) => void = () => {},
) {
  const engine = await processTest();
  await engine.deploy({ 'p.bpmn': definitions(process('p', start, before)) });
  const source = engine.host.latest.get('p') ?? '';
  const instance = engine.start('p');
  steps(instance, engine);
  await engine.deploy({ 'p.bpmn': definitions(process('p', start, after)) });
  const target = engine.host.latest.get('p') ?? '';
  const models = engine.host.models;
  const state = engine.host.instances.get(instance.id)!;
  const instructions = generatePlan(models.get(source)!, models.get(target)!);
  const plan = { sourceDefinitionId: source, targetDefinitionId: target, instructions };
  const text = JSON.stringify([...state.nodes.values()]);
  const prediction = predictMigration(state, plan, engine.host.environment());
  expect(JSON.stringify([...engine.host.instances.get(instance.id)!.nodes.values()])).toBe(text);
  return prediction;
}

test('an instance at an activity that is still there moves by itself', async () => {
  expect(await predict(user('a') + path('start', 'a'), user('a') + user('b') + path('start', 'a', 'b'))).toEqual({
    outcome: 'moves',
    reasons: [],
  });
});

test('an instance at an activity that is gone needs a mapping', async () => {
  expect(await predict(user('a') + path('start', 'a'), user('b') + path('start', 'b'))).toMatchObject({
    outcome: 'needs-mapping',
    reasons: [{ elementId: 'a' }],
  });
});

test('an instance at which a worker does a listener must stay until that is done', async () => {
  const listening = `<userTask id="a"><extensionElements><camunda:executionListener event="start" class="x.Y"/></extensionElements></userTask>`;
  const model = listening + path('start', 'a');
  expect(await predict(model, model)).toMatchObject({ outcome: 'stays', reasons: [{ elementId: 'a' }] });
});

test('an instance breaks where an event that is new at it can not be armed', async () => {
  const timed = `${user('a')}<boundaryEvent id="late" attachedToRef="a"><timerEventDefinition>
    <timeDuration xsi:type="tFormalExpression">\${deadline}</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="end"/>
    ${path('start', 'a')}${path('late', 'end')}`;
  expect(await predict(user('a') + path('start', 'a'), timed)).toMatchObject({
    outcome: 'breaks',
    reasons: [{ message: expect.stringContaining('deadline') }],
  });
});

test('an instance at a join whose other token can never come breaks', async () => {
  const forked = (rest: string) =>
    `<parallelGateway id="fork"/>${user('a')}${user('b')}<parallelGateway id="join"/><endEvent id="end"/>
     ${path('start', 'fork', 'a', 'join', 'end')}${path('fork', 'b')}${rest}`;
  const finishA = (instance: TestInstance) => instance.completeTask('a');
  const before = forked(path('b', 'join'));
  expect(await predict(before, before, finishA)).toEqual({ outcome: 'moves', reasons: [] });
  const away = forked(`${user('c')}${path('fork', 'c', 'join')}${path('b', 'end')}`);
  expect(await predict(before, away, finishA)).toMatchObject({
    outcome: 'breaks',
    reasons: [{ elementId: 'join', message: expect.stringMatching(/waits for 2 tokens, but 1 has come/) }],
  });
});

test('an instance whose worker is at work goes on with the same task', async () => {
  const model = externalTask('w', 't') + path('start', 'w');
  expect(await predict(model, model)).toMatchObject({ outcome: 'moves' });
});
