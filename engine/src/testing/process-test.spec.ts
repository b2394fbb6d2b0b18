import { expect, test } from 'vitest';
import { boundaryEvent, deployed, externalTask, path, process, timerEvent } from '../spec-support/models.js';

const start = '<startEvent id="start"/>';

test('the clock runs every timer on the way at its own time, the earliest first', async () => {
  const engine = await deployed(
    process(
      'order',
      start,
      '<userTask id="work"/><userTask id="first"/><userTask id="second"/>',
      boundaryEvent('later', 'work', timerEvent('timeDuration', 'PT2H'), false),
      boundaryEvent('sooner', 'work', timerEvent('timeDuration', 'PT1H'), false),
      path('start', 'work') + path('sooner', 'first') + path('later', 'second'),
    ),
  );
  const order = engine.start('order');
  engine.advance({ days: 1, hours: 2, minutes: 3, seconds: 4 });
  expect(order.path()).toEqual(['start', 'sooner', 'later']);
  expect(engine.host.now).toEqual(new Date('2026-01-06T10:03:04Z'));
  const created = [...engine.host.rows.userTask.values()].map(({ elementId, createdAt }) => [
    elementId,
    createdAt.getUTCHours(),
  ]);
  expect(created).toEqual([
    ['work', 8],
    ['first', 9],
    ['second', 10],
  ]);
});

test('a mistake in the test is told with what the instance does wait for', async () => {
  const engine = await deployed(
    process(
      'order',
      start,
      externalTask('charge'),
      externalTask('again', 'charge'),
      '<parallelGateway id="fork"/>',
      path('start', 'fork', 'charge') + path('fork', 'again'),
    ),
  );
  const order = engine.start('order');
  expect(() => order.completeTask('charge')).toThrow(/task 'charge'.*waits at again, charge/);
  expect(() => order.completeExternalTask('charge')).toThrow(/one external task 'charge', but there are 2/);
  expect(() => engine.start('unknown')).toThrow(/'unknown'/);
  expect(() => engine.message('unknown')).toThrow(/'unknown'/);
});
