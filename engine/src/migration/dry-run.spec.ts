import { describe, expect, test } from 'vitest';
import { stateSignature } from '../analysis/state-signature.js';
import { rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  externalTask,
  flow,
  mappings,
  path,
  process,
  timerEvent,
} from '../spec-support/models.js';
import { processTest } from '../testing/index.js';
import { type DryRun, dryRun } from './dry-run.js';
import { generatePlan } from './generate-plan.js';

const start = '<startEvent id="start"/>';
const user = (id: string, content = '') => `<userTask id="${id}">${content}</userTask>`;
const gateway = (id: string, kind = 'parallel') => `<${kind}Gateway id="${id}"/>`;
const oneTask = [user('a'), path('start', 'a')].join('');

/** An instance of the first model, tried out on the second one with the plan that is generated for them. */
async function tryOut(
  before: string,
  after: string,
  options: { updateEventTriggers?: boolean; complete?: string } = {},
) {
  const engine = await processTest();
  engine.runJobs = false;
  const deploy = async (content: string) => {
    await engine.deploy({ 'p.bpmn': definitions(process('p', start, content)) });
    return engine.host.latest.get('p') ?? '';
  };
  const sourceDefinitionId = await deploy(before);
  const { id } = engine.start('p', { known: 1 });
  for (const task of rowsOf(engine, 'userTask').filter(({ elementId }) => elementId === options.complete))
    engine.host.run(id, { kind: 'completeTask', taskId: task.id });
  const targetDefinitionId = await deploy(after);
  const model = (definitionId: string) => engine.host.models.get(definitionId)!;
  const instructions = generatePlan(model(sourceDefinitionId), model(targetDefinitionId), options);
  const command = { kind: 'migrate', plan: { sourceDefinitionId, targetDefinitionId, instructions } } as const;
  const state = engine.host.instances.get(id)!;
  return { ...dryRun(state, command, engine.host.environment(new Map(), null)), engine, state, command, id };
}

const said = ({ findings }: DryRun) => findings.map(({ code, elementId }) => [code, elementId]);

test('an instance that fits is clean, and nothing has happened to it', async () => {
  const { verdict, findings, after, engine, state, id } = await tryOut(oneTask, oneTask);
  expect([verdict, findings]).toEqual(['clean', []]);
  expect(after?.definitionId).toBe('p:2');
  expect(engine.host.instances.get(id)).toBe(state);
  expect(state.definitionId).toBe('p:1');
});

test('what has no place in the target is refused with the words of the migration itself', async () => {
  const result = await tryOut(oneTask, [user('b'), path('start', 'b')].join(''));
  expect(result.verdict).toBe('refused');
  expect(result.findings).toEqual([
    {
      code: 'not-migratable',
      elementId: 'a',
      message: "There is no migration instruction for this instance's activity",
    },
  ]);
  expect(() => result.engine.host.run(result.id, result.command)).toThrow(result.findings[0]?.message);
});

describe('a join that can never complete', () => {
  const forked = [
    user('a'),
    user('b'),
    gateway('fork'),
    gateway('join'),
    path('start', 'fork', 'a', 'join'),
    path('fork', 'b', 'join'),
  ].join('');

  test('is found where a branch was added beside the token', async () => {
    const result = await tryOut(oneTask, forked);
    expect(said(result)).toEqual([['join-never-completes', 'join']]);
    expect(result.findings[0]?.message).toContain('b-join');
  });

  test('is found where a token waits already', async () => {
    const more = forked.replace('<parallelGateway id="join"/>', `${user('c')}<parallelGateway id="join"/>`);
    const wider = `${more}${path('fork', 'c', 'join')}`;
    const result = await tryOut(forked, wider, { complete: 'a' });
    expect(said(result)).toEqual([['join-never-completes', 'join']]);
  });

  test('isn’t one where all tokens are there, or on their way through what was put between', async () => {
    const longer = `${forked.replace(flow('b', 'join'), '')}${user('late')}${path('b', 'late', 'join')}`;
    for (const complete of ['a', 'b', undefined]) {
      const result = await tryOut(forked, longer, complete ? { complete } : {});
      expect([complete, result.verdict]).toEqual([complete, 'clean']);
    }
  });

  test('starves the joins behind it too', async () => {
    const behind = [gateway('outer'), gateway('last'), user('z')].join('');
    const nested = `${forked.replace(flow('start', 'fork'), '')}${behind}${path('start', 'outer', 'fork')}${path('outer', 'z', 'last')}${path('join', 'last')}`;
    const both = [user('a'), user('z'), gateway('outer'), path('start', 'outer', 'a'), path('outer', 'z')].join('');
    expect(said(await tryOut(both, nested))).toEqual([
      ['join-never-completes', 'join'],
      ['join-never-completes', 'last'],
    ]);
  });

  test('is an inclusive one at which nobody comes by any more', async () => {
    const inclusive = forked.replaceAll('parallelGateway', 'inclusiveGateway');
    const cut = `${inclusive.replace(flow('b', 'join'), '')}<endEvent id="end"/>${path('b', 'end')}<task id="other"/>${path('fork', 'other', 'join')}`;
    expect(said(await tryOut(inclusive, cut, { complete: 'a' }))).toEqual([['join-never-completes', 'join']]);
    expect((await tryOut(inclusive, inclusive, { complete: 'a' })).verdict).toBe('clean');
  });
});

describe('a variable that is read and never written', () => {
  const then = (id: string, reads: string) =>
    [user('a'), externalTask(id, id, mappings({ x: reads })), path('start', 'a', id)].join('');

  test('is found in mappings, conditions and what comes later', async () => {
    expect(said(await tryOut(oneTask, then('next', '${missing}')))).toEqual([['variable-never-written', 'next']]);
    const choice = [
      user('a'),
      gateway('choice', 'exclusive'),
      user('b'),
      path('start', 'a', 'choice'),
      flow('choice', 'b', '${missing > 1}'),
      '<endEvent id="end"/>',
      flow('choice', 'end', '${known > 1}'),
    ].join('');
    expect(said(await tryOut(oneTask, choice))).toEqual([['variable-never-written', 'choice']]);
  });

  test('isn’t one that the instance has, that the target writes on the way, or that was missing before', async () => {
    expect((await tryOut(oneTask, then('next', '${known}'))).verdict).toBe('clean');
    const written = [
      user('a'),
      externalTask('writer', 'w', mappings({}, { missing: '${known}' })),
      externalTask('next', 'n', mappings({ x: '${missing}' })),
      path('start', 'a', 'writer', 'next'),
    ].join('');
    expect((await tryOut(oneTask, written)).verdict).toBe('clean');
    expect((await tryOut(then('next', '${missing}'), then('next', '${missing}'))).verdict).toBe('clean');
  });

  test('is missed when its writer lies behind the token', async () => {
    const before = [
      externalTask('writer', 'w', mappings({}, { missing: '${known}' })),
      user('a'),
      externalTask('next', 'n', mappings({ x: '${missing}' })),
      path('start', 'writer', 'a', 'next'),
    ].join('');
    expect(said(await tryOut(oneTask, before))).toEqual([['variable-never-written', 'next']]);
  });
});

test('a timer that would be due at once is told', async () => {
  const timed = (kind: 'timeDate' | 'timeDuration', text: string) =>
    `${oneTask}${boundaryEvent('timer', 'a', timerEvent(kind, text))}`;
  const past = timed('timeDate', '2020-01-01T00:00:00Z');
  expect(said(await tryOut(oneTask, past))).toEqual([['timer-due-at-once', 'timer']]);
  expect(said(await tryOut(timed('timeDuration', 'PT1H'), past))).toEqual([]);
  expect(said(await tryOut(timed('timeDuration', 'PT1H'), past, { updateEventTriggers: true }))).toEqual([
    ['timer-due-at-once', 'timer'],
  ]);
});

test('instances in the same place have the same signature, whatever their variables', async () => {
  const timed = `${oneTask}${boundaryEvent('timer', 'a', timerEvent('timeDuration', 'PT1H'))}`;
  const [one, other] = [await tryOut(timed, timed), await tryOut(timed, timed)];
  expect(stateSignature(one.state)).toEqual(stateSignature(other.state));
  expect(stateSignature(one.state)).toEqual([
    { elementId: 'a', phase: 'active', waitsFor: ['timer-transition at timer', 'user task'] },
  ]);
});
