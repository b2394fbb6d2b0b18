import { expect, test } from 'vitest';
import { leftovers, rowsOf } from '../spec-support/instances.js';
import { deployed, flow, path, process, subProcess } from '../spec-support/models.js';
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
