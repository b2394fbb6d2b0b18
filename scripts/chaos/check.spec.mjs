import { expect, test } from 'vitest';
import { check } from './check.mjs';
import { ORDER, PATHS, resultName, SHIPPING } from './model.mjs';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (ms) => new Date(START + ms).toISOString();

/** The end of a run in which one order was handled as it should be. */
function goodRun() {
  const order = { id: 'o1', businessKey: 'order-1', processDefinitionKey: ORDER, state: 'COMPLETED' };
  const shipping = { ...order, id: 's1', processDefinitionKey: SHIPPING, superProcessInstanceId: 'o1' };
  const work = [
    ['o1', 'chaos-reserve'],
    ['o1', 'chaos-charge'],
    ['o1', 'chaos-settle'],
    ['s1', 'chaos-pack'],
  ];
  return {
    starts: new Map([['order-1', { state: 'acknowledged', id: 'o1' }]]),
    confirmations: new Map([['o1', 1]]),
    approvals: new Map([['t1', 1]]),
    approvedBy: new Map([['o1', 'Ann']]),
    instances: [order, shipping],
    activities: [order, shipping].flatMap(({ id, processDefinitionKey }) =>
      Object.entries(PATHS[processDefinitionKey]).flatMap(([activityId, count]) =>
        Array.from({ length: count }, () => ({
          processInstanceId: id,
          activityId,
          startTime: at(0),
          endTime: at(3_000),
          canceled: false,
        })),
      ),
    ),
    variables: [
      { processInstanceId: 'o1', name: 'approvedBy', value: 'Ann' },
      ...work.map(([id, topic]) => ({ processInstanceId: id, name: resultName(topic), value: `${topic} by w1` })),
    ],
    journal: work.flatMap(([processInstanceId, topic]) => {
      const task = { taskId: `task of ${topic}`, workerId: 'w1', holder: 'w1', topic, processInstanceId };
      return [
        { kind: 'effect', at: 100, lockedAt: 1, lockMs: 5_000, token: `${topic} by w1`, ...task },
        { kind: 'acknowledged', at: 200, taskId: task.taskId, workerId: 'w1' },
      ];
    }),
    leftovers: { job: 0, task: 0 },
  };
}

const settling = (run) => run.journal.find(({ topic }) => topic === 'chaos-settle');

test('a run in which everything was kept has no violations', () => {
  expect(check(goodRun())).toEqual([]);
});

test.each([
  [
    'an acknowledged start that is lost',
    /order-2 was acknowledged and is lost/,
    (run) => run.starts.set('order-2', { state: 'acknowledged', id: 'o2' }),
  ],
  [
    'a start that happened twice',
    /has started 2 times/,
    (run) => run.instances.push({ ...run.instances[0], id: 'o2' }),
  ],
  ['a start that nobody sent', /nobody has started order-1/, (run) => run.starts.clear()],
  [
    'an instance that is stuck',
    /is ACTIVE, at settle/,
    (run) => {
      run.instances[0].state = 'ACTIVE';
      run.activities.find(({ activityId }) => activityId === 'settle').endTime = null;
    },
  ],
  [
    'an activity that is missing in the history',
    /0 times note/,
    (run) => {
      run.activities = run.activities.filter(({ activityId }) => activityId !== 'note');
    },
  ],
  [
    'an activity that happened twice',
    /2 times settle/,
    (run) => run.activities.push(run.activities.find(({ activityId }) => activityId === 'settle')),
  ],
  [
    'a timer that fired too early',
    /timer wait .* too early/,
    (run) => {
      run.activities.find(({ activityId }) => activityId === 'wait').endTime = at(2_000);
    },
  ],
  [
    'a call that happened twice',
    /has called 2 shippings/,
    (run) => run.instances.push({ ...run.instances[1], id: 's2' }),
  ],
  [
    'work that nobody did',
    /no worker has done it/,
    (run) => {
      run.journal = run.journal.filter(({ topic }) => topic !== 'chaos-settle');
    },
  ],
  [
    'work that was given out a second time as another task',
    /2 different tasks/,
    (run) => run.journal.push({ ...settling(run), taskId: 'another', lockedAt: 9_000 }),
  ],
  [
    'a task that was given out while it was locked',
    /given to w2 while w1 held it/,
    (run) => run.journal.push({ ...settling(run), workerId: 'w2', holder: 'w2', lockedAt: 4_000 }),
  ],
  [
    'a task that was ended by a worker that no longer held it',
    /ended by w1, but w2 held it/,
    (run) => run.journal.push({ ...settling(run), workerId: 'w2', holder: 'w2', lockedAt: 6_000, receivedAt: 50 }),
  ],
  [
    'a result that was replaced by another',
    /result other, which no worker has given/,
    (run) => {
      run.variables.find(({ name }) => name === resultName('chaos-pack')).value = 'other';
    },
  ],
  ['a message that was taken twice', /confirmation of o1 was taken 2 times/, (run) => run.confirmations.set('o1', 2)],
  [
    'an acknowledged approval that is lost',
    /approved by Bob, but the history says Ann/,
    (run) => run.approvedBy.set('o1', 'Bob'),
  ],
  [
    'rows that are left over',
    /3 rows of job are left/,
    (run) => {
      run.leftovers.job = 3;
    },
  ],
])('%s is a violation', (_, expected, breakIt) => {
  const run = goodRun();
  breakIt(run);
  expect(check(run).join('\n')).toMatch(expected);
});

test('a worker may get a task whose lock has expired or that was given back', () => {
  const run = goodRun();
  const record = settling(run);
  run.journal = run.journal.filter(({ kind, taskId }) => kind !== 'acknowledged' || taskId !== record.taskId);
  run.journal.push({ ...record, workerId: 'w2', holder: 'w2', lockedAt: 6_000 });
  run.journal.push({ kind: 'acknowledged', at: 7_000, taskId: record.taskId, workerId: 'w1' });
  run.journal.at(-2).receivedAt = 6_100; // w1 had sent its report before
  const givenBack = run.journal.find(({ topic }) => topic === 'chaos-charge');
  run.journal.push({ ...givenBack, kind: 'failed', workerId: 'w0', at: 0, lockedAt: 0.5 });
  expect(check(run)).toEqual([]);
});

test('a queue entry that was doubled may be worked on twice', () => {
  const run = goodRun();
  const record = run.journal.find(({ kind }) => kind === 'effect');
  record.holder = 'delivery-1';
  run.journal.push({ ...record, workerId: 'w2', receivedAt: record.receivedAt + 5, token: 'second' });
  expect(check(run)).toEqual([]);
  // and given back by one of the two while the other is at work
  run.journal.push({ ...record, kind: 'failed', workerId: 'w0' });
  run.journal.push({ ...record, workerId: 'w3', holder: 'delivery-2', lockedAt: record.lockedAt + 1, token: 'third' });
  expect(check(run)).toEqual([]);
});
