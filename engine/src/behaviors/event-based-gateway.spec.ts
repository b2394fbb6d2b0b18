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

const race = `
  <eventBasedGateway id="answer"/>
  <intermediateCatchEvent id="accepted">${messageEvent('accept')}</intermediateCatchEvent>
  <intermediateCatchEvent id="late">${timerEvent('timeDuration', 'P14D')}</intermediateCatchEvent>
  <userTask id="pay"/><userTask id="remind"/>
  ${path('answer', 'accepted', 'pay')} ${path('answer', 'late', 'remind')}`;

describe('an event-based gateway', () => {
  test('may have one event only', async () => {
    const event = `<intermediateCatchEvent id="accepted">${messageEvent('accept')}</intermediateCatchEvent>`;
    const gateway = '<startEvent id="start"/><eventBasedGateway id="answer"/><userTask id="pay"/>';
    const engine = await deployed(
      message('accept'),
      process('offer', gateway, event, path('start', 'answer', 'accepted', 'pay')),
    );
    const offer = engine.start('offer');
    engine.message('accept');
    expect(offer.waitingAt()).toEqual(['pay']);
  });

  test('follows the event that comes first, and the other is no longer waited for', async () => {
    const engine = await deployed(
      message('accept'),
      process('offer', '<startEvent id="start"/>', race, path('start', 'answer')),
    );
    const offer = engine.start('offer');
    expect(offer.waitingAt()).toEqual(['answer']);
    expect(onlyRow(engine, 'eventSubscription')).toMatchObject({ eventName: 'accept', elementId: 'accepted' });
    engine.message('accept', { variables: { by: 'applicant' } });
    expect(offer.waitingAt()).toEqual(['pay']);
    expect(offer.variables()).toEqual({ by: 'applicant' });
    expect(history(engine)).toEqual(['start', 'answer (canceled)', 'accepted', 'pay (open)']); // as in Camunda
    engine.advance({ days: 30 });
    expect(offer.waitingAt()).toEqual(['pay']);
    expect(rowsOf(engine, 'job')).toEqual([]);
  });

  test('follows the timer when nobody answers; the answer comes too late then', async () => {
    const engine = await deployed(
      message('accept'),
      process('offer', '<startEvent id="start"/>', race, path('start', 'answer')),
    );
    const offer = engine.start('offer');
    engine.advance({ days: 14 });
    expect(offer.waitingAt()).toEqual(['remind']);
    expect(() => engine.message('accept')).toThrow(/nobody/);
  });

  test('gives up every event when its sub-process is cancelled', async () => {
    const engine = await deployed(
      message('accept'),
      message('withdraw'),
      process(
        'offer',
        '<startEvent id="start"/>',
        subProcess('inner', '<startEvent id="begin"/>', race, path('begin', 'answer')),
        boundaryEvent('withdrawn', 'inner', messageEvent('withdraw')),
        path('start', 'inner'),
      ),
    );
    engine.start('offer');
    engine.message('withdraw');
    expect(leftovers(engine)).toEqual({});
    expect(history(engine)).toEqual(expect.arrayContaining(['answer (canceled)', 'inner (canceled)', 'withdrawn']));
  });

  test('cannot be signalled itself', async () => {
    const engine = await deployed(
      message('accept'),
      process('offer', '<startEvent id="start"/>', race, path('start', 'answer')),
    );
    const offer = engine.start('offer');
    const { activityInstanceId } = onlyRow(engine, 'eventSubscription');
    expect(() =>
      engine.host.run(offer.id, { kind: 'signalExecution', activityInstanceId: activityInstanceId ?? '' }),
    ).toThrow(/behind 'answer'/);
    expect(offer.waitingAt()).toEqual(['answer']);
  });

  test('arms its events only after its asynchronous continuation', async () => {
    const async = race.replace('<eventBasedGateway', '<eventBasedGateway camunda:asyncBefore="true"');
    const engine = await deployed(
      message('accept'),
      process('offer', '<startEvent id="start"/>', async, path('start', 'answer')),
    );
    engine.runJobs = false;
    engine.start('offer');
    expect(rowsOf(engine, 'eventSubscription')).toEqual([]);
    engine.settle();
    expect(rowsOf(engine, 'eventSubscription')).toHaveLength(1);
  });
});
