import { describe, expect, test } from 'vitest';
import { leftovers, rowsOf, runJobAt } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  deployed,
  mappings,
  message,
  messageEvent,
  parsed,
  path,
  process,
  refusals,
  subProcess,
} from '../spec-support/models.js';

function marker(attributes: string, condition?: string): string {
  return `<standardLoopCharacteristics ${attributes}>${
    condition === undefined ? '' : `<loopCondition xsi:type="tFormalExpression">${condition}</loopCondition>`
  }</standardLoopCharacteristics>`;
}

const around = (...work: string[]) =>
  process('order', '<startEvent id="start"/><userTask id="after"/>', ...work, path('start', 'work', 'after'));

const counting = (loop: string) =>
  around(`<serviceTask id="work" camunda:expression="\${n + 1}" camunda:resultVariable="n">${loop}</serviceTask>`);

describe('a loop', () => {
  test('that is tested after each turn has at least one', async () => {
    const engine = await deployed(counting(marker('', '${n &lt; 0}')));
    const order = engine.start('order', { n: 0 });
    expect(order.variables()).toEqual({ n: 1 });
    expect(order.waitingAt()).toEqual(['after']);
  });

  test('that is tested before may have no turn at all', async () => {
    const engine = await deployed(counting(marker('testBefore="true"', '${n &lt; 3}')));
    expect(engine.start('order', { n: 0 }).variables()).toEqual({ n: 3 });
    const none = engine.start('order', { n: 5 });
    expect(none.variables()).toEqual({ n: 5 });
    expect(none.waitingAt()).toEqual(['after']);
  });

  test('has no more turns than its maximum, with or without a condition', async () => {
    for (const loop of [marker('loopMaximum="4"'), marker('loopMaximum="4"', '${true}')]) {
      const engine = await deployed(counting(loop));
      expect(engine.start('order', { n: 0 }).variables()).toEqual({ n: 4 });
    }
    const never = await deployed(counting(marker('loopMaximum="0"')));
    expect(never.start('order', { n: 0 }).variables()).toEqual({ n: 0 });
  });

  test('counts its turns where its activity and its condition see them', async () => {
    const engine = await deployed(
      around(
        `<userTask id="work">${mappings({ turn: '${loopCounter}' }, { last: '${turn}' })}${marker('', '${loopCounter &lt; 2}')}</userTask>`,
      ),
    );
    const order = engine.start('order');
    order.completeTask('work');
    expect(order.variables()).toEqual({ last: 0 });
    expect(order.waitingAt()).toEqual(['work']);
    order.completeTask('work');
    expect(order.variables()).toEqual({ last: 1 });
    expect(order.waitingAt()).toEqual(['after']);
    expect(rowsOf(engine, 'variable').map(({ name }) => name)).toEqual(['last']);
  });

  test('around a sub-process does all of it in every turn', async () => {
    const engine = await deployed(
      around(
        subProcess(
          'work',
          marker('loopMaximum="2"'),
          '<startEvent id="begin"/><userTask id="look"/><userTask id="decide"/>',
          path('begin', 'look', 'decide'),
        ),
      ),
    );
    const order = engine.start('order');
    for (let turn = 0; turn < 2; turn++) {
      order.completeTask('look');
      order.completeTask('decide');
    }
    expect(order.waitingAt()).toEqual(['after']);
  });

  test('is ended as a whole by its boundary event', async () => {
    const engine = await deployed(
      message('stop'),
      around(
        `<userTask id="work">${marker('loopMaximum="3"')}</userTask><task id="stopped"/>`,
        boundaryEvent('stopping', 'work', messageEvent('stop')),
        path('stopping', 'stopped', 'after'),
      ),
    );
    const order = engine.start('order');
    order.completeTask('work');
    engine.message('stop');
    expect(order.waitingAt()).toEqual(['after']);
    order.completeTask('after');
    expect(leftovers(engine)).toEqual({});
  });

  test('waits for its asynchronous continuation once, not in every turn', async () => {
    const engine = await deployed(
      around(`<userTask id="work" camunda:asyncBefore="true">${marker('loopMaximum="2"')}</userTask>`),
    );
    engine.runJobs = false;
    const order = engine.start('order');
    runJobAt(engine, 'work#loopBody');
    order.completeTask('work');
    expect(order.waitingAt()).toEqual(['work']);
    order.completeTask('work');
    expect(order.waitingAt()).toEqual(['after']);
  });

  test('with neither condition nor maximum is done once, and the deployment warns', async () => {
    const engine = await deployed(counting(marker('')));
    expect(engine.start('order', { n: 0 }).variables()).toEqual({ n: 1 });
    const { warnings } = await parsed(definitions(counting(marker(''))));
    expect(warnings).toMatchObject([{ elementId: 'work', message: expect.stringMatching(/done once/) }]);
  });

  test.each([
    ['a maximum below 0', marker('loopMaximum="-1"'), /'-1'/],
    ['a maximum that is no number', marker('loopMaximum="many"'), /whole number/],
    ['a condition that is no expression', marker('', '${n &lt; }'), /valid condition/],
  ])('with %s is refused', async (_, loop, reason) => {
    const [problem, ...more] = await refusals(definitions(counting(loop)));
    expect(problem).toMatchObject({ elementId: 'work', message: expect.stringMatching(reason) });
    expect(more).toEqual([]);
  });
});
