import { describe, expect, test } from 'vitest';
import { boundaryEvent, deployed, mappings, path, process, timerEvent } from '../spec-support/models.js';

const start = '<startEvent id="start"/><userTask id="after"/>';
const task = (id: string, expression: string, result = '', content = '') =>
  `<serviceTask id="${id}" camunda:expression="\${${expression}}" camunda:resultVariable="${result}">${content}</serviceTask>`;
const setLocal = "execution.setVariableLocal('mark', 1)";

describe('a variable that is set locally by an expression', () => {
  test('stays in the scope around an activity that has none of its own', async () => {
    const way = path('start', 'set', 'read', 'after');
    const engine = await deployed(process('p', start, task('set', setLocal), task('read', 'mark + 1', 'seen'), way));
    expect(engine.start('p').variables()).toEqual({ mark: 1, seen: 2 });
  });

  test('is found there as a local one', async () => {
    const read = task(
      'read',
      "execution.hasVariableLocal('given') && execution.getVariableLocal('given') == 5",
      'seen',
    );
    const engine = await deployed(process('p', start, read, path('start', 'read', 'after')));
    expect(engine.start('p', { given: 5 }).variables()).toEqual({ given: 5, seen: true });
  });

  test.each([
    ['has mappings', mappings({ own: '1' }), ''],
    [
      'has a boundary event',
      '',
      `${boundaryEvent('late', 'set', timerEvent('timeDuration', 'PT1H'))}${path('late', 'after')}`,
    ],
  ])('goes with an activity that %s', async (_, content, rest) => {
    const set = task('set', setLocal, '', content);
    const engine = await deployed(process('p', start, set, rest, path('start', 'set', 'after')));
    expect(engine.start('p').variables()).toEqual({});
  });

  test('goes with an activity beside which others are at work', async () => {
    const fork = '<parallelGateway id="fork"/><userTask id="other"/>';
    const engine = await deployed(
      process('p', start, fork, task('set', setLocal), path('start', 'fork', 'other'), path('fork', 'set', 'after')),
    );
    expect(engine.start('p').variables()).toEqual({});
  });

  test('is that of its turn inside a loop', async () => {
    const loop =
      '<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>';
    const set = task('set', "execution.setVariableLocal('mark', loopCounter)", '', loop);
    const engine = await deployed(process('p', start, set, path('start', 'set', 'after')));
    expect(engine.start('p').variables()).toEqual({});
  });
});

test('a call activity has local variables of its own: what it got back is found there when it ends', async () => {
  const listener =
    '<camunda:executionListener event="end" expression="${execution.setVariable(\'kept\', execution.getVariableLocal(\'score\'))}"/>';
  const call = `<callActivity id="call" calledElement="check"><extensionElements>
    <camunda:out source="score" target="score" local="true"/>${listener}</extensionElements></callActivity>`;
  const caller = process('p', start, call, path('start', 'call', 'after'));
  const check = process('check', '<startEvent id="start"/>', task('rate', '450', 'score'), path('start', 'rate'));
  const engine = await deployed(caller, check);
  expect(engine.start('p').variables()).toEqual({ kept: 450 });
});
