import { describe, expect, test } from 'vitest';
import { rowsOf } from '../spec-support/instances.js';
import {
  boundaryEvent,
  deployed,
  eventSubProcess,
  path,
  process,
  signal,
  signalEvent,
} from '../spec-support/models.js';

const start = '<startEvent id="start"/>';
const done = '<userTask id="done"/>';
const catching = `<intermediateCatchEvent id="wait">${signalEvent('news')}</intermediateCatchEvent>`;
const throwing = (content = '') =>
  `<intermediateThrowEvent id="tell">${signalEvent('news', content)}</intermediateThrowEvent>`;
const listener = process('listener', start + catching + done, path('start', 'wait', 'done'));
const teller = (content = '') => process('teller', start + throwing(content) + done, path('start', 'tell', 'done'));
const payload = (attributes: string) => `<extensionElements><camunda:in ${attributes}/></extensionElements>`;

describe('a signal', () => {
  test('is heard by every instance that waits, and the thrower goes on', async () => {
    const engine = await deployed(signal('news'), listener, teller());
    const waiting = [engine.start('listener'), engine.start('listener')];
    expect(engine.start('teller').waitingAt()).toEqual(['done']);
    expect(waiting.map((each) => each.waitingAt())).toEqual([['done'], ['done']]);
    expect(rowsOf(engine, 'eventSubscription')).toEqual([]);
  });

  test('is heard by nobody who comes later', async () => {
    const engine = await deployed(signal('news'), listener, teller());
    engine.start('teller');
    expect(engine.start('listener').waitingAt()).toEqual(['wait']);
  });

  test('reaches those who wait in the very instance that throws it', async () => {
    const model = process(
      'both',
      `${start}<parallelGateway id="fork"/>${catching}<userTask id="first"/>${throwing()}${done}<userTask id="heard"/>`,
      path('start', 'fork', 'wait', 'heard') + path('fork', 'first', 'tell', 'done'),
    );
    const engine = await deployed(signal('news'), model);
    const both = engine.start('both');
    both.completeTask('first');
    expect(both.waitingAt()).toEqual(['done', 'heard']);
  });

  test('brings along what its mappings give', async () => {
    const engine = await deployed(signal('news'), listener, teller(payload('source="headline" target="read"')));
    const waiting = engine.start('listener');
    engine.start('teller', { headline: 'rain' });
    expect(waiting.variables()).toEqual({ read: 'rain' });
  });

  test('starts processes, with the business key of its mapping', async () => {
    const reader = process(
      'reader',
      `<startEvent id="start">${signalEvent('news')}</startEvent>${done}`,
      path('start', 'done'),
    );
    const engine = await deployed(
      signal('news'),
      reader,
      teller(payload('businessKey="${execution.processBusinessKey}"')),
    );
    engine.start('teller', {}, { businessKey: 'today' });
    const started = rowsOf(engine, 'historicProcessInstance').find(
      ({ processDefinitionKey }) => processDefinitionKey === 'reader',
    );
    expect(started).toMatchObject({ businessKey: 'today', endedAt: null });
  });

  test('that interrupts takes away what else would have heard it', async () => {
    const reaction = eventSubProcess(
      'reaction',
      `<startEvent id="noticed">${signalEvent('news')}</startEvent><userTask id="handle"/>`,
      path('noticed', 'handle'),
    );
    const model = process(
      'guarded',
      `${start}<userTask id="work"/><userTask id="late"/>`,
      boundaryEvent('event', 'work', signalEvent('news')),
      path('start', 'work') + path('event', 'late'),
      reaction,
    );
    const engine = await deployed(signal('news'), model, teller());
    const guarded = engine.start('guarded');
    engine.start('teller');
    expect(guarded.waitingAt()).toEqual(['handle']);
  });
});
