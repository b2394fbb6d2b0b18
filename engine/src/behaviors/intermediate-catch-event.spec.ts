import { describe, expect, test } from 'vitest';
import { history, leftovers, onlyRow, rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  deployed,
  message,
  messageEvent,
  path,
  process,
  subProcess,
  timerEvent,
} from '../spec-support/models.js';

const start = '<startEvent id="start"/>';
const pause = (definition: string) => `<intermediateCatchEvent id="pause">${definition}</intermediateCatchEvent>`;

describe('an intermediate catch event', () => {
  test.each([
    ['timeDuration', 'P2D'],
    ['timeDuration', '${wait}'],
    ['timeDate', '2026-01-07T08:00:00Z'],
    ['timeCycle', 'R3/P2D'],
  ] as const)('with the timer %s %s goes on when it is due, once', async (kind, text) => {
    const engine = await deployed(
      process('order', start, pause(timerEvent(kind, text)), '<userTask id="after"/>', path('start', 'pause', 'after')),
    );
    const order = engine.start('order', { wait: 'P2D' });
    expect(onlyRow(engine, 'job')).toMatchObject({
      type: 'timer-intermediate-transition',
      dueDate: new Date('2026-01-07T08:00:00Z'),
    });
    engine.advance('PT47H');
    expect(order.waitingAt()).toEqual(['pause']);
    engine.advance('P30D');
    expect(order.waitingAt()).toEqual(['after']);
    expect(rowsOf(engine, 'job')).toEqual([]);
  });

  test('with a date in the past goes on with the next look at the clock', async () => {
    const engine = await deployed(
      process('order', start, pause(timerEvent('timeDate', '2020-01-01T00:00:00Z')), path('start', 'pause')),
    );
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['pause']);
    engine.advance('PT0S');
    expect(order.ended).toBe(true);
  });

  test('with a message is correlated to the instance with the right business key', async () => {
    const engine = await deployed(
      message('paid'),
      process('order', start, pause(messageEvent('paid')), path('start', 'pause')),
    );
    const [first, second] = ['A-1', 'A-2'].map((businessKey) => engine.start('order', {}, { businessKey }));
    engine.message('paid', { businessKey: 'A-2' });
    expect([first!.ended, second!.ended]).toEqual([false, true]);
  });

  test('inside a sub-process is forgotten when that is cancelled', async () => {
    const engine = await deployed(
      message('cancel'),
      process(
        'order',
        start,
        subProcess(
          'inner',
          '<startEvent id="begin"/>',
          pause(timerEvent('timeDuration', 'P2D')),
          path('begin', 'pause'),
        ),
        boundaryEvent('cancelled', 'inner', messageEvent('cancel')),
        path('start', 'inner'),
      ),
    );
    engine.start('order');
    engine.message('cancel');
    expect(leftovers(engine)).toEqual({});
    expect(history(engine)).toContain('pause (canceled)');
  });

  test('counts its duration from the end of its asynchronous continuation', async () => {
    const event = pause(timerEvent('timeDuration', 'P2D')).replace(
      'id="pause"',
      'id="pause" camunda:asyncBefore="true"',
    );
    const engine = await deployed(process('order', start, event, path('start', 'pause')));
    engine.runJobs = false;
    engine.start('order');
    engine.host.now = new Date('2026-01-06T00:00:00Z');
    engine.settle();
    expect(onlyRow(engine, 'job').dueDate).toEqual(new Date('2026-01-08T00:00:00Z'));
  });
});
