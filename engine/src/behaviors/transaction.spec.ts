import { describe, expect, test } from 'vitest';
import { history, leftovers, rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  deployed,
  path,
  process,
  refusals,
  undoing,
  undoneBy,
} from '../spec-support/models.js';

const start = '<startEvent id="start"/>';
const cancelled = '<endEvent id="cancelled"><cancelEventDefinition/></endEvent>';
const givenUp = (host = 'booking') => boundaryEvent('givenUp', host, '<cancelEventDefinition/>');

const transaction = (id: string, ...content: string[]) => `<transaction id="${id}">${content.join('\n')}</transaction>`;

/** Books a flight, asks beside it for the hotel, and gives up when the payment task is done. */
const booking = (...marker: string[]) =>
  transaction(
    'booking',
    `<startEvent id="begin"/><task id="flight"/>${undoneBy('flight', 'undoFlight')}<parallelGateway id="fork"/>
    <userTask id="hotel"/>${undoneBy('hotel', 'undoHotel')}<userTask id="pay"/>${cancelled}`,
    path('begin', 'flight', 'fork', 'hotel') + path('fork', 'pay', 'cancelled'),
    ...marker,
  );

const trip = (...content: string[]) =>
  process(
    'trip',
    start,
    ...content,
    '<userTask id="sorry"/><userTask id="fine"/>',
    path('start', 'booking', 'fine') + path('givenUp', 'sorry'),
  );

describe('a transaction', () => {
  test('that is given up cancels what is at work, undoes what was done, and is left by its cancel event', async () => {
    const engine = await deployed(trip(booking(), givenUp()));
    const instance = engine.start('trip');
    instance.completeTask('pay');
    expect(instance.waitingAt()).toEqual(['cancelled', 'undoFlight']);
    instance.completeTask('undoFlight');
    expect(instance.waitingAt()).toEqual(['sorry']);
    expect(history(engine).filter((line) => line.endsWith('(canceled)'))).toEqual([
      'booking (canceled)',
      'hotel (canceled)',
      'cancelled (canceled)',
    ]);
    instance.completeTask('sorry');
    expect(leftovers(engine)).toEqual({});
  });

  test('that has nothing to undo is left at once', async () => {
    const nothing = transaction('booking', '<startEvent id="begin"/>', cancelled, path('begin', 'cancelled'));
    const engine = await deployed(trip(nothing, givenUp()));
    expect(engine.start('trip').waitingAt()).toEqual(['sorry']);
  });

  test('that ends well is passed, and can be undone later', async () => {
    const fine = transaction(
      'booking',
      `<startEvent id="begin"/><task id="flight"/>${undoneBy('flight', 'undoFlight')}`,
      path('begin', 'flight'),
    );
    const engine = await deployed(process('trip', start, fine, undoing('undo'), path('start', 'booking', 'undo')));
    const instance = engine.start('trip');
    expect(instance.waitingAt()).toEqual(['undo', 'undoFlight']);
    instance.completeTask('undoFlight');
    expect(instance.ended).toBe(true);
  });

  test('inside another is given up alone', async () => {
    const inner = transaction(
      'inner',
      '<startEvent id="b"/>',
      '<endEvent id="c"><cancelEventDefinition/></endEvent>',
      path('b', 'c'),
    );
    const outer = transaction(
      'booking',
      `<startEvent id="begin"/><task id="flight"/>${undoneBy('flight', 'undoFlight')}${inner}
      ${boundaryEvent('innerGivenUp', 'inner', '<cancelEventDefinition/>')}<userTask id="decide"/>${cancelled}`,
      path('begin', 'flight', 'inner') + path('innerGivenUp', 'decide', 'cancelled'),
    );
    const engine = await deployed(trip(outer, givenUp()));
    const instance = engine.start('trip');
    expect(instance.waitingAt()).toEqual(['decide']);
    instance.completeTask('decide');
    expect(instance.waitingAt()).toEqual(['cancelled', 'undoFlight']);
    instance.completeTask('undoFlight');
    expect(instance.waitingAt()).toEqual(['sorry']);
  });

  test.each([true, false])('of many is given up for all of them by one (sequential: %s)', async (sequential) => {
    const marker = `<multiInstanceLoopCharacteristics isSequential="${sequential}"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>`;
    const engine = await deployed(trip(booking(marker), givenUp()));
    const instance = engine.start('trip');
    instance.completeTask('pay');
    instance.completeTask('undoFlight');
    expect(instance.waitingAt()).toEqual(['sorry']);
    expect(rowsOf(engine, 'userTask')).toHaveLength(1);
  });

  test('that is given up without a cancel event is an error', async () => {
    const nothing = transaction('booking', '<startEvent id="begin"/>', cancelled, path('begin', 'cancelled'));
    const engine = await deployed(process('trip', start, nothing, path('start', 'booking')));
    expect(() => engine.start('trip')).toThrow(/to have a cancel boundary event/);
  });

  test('that is given up without a cancel event undoes nothing first', async () => {
    const work = `<userTask id="book"/>${undoneBy('book', 'undoBook')}`;
    const booking = transaction(
      'booking',
      '<startEvent id="begin"/>',
      work,
      cancelled,
      path('begin', 'book', 'cancelled'),
    );
    const engine = await deployed(process('trip', start, booking, path('start', 'booking')));
    const trip = engine.start('trip');
    expect(() => trip.completeTask('book')).toThrow(/to have a cancel boundary event/);
    expect(trip.waitingAt()).toEqual(['book']);
  });

  test.each([
    ['a cancel end event outside', cancelled + path('start', 'cancelled'), /directly inside a transaction/],
    [
      'a cancel event at another activity',
      `<task id="a"/>${givenUp('a')}${path('start', 'a')}`,
      /attached to a transaction/,
    ],
    [
      'two cancel events',
      transaction('booking', '<startEvent id="begin"/>') +
        givenUp() +
        givenUp().replace('givenUp', 'again') +
        path('start', 'booking'),
      /at most one cancel boundary event/,
    ],
    [
      'a method that is none of ours',
      '<transaction id="booking" method="##Store"><startEvent id="begin"/></transaction>' + path('start', 'booking'),
      /##Compensate/,
    ],
  ])('is refused with %s', async (_, content, reason) => {
    const problems = await refusals(definitions(process('p', start, content)));
    expect(problems[0]?.message).toMatch(reason);
  });
});
