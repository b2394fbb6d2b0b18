import { expect, test } from 'vitest';
import { history, leftovers, rowsOf, send } from '../spec-support/instances.js';
import {
  boundaryEvent,
  conditionalEvent,
  deployed,
  flow,
  path,
  process,
  signal,
  signalEvent,
  subProcess,
  undoing,
  undoneBy,
} from '../spec-support/models.js';
import type { ProcessTest } from '../testing/index.js';

/** Time in proportion to the work: each of these takes seconds at most; it would be minutes if work grew by its square. */
const SECONDS = 20_000;

test(
  'a loop of 100,000 turns without a wait comes to its end',
  async () => {
    const engine = await deployed(
      process(
        'loop',
        `<startEvent id="start"/><exclusiveGateway id="again"/><exclusiveGateway id="until" default="until-after"/>
        <serviceTask id="count" camunda:expression="\${n + 1}" camunda:resultVariable="n"/><userTask id="after"/>`,
        path('start', 'again', 'count', 'until', 'after') + flow('until', 'again', '${n < 100000}'),
      ),
    );
    const instance = engine.start('loop', { n: 0 });
    expect(instance.waitingAt()).toEqual(['after']);
    expect(instance.variables()).toEqual({ n: 100_000 });
  },
  SECONDS,
);

test(
  'a loop marker does 100,000 turns',
  async () => {
    const engine = await deployed(
      process(
        'loop',
        `<startEvent id="start"/><task id="turn"><standardLoopCharacteristics loopMaximum="100000"/></task>
        <userTask id="after"/>`,
        path('start', 'turn', 'after'),
      ),
    );
    const instance = engine.start('loop');
    expect(instance.waitingAt()).toEqual(['after']);
    expect(rowsOf(engine, 'historicActivityInstance').filter(({ elementId }) => elementId === 'turn')).toHaveLength(
      100_000,
    );
  },
  SECONDS,
);

test('50 sub-processes inside each other are entered and left', async () => {
  let content = '<userTask id="core"/>';
  let entry = 'core';
  for (let depth = 1; depth <= 50; depth++) {
    content = subProcess(`level${depth}`, `<startEvent id="start${depth}"/>`, content, path(`start${depth}`, entry));
    entry = `level${depth}`;
  }
  const engine = await deployed(
    process('deep', '<startEvent id="start"/>', content, '<userTask id="after"/>', path('start', entry, 'after')),
  );
  const deep = engine.start('deep', { amount: 5 });
  deep.completeTask('core', { amount: 6 });
  expect(deep.waitingAt()).toEqual(['after']);
  expect(deep.variables()).toEqual({ amount: 6 });
});

const ITEMS = Array.from({ length: 10_000 }, (_, index) => `item ${index}`);

function perItem(tag: string, attributes: string, completionCondition = ''): string {
  const condition = completionCondition
    ? `<completionCondition xsi:type="tFormalExpression">${completionCondition}</completionCondition>`
    : '';
  return process(
    'batch',
    `<startEvent id="start"/><userTask id="after"/>
    <${tag} id="each"><multiInstanceLoopCharacteristics ${attributes} camunda:collection="items" camunda:elementVariable="item">
    ${condition}</multiInstanceLoopCharacteristics></${tag}>`,
    path('start', 'each', 'after'),
  );
}

/** Completes the tasks one by one, each with a command of its own, as people do. */
function completeAll(engine: ProcessTest): number {
  const tasks = engine.host.rows.userTask;
  let done = 0;
  for (let [task] = tasks.values(); task?.elementId === 'each'; [task] = tasks.values(), done++)
    engine.host.run(task.processInstanceId, { kind: 'completeTask', taskId: task.id });
  return done;
}

for (const sequential of [false, true]) {
  const kind = sequential ? 'one after the other' : 'all at once';
  const attributes = `isSequential="${sequential}"`;

  test(
    `10,000 items are passed, ${kind}`,
    async () => {
      const engine = await deployed(perItem('task', attributes));
      const batch = engine.start('batch', { items: ITEMS });
      expect(batch.waitingAt()).toEqual(['after']);
      expect(rowsOf(engine, 'historicActivityInstance').filter(({ elementId }) => elementId === 'each')).toHaveLength(
        ITEMS.length,
      );
    },
    SECONDS,
  );

  test(
    `10,000 tasks are completed one by one, created ${kind}`,
    async () => {
      const engine = await deployed(perItem('userTask', attributes));
      const batch = engine.start('batch', { items: ITEMS });
      expect(completeAll(engine)).toBe(ITEMS.length);
      expect(batch.waitingAt()).toEqual(['after']);
      expect(rowsOf(engine, 'historicTask').every(({ endedAt, elementId }) => endedAt || elementId === 'after')).toBe(
        true,
      );
    },
    SECONDS,
  );
}

test(
  'thousands of tasks are given up together',
  async () => {
    const engine = await deployed(perItem('userTask', '', '${nrOfCompletedInstances &gt;= 2}'));
    const batch = engine.start('batch', { items: ITEMS });
    expect(completeAll(engine)).toBe(2);
    expect(batch.waitingAt()).toEqual(['after']);
    batch.delete();
    expect(leftovers(engine)).toEqual({});
  },
  SECONDS,
);

test(
  '10,000 variables are set, changed and removed',
  async () => {
    const engine = await deployed(
      process('wide', '<startEvent id="start"/><userTask id="work"/>', path('start', 'work')),
    );
    const values = (value: number) => Object.fromEntries(ITEMS.map((name) => [name, value]));
    const wide = engine.start('wide', values(1));
    wide.completeTask('work', values(2));
    const again = engine.start('wide', values(1));
    again.setVariables(values(3));
    expect(again.variables()).toEqual(values(3));
    send(engine, again.id, { kind: 'setVariables', scopeId: again.id, remove: ITEMS.slice(1), local: true });
    expect(again.variables()).toEqual({ 'item 0': 3 });
  },
  SECONDS,
);

test(
  '10,000 turns look at a list that an expression names',
  async () => {
    const sequential = 'isSequential="true"';
    const engine = await deployed(perItem('task', sequential).replace('"items"', '"${order.items}"'));
    const batch = engine.start('batch', { order: { items: ITEMS } });
    expect(batch.waitingAt()).toEqual(['after']);
  },
  SECONDS,
);

/** A sub-process for each item, and beside it whatever the test adds. */
function perItemSubProcess(content: string, ...beside: readonly string[]): string {
  return process(
    'batch',
    '<startEvent id="start"/><userTask id="after"/>',
    subProcess(
      'each',
      '<multiInstanceLoopCharacteristics camunda:collection="items" camunda:elementVariable="item"/>',
      content,
    ),
    path('start', 'each', 'after'),
    ...beside,
  );
}

test(
  '10,000 completed sub-processes are undone in one go',
  async () => {
    const content = `<startEvent id="begin"/><task id="work"/>${undoneBy('work', 'undo', 'task')}${path('begin', 'work')}`;
    const engine = await deployed(
      perItemSubProcess(content, undoing('throw'), '<userTask id="undone"/>', path('after', 'throw', 'undone')),
    );
    const batch = engine.start('batch', { items: ITEMS });
    batch.completeTask('after');
    expect(batch.waitingAt()).toEqual(['undone']);
    expect(history(engine).filter((entry) => entry === 'undo')).toHaveLength(ITEMS.length);
  },
  SECONDS,
);

test(
  '10,000 activities wait for a condition, each sees only the variables around it',
  async () => {
    const content = `<startEvent id="begin"/><userTask id="work"/><userTask id="late"/>
      ${boundaryEvent('overtaken', 'work', conditionalEvent('${stop}'))}${path('begin', 'work')}${flow('overtaken', 'late')}`;
    const engine = await deployed(perItemSubProcess(content));
    const batch = engine.start('batch', { items: ITEMS, stop: false });
    for (const { activityInstanceId } of rowsOf(engine, 'userTask').slice(0, 500))
      send(engine, batch.id, {
        kind: 'setVariables',
        scopeId: activityInstanceId,
        set: { stop: { type: 'Boolean', value: true } },
        local: true,
      });
    expect(batch.waitingAt().filter((id) => id === 'late')).toHaveLength(500);
    batch.setVariables({ stop: true });
    expect(batch.waitingAt().filter((id) => id === 'late')).toHaveLength(ITEMS.length);
  },
  SECONDS,
);

test(
  '10,000 activities throw a signal, and 10,000 hear one',
  async () => {
    const content = `<startEvent id="begin"/><intermediateThrowEvent id="tell">${signalEvent('told')}</intermediateThrowEvent>
      <intermediateCatchEvent id="hear">${signalEvent('go')}</intermediateCatchEvent>${path('begin', 'tell', 'hear')}`;
    const engine = await deployed(
      signal('told'),
      signal('go'),
      perItemSubProcess(
        content,
        `<intermediateThrowEvent id="tellAll">${signalEvent('go')}</intermediateThrowEvent>`,
        path('start', 'tellAll'),
      ),
    );
    const batch = engine.start('batch', { items: ITEMS });
    expect(batch.waitingAt()).toEqual(['after']);
  },
  SECONDS,
);
