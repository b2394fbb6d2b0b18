import { describe, expect, test } from 'vitest';
import { toNative } from '../runtime/typed-value.js';
import { fromColumns } from '../runtime/value-columns.js';
import { history, leftovers, onlyRow, rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  deployed,
  error,
  errorEvent,
  externalTask,
  message,
  messageEvent,
  path,
  process,
  refusals,
  subProcess,
  timerEvent,
} from '../spec-support/models.js';
import type { ProcessTest, TestInstance } from '../testing/index.js';

const start = '<startEvent id="start"/>';
const after = '<userTask id="after"/>';

interface LoopOptions {
  readonly sequential?: boolean;
  readonly cardinality?: string;
  readonly until?: string;
  readonly attributes?: string;
  readonly content?: string;
}

function loop({ sequential = false, cardinality, until, attributes = '', content = '' }: LoopOptions): string {
  const count = cardinality === undefined ? '' : `<loopCardinality>${cardinality}</loopCardinality>`;
  const condition = until === undefined ? '' : `<completionCondition>${until}</completionCondition>`;
  return `<multiInstanceLoopCharacteristics isSequential="${sequential}" ${attributes}>${count}${content}${condition}</multiInstanceLoopCharacteristics>`;
}

const collection = (name: string, item?: string) =>
  `camunda:collection="${name}"${item === undefined ? '' : ` camunda:elementVariable="${item}"`}`;

const task = (marker: string, attributes = '', content = '') =>
  `<userTask id="review" name="\${loopCounter}" ${attributes}>${content}${marker}</userTask>`;

const reviewing = (activity: string, ...others: string[]) =>
  process('p', start, activity, after, ...others, path('start', 'review', 'after'));

/** Names and assignees of the tasks that wait, as they came into being. */
const openTasks = (engine: ProcessTest) =>
  rowsOf(engine, 'userTask').map(({ name, assignee }) => `${name} ${assignee}`);

/** Variables in the history that aren't the process's own: `name=value`. */
function loopVariables(engine: ProcessTest, { id }: TestInstance): string[] {
  const inner = rowsOf(engine, 'historicVariable').filter((row) => row.activityInstanceId !== id);
  return inner.map((row) => `${row.name}=${toNative(fromColumns(row))}`).sort();
}

describe('parallel instances', () => {
  test('are all there at once, and the process goes on when the last has ended', async () => {
    const engine = await deployed(reviewing(task(loop({ cardinality: '3' }))));
    const instance = engine.start('p');
    expect(openTasks(engine)).toEqual(['0 null', '1 null', '2 null']);
    instance.completeTask('review');
    instance.completeTask('review');
    expect(instance.waitingAt()).toEqual(['review']);
    instance.completeTask('review');
    expect(instance.waitingAt()).toEqual(['after']);
    expect(instance.path()).toEqual(['start', 'review#multiInstanceBody', 'review', 'review', 'review']);
  });

  test('count themselves', async () => {
    const engine = await deployed(reviewing(task(loop({ cardinality: '2' }))));
    const instance = engine.start('p');
    instance.completeTask('review');
    expect(loopVariables(engine, instance)).toEqual([
      'loopCounter=0',
      'loopCounter=1',
      'nrOfActiveInstances=1',
      'nrOfCompletedInstances=1',
      'nrOfInstances=2',
    ]);
    expect(instance.variables()).toEqual({});
  });

  test('over the elements of a JSON list each get a JSON variable', async () => {
    const marker = loop({ attributes: collection('${S(people).elements()}', 'person') });
    const activity = task(marker, `camunda:assignee="\${person.prop('name').stringValue()}"`);
    const engine = await deployed(reviewing(activity));
    engine.start('p', { people: '[{"name":"ann"},{"name":"bob"}]' });
    expect(openTasks(engine)).toEqual(['0 ann', '1 bob']);
    expect(rowsOf(engine, 'variable').flatMap(({ name, type }) => (name === 'person' ? [type] : []))).toEqual([
      'Json',
      'Json',
    ]);
  });

  test('each get an item of the collection', async () => {
    const marker = loop({ attributes: collection('people', 'person') });
    const engine = await deployed(reviewing(task(marker, 'camunda:assignee="${person}"')));
    engine.start('p', { people: ['ann', 'bob'] });
    expect(openTasks(engine)).toEqual(['0 ann', '1 bob']);
  });

  test('that are still at work when the completion condition holds are cancelled', async () => {
    const engine = await deployed(
      reviewing(task(loop({ cardinality: '3', until: '${nrOfCompletedInstances / nrOfInstances >= 0.6}' }))),
    );
    const instance = engine.start('p');
    instance.completeTask('review');
    instance.completeTask('review');
    expect(instance.waitingAt()).toEqual(['after']);
    expect(history(engine)).toContain('review (canceled)');
    instance.completeTask('after');
    expect(leftovers(engine)).toEqual({});
  });

  test('let the completion condition see what belongs to the instance that has just ended', async () => {
    const marker = loop({ attributes: collection('people', 'person'), until: "${person == 'bob'}" });
    const engine = await deployed(reviewing(externalTask('review', '${person}', marker)));
    const instance = engine.start('p', { people: ['ann', 'bob', 'eve'] });
    instance.completeExternalTask('eve');
    expect(instance.waitingAt()).toEqual(['review', 'review']);
    instance.completeExternalTask('bob');
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('each have the input and output mappings, and each run the listeners', async () => {
    const content = `<extensionElements>
      <camunda:inputOutput><camunda:inputParameter name="square">\${loopCounter * loopCounter}</camunda:inputParameter></camunda:inputOutput>
      <camunda:executionListener event="end" expression="\${execution.setVariable('sum', sum + square)}"/></extensionElements>`;
    const engine = await deployed(reviewing(task(loop({ cardinality: '3' }), '', content)));
    const instance = engine.start('p', { sum: 0 });
    for (let i = 0; i < 3; i++) instance.completeTask('review');
    expect(instance.variables()).toMatchObject({ sum: 5 });
  });
});

describe('sequential instances', () => {
  test('come one after the other, and share their scope', async () => {
    const marker = loop({ sequential: true, attributes: collection('people', 'person') });
    const engine = await deployed(reviewing(task(marker, 'camunda:assignee="${person}"')));
    const instance = engine.start('p', { people: ['ann', 'bob'] });
    expect(openTasks(engine)).toEqual(['0 ann']);
    instance.completeTask('review');
    expect(openTasks(engine)).toEqual(['1 bob']);
    instance.completeTask('review');
    expect(instance.waitingAt()).toEqual(['after']);
    expect(loopVariables(engine, instance)).toEqual([
      'loopCounter=1',
      'nrOfActiveInstances=1',
      'nrOfCompletedInstances=2',
      'nrOfInstances=2',
      'person=bob',
    ]);
  });

  test('stop when the completion condition holds', async () => {
    const engine = await deployed(reviewing(task(loop({ sequential: true, cardinality: '5', until: '${rejected}' }))));
    const instance = engine.start('p', { rejected: false });
    instance.completeTask('review');
    expect(instance.waitingAt()).toEqual(['review']);
    instance.completeTask('review', { rejected: true });
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('look at the collection again before each turn; one that has become too short is an error', async () => {
    const marker = loop({ sequential: true, attributes: collection('people', 'person') });
    const engine = await deployed(reviewing(task(marker)));
    const instance = engine.start('p', { people: ['ann', 'bob'] });
    expect(() => instance.completeTask('review', { people: ['ann'] })).toThrow(/an item for instance 2/);
    expect(openTasks(engine)).toEqual(['0 null']);
    instance.completeTask('review', { people: ['ann', 'carl'] });
    expect(loopVariables(engine, instance)).toContain('person=carl');
  });

  test('that need no wait state run through a thousand turns', async () => {
    const count = 'camunda:expression="${total + 1}" camunda:resultVariable="total"';
    const engine = await deployed(
      reviewing(`<serviceTask id="review" ${count}>${loop({ sequential: true, cardinality: '1000' })}</serviceTask>`),
    );
    const instance = engine.start('p', { total: 0 });
    expect(instance.variables()).toMatchObject({ total: 1000 });
  });
});

describe('how many', () => {
  test.each([
    ['an expression', loop({ cardinality: '${2 + 1}' }), {}, 3],
    ['a number, less its fraction', loop({ cardinality: '${5 / 2}' }), {}, 2],
    ['a text with a number', loop({ cardinality: '${count}' }), { count: '2' }, 2],
    ['the name of a variable', loop({ attributes: collection('people') }), { people: [1, 2] }, 2],
    ['an expression for a list', loop({ attributes: collection('${people}') }), { people: [1, 2] }, 2],
    [
      'the standard’s loopDataInputRef',
      loop({ content: '<loopDataInputRef>people</loopDataInputRef><inputDataItem name="person"/>' }),
      { people: [1, 2] },
      2,
    ],
    [
      'a cardinality, whatever the collection holds',
      loop({ cardinality: '1', attributes: collection('people', 'p') }),
      { people: [1, 2] },
      1,
    ],
  ])('is told by %s', async (_, marker, variables, expected) => {
    const engine = await deployed(reviewing(task(marker)));
    engine.start('p', variables);
    expect(rowsOf(engine, 'userTask')).toHaveLength(expected);
  });

  test('may be none: the activity is passed', async () => {
    const engine = await deployed(reviewing(task(loop({ attributes: collection('people') }))));
    expect(engine.start('p', { people: [] }).path()).toEqual(['start', 'review#multiInstanceBody']);
  });

  test.each([
    ['-1', {}, /whole number/],
    ['1.5', {}, /whole number/],
    ['many', {}, /whole number/],
    ['${null}', {}, /whole number/],
  ])('is refused at run time when it is %s', async (cardinality, variables, reason) => {
    const engine = await deployed(reviewing(task(loop({ cardinality }))));
    expect(() => engine.start('p', variables)).toThrow(reason);
  });

  test('must be a list where it is a collection', async () => {
    const engine = await deployed(reviewing(task(loop({ attributes: collection('people') }))));
    expect(() => engine.start('p', { people: 'ann' })).toThrow(/to be a list/);
    expect(() => engine.start('p')).toThrow(/to be a list/);
  });

  test('is asked for at deployment', async () => {
    const missing = await refusals(definitions(reviewing(task(loop({})))));
    expect(missing.map(({ message }) => message)).toEqual([expect.stringMatching(/loopCardinality or a collection/)]);
    const marker = loop({ cardinality: '2', attributes: 'camunda:elementVariable="person"' });
    const item = await refusals(definitions(reviewing(task(marker))));
    expect(item.map(({ message }) => message)).toEqual([
      expect.stringMatching(/collection for the element variable 'person'/),
    ]);
  });
});

describe.each([
  ['parallel', false],
  ['sequential', true],
])('%s instances', (_, sequential) => {
  const marker = loop({ sequential, cardinality: '2' });

  test('of an external task', async () => {
    const engine = await deployed(reviewing(externalTask('review', 'work', marker)));
    const instance = engine.start('p');
    instance.completeExternalTask('work');
    expect(instance.waitingAt()).toEqual(['review']);
    instance.completeExternalTask('work');
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('of a sub-process, each with its own variables', async () => {
    const inner = subProcess(
      'review',
      '<startEvent id="begin"/><userTask id="inside"/>',
      path('begin', 'inside'),
      marker,
    );
    const engine = await deployed(reviewing(inner));
    const instance = engine.start('p');
    expect(instance.waitingAt()).toEqual(sequential ? ['inside'] : ['inside', 'inside']);
    instance.completeTask('inside');
    instance.completeTask('inside');
    expect(instance.waitingAt()).toEqual(['after']);
    expect(instance.path().filter((id) => id === 'review')).toHaveLength(2);
  });

  test('of a call activity, each with an instance of its own', async () => {
    const engine = await deployed(
      reviewing(`<callActivity id="review" calledElement="child"><extensionElements>
        <camunda:in source="loopCounter" target="number"/></extensionElements>${marker}</callActivity>`),
      process('child', start, '<userTask id="inside" name="${number}"/>', path('start', 'inside')),
    );
    const instance = engine.start('p');
    expect(openTasks(engine)).toEqual(sequential ? ['0 null'] : ['0 null', '1 null']);
    for (const { id, processInstanceId } of rowsOf(engine, 'userTask'))
      engine.host.run(processInstanceId, { kind: 'completeTask', taskId: id });
    if (sequential) {
      expect(openTasks(engine)).toEqual(['1 null']);
      instance.completeTask('inside');
    }
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('of a receive task, one message for each', async () => {
    const engine = await deployed(
      message('paid'),
      reviewing(`<receiveTask id="review" messageRef="paid">${marker}</receiveTask>`),
    );
    const instance = engine.start('p');
    engine.message('paid');
    expect(instance.waitingAt()).toEqual(['review']);
    engine.message('paid');
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('have asynchronous continuations around all of them, and around each', async () => {
    const each = loop({
      sequential,
      cardinality: '2',
      attributes: 'camunda:asyncBefore="true" camunda:asyncAfter="true"',
    });
    const engine = await deployed(reviewing(task(each, 'camunda:asyncBefore="true" camunda:asyncAfter="true"')));
    engine.runJobs = false;
    const instance = engine.start('p');
    const jobs = () => rowsOf(engine, 'job').map(({ elementId, configuration }) => `${elementId} ${configuration}`);
    const run = () => {
      for (const { id } of rowsOf(engine, 'job')) engine.host.run(instance.id, { kind: 'executeJob', jobId: id });
    };
    expect(jobs()).toEqual(['review#multiInstanceBody async-before']);
    run();
    const turn = sequential ? 1 : 2;
    for (let left = 2 / turn; left > 0; left--) {
      expect(jobs()).toEqual(Array(turn).fill('review async-before'));
      run();
      for (let i = 0; i < turn; i++) instance.completeTask('review');
      expect(jobs()).toEqual(Array(turn).fill('review async-after'));
      run();
    }
    expect(jobs()).toEqual(['review#multiInstanceBody async-after']);
    run();
    expect(instance.waitingAt()).toEqual(['after']);
    expect(leftovers(engine)).toEqual({ userTask: 1 });
  });

  test('are all cancelled by a boundary event', async () => {
    const late = boundaryEvent('late', 'review', timerEvent('timeDuration', 'P1D'));
    const engine = await deployed(reviewing(task(marker), late, '<userTask id="remind"/>', path('late', 'remind')));
    const instance = engine.start('p');
    instance.completeTask('review');
    engine.advance({ days: 1 });
    expect(instance.waitingAt()).toEqual(['remind']);
    expect(history(engine)).toContain('review#multiInstanceBody (canceled)');
    instance.completeTask('remind');
    expect(leftovers(engine)).toEqual({});
  });

  test('go on beside a boundary event that does not interrupt', async () => {
    const asked = boundaryEvent('asked', 'review', messageEvent('ask'), false);
    const engine = await deployed(
      message('ask'),
      reviewing(task(marker), asked, '<userTask id="answer"/>', path('asked', 'answer')),
    );
    const instance = engine.start('p');
    engine.message('ask');
    expect(instance.waitingAt()).toEqual(sequential ? ['answer', 'review'] : ['answer', 'review', 'review']);
  });

  test('are all given up when an error leaves one of them', async () => {
    const failed = boundaryEvent('failed', 'review', errorEvent('broken'));
    const engine = await deployed(
      error('broken'),
      reviewing(externalTask('review', 'work', marker), failed, '<userTask id="repair"/>', path('failed', 'repair')),
    );
    const instance = engine.start('p');
    const { id } = rowsOf(engine, 'externalTask')[0]!;
    engine.host.run(instance.id, {
      kind: 'throwExternalTaskError',
      externalTaskId: id,
      errorCode: 'broken',
      errorMessage: null,
    });
    expect(instance.waitingAt()).toEqual(['repair']);
    expect(rowsOf(engine, 'externalTask')).toEqual([]);
  });

  test('go when the instance is deleted', async () => {
    const engine = await deployed(reviewing(task(marker)));
    const instance = engine.start('p');
    instance.completeTask('review');
    instance.delete();
    expect(leftovers(engine)).toEqual({});
    expect(onlyRow(engine, 'historicProcessInstance').state).toBe('EXTERNALLY_TERMINATED');
  });

  test('can be inside one another', async () => {
    const inner = `<userTask id="inside">${marker}</userTask>`;
    const outer = subProcess('review', '<startEvent id="begin"/>', inner, path('begin', 'inside'), marker);
    const engine = await deployed(reviewing(outer));
    const instance = engine.start('p');
    for (let i = 0; i < 4; i++) instance.completeTask('inside');
    expect(instance.waitingAt()).toEqual(['after']);
  });
});
