import { describe, expect, test } from 'vitest';
import { history, leftovers } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  deployed,
  eventSubProcess,
  message,
  messageEvent,
  path,
  process,
  refusals,
} from '../spec-support/models.js';

interface Parts {
  readonly attributes?: string;
  readonly activities?: string;
  readonly until?: string;
  readonly more?: string;
}

function adHoc({ attributes = '', activities, until, more = '' }: Parts): string {
  const property =
    activities === undefined
      ? ''
      : `<extensionElements><camunda:properties><camunda:property name="activeElementsCollection" value="${activities}"/></camunda:properties></extensionElements>`;
  const condition =
    until === undefined ? '' : `<completionCondition xsi:type="tFormalExpression">\${${until}}</completionCondition>`;
  return process(
    'care',
    '<startEvent id="start"/><userTask id="after"/>',
    `<adHocSubProcess id="treat" ${attributes}>${property}
      <userTask id="bath"/><userTask id="meal"/><userTask id="dishes"/><userTask id="walk"/>${more}
      ${path('meal', 'dishes')}${condition}</adHocSubProcess>`,
    path('start', 'treat', 'after'),
  );
}

describe('an ad-hoc sub-process', () => {
  test('offers all activities without incoming flow at once, and ends when nothing is left', async () => {
    const engine = await deployed(adHoc({}));
    const care = engine.start('care');
    expect(care.waitingAt()).toEqual(['bath', 'meal', 'walk']);
    care.completeTask('meal');
    expect(care.waitingAt()).toEqual(['bath', 'dishes', 'walk']);
    care.completeTask('walk');
    care.completeTask('dishes');
    care.completeTask('bath');
    expect(care.waitingAt()).toEqual(['after']);
    care.completeTask('after');
    expect(leftovers(engine)).toEqual({});
  });

  test('in sequence does one after the other, each with what follows it', async () => {
    const engine = await deployed(adHoc({ attributes: 'ordering="Sequential"' }));
    const care = engine.start('care');
    for (const task of ['bath', 'meal', 'dishes', 'walk']) {
      expect(care.waitingAt()).toEqual([task]);
      care.completeTask(task);
    }
    expect(care.waitingAt()).toEqual(['after']);
  });

  test('does the activities that its model chooses, in that order', async () => {
    const chosen = await deployed(adHoc({ activities: '${todo}' }));
    expect(chosen.start('care', { todo: ['walk', 'bath'] }).waitingAt()).toEqual(['bath', 'walk']);
    expect(chosen.start('care', { todo: 'meal' }).waitingAt()).toEqual(['meal']);
    expect(chosen.start('care', { todo: [] }).waitingAt()).toEqual(['after']);
    const fixed = await deployed(adHoc({ attributes: 'ordering="Sequential"', activities: 'walk, bath' }));
    const care = fixed.start('care');
    expect(care.waitingAt()).toEqual(['walk']);
    care.completeTask('walk');
    expect(care.waitingAt()).toEqual(['bath']);
  });

  test('fails clearly when it is to do what is not inside, or only follows', async () => {
    const engine = await deployed(adHoc({ activities: '${todo}' }));
    expect(() => engine.start('care', { todo: ['fly'] })).toThrow(/'treat'.*'fly'/);
    expect(() => engine.start('care', { todo: ['dishes'] })).toThrow(/'dishes'/);
    expect(() => engine.start('care', { todo: 5 })).toThrow(/list of activity ids.*'5'/);
  });

  test('ends by its completion condition and cancels what is still at work', async () => {
    const engine = await deployed(adHoc({ until: 'well' }));
    const care = engine.start('care', { well: false });
    care.completeTask('meal');
    care.completeTask('walk', { well: true });
    expect(care.waitingAt()).toEqual(['after']);
    expect(history(engine)).toContain('bath (canceled)');
    expect(history(engine)).toContain('dishes (canceled)');
  });

  test('does not begin what would follow once its condition holds', async () => {
    const engine = await deployed(adHoc({ until: 'well' }));
    const care = engine.start('care', { well: false });
    care.completeTask('meal', { well: true });
    expect(care.waitingAt()).toEqual(['after']);
    expect(care.path()).not.toContain('dishes');
  });

  test('lets what is at work come to its end where the model says so, but begins nothing new', async () => {
    const engine = await deployed(adHoc({ until: 'well', attributes: 'cancelRemainingInstances="false"' }));
    const care = engine.start('care', { well: false });
    care.completeTask('walk', { well: true });
    expect(care.waitingAt()).toEqual(['bath', 'meal']);
    care.completeTask('meal', { well: false }); // it is decided already
    expect(care.waitingAt()).toEqual(['bath']);
    care.completeTask('bath');
    expect(care.waitingAt()).toEqual(['after']);
  });

  test('in sequence stops with the activity after which the condition holds', async () => {
    const engine = await deployed(adHoc({ until: 'well', attributes: 'ordering="Sequential"' }));
    const care = engine.start('care', { well: false });
    care.completeTask('bath');
    care.completeTask('meal', { well: true });
    expect(care.waitingAt()).toEqual(['after']);
  });

  test('begins activities that do not wait only until the condition holds', async () => {
    const counter = (id: string) =>
      `<serviceTask id="${id}" camunda:expression="\${n + 1}" camunda:resultVariable="n"/>`;
    const engine = await deployed(
      adHoc({ until: 'n &gt;= 2', activities: 'one,two,three', more: ['one', 'two', 'three'].map(counter).join('') }),
    );
    const care = engine.start('care', { n: 0 });
    expect(care.variables()).toEqual({ n: 2 });
    expect(care.waitingAt()).toEqual(['after']);
  });

  test('is cancelled by its boundary event, and by an event sub-process inside', async () => {
    const outer = await deployed(
      message('stop'),
      adHoc({}).replace(
        '</process>',
        `${boundaryEvent('stopped', 'treat', messageEvent('stop'))}${path('stopped', 'after')}</process>`,
      ),
    );
    const care = outer.start('care');
    outer.message('stop');
    expect(care.waitingAt()).toEqual(['after']);

    const inner = await deployed(
      message('stop'),
      adHoc({
        attributes: 'ordering="Sequential"',
        more: eventSubProcess(
          'onStop',
          `<startEvent id="heard">${messageEvent('stop')}</startEvent><userTask id="tidy"/>`,
          path('heard', 'tidy'),
        ),
      }),
    );
    const other = inner.start('care');
    inner.message('stop');
    expect(other.waitingAt()).toEqual(['tidy']);
    other.completeTask('tidy');
    expect(other.waitingAt()).toEqual(['after']);
  });

  test('can be repeated, and repeats what is inside', async () => {
    const loop = '<standardLoopCharacteristics loopMaximum="2"/>';
    const engine = await deployed(
      process(
        'care',
        '<startEvent id="start"/><userTask id="after"/>',
        `<adHocSubProcess id="treat"><extensionElements><camunda:properties>
          <camunda:property name="activeElementsCollection" value="bath"/></camunda:properties></extensionElements>
          ${loop}<userTask id="bath">${loop}</userTask></adHocSubProcess>`,
        path('start', 'treat', 'after'),
      ),
    );
    const care = engine.start('care');
    for (let turn = 0; turn < 4; turn++) care.completeTask('bath');
    expect(care.waitingAt()).toEqual(['after']);
  });

  test.each([
    [
      'without an activity to begin with',
      '<adHocSubProcess id="flawed"/>',
      /an activity that no sequence flow leads to/,
    ],
    ['with a start event', '<adHocSubProcess id="flawed"><task id="t"/><startEvent id="s"/></adHocSubProcess>', /'s'/],
    [
      'with an end event',
      `<adHocSubProcess id="flawed"><task id="t"/><endEvent id="e"/>${path('t', 'e')}</adHocSubProcess>`,
      /'e'/,
    ],
    [
      'triggered by an event',
      '<adHocSubProcess id="flawed" triggeredByEvent="true"><task id="t"/></adHocSubProcess>',
      /triggered by an event/,
    ],
    [
      'that names activities which are not inside',
      `<adHocSubProcess id="flawed"><extensionElements><camunda:properties><camunda:property name="activeElementsCollection" value="x"/></camunda:properties></extensionElements><task id="t"/></adHocSubProcess>`,
      /'x'/,
    ],
  ])('%s is refused', async (_, element, reason) => {
    const problems = await refusals(
      definitions(
        process(
          'care',
          '<startEvent id="start"/>',
          element,
          path('start', ...(element.includes('triggered') ? [] : ['flawed'])),
        ),
      ),
    );
    expect(problems).toEqual([
      expect.objectContaining({ elementId: 'flawed', message: expect.stringMatching(reason) }),
    ]);
  });
});
