import { describe, expect, test } from 'vitest';
import { history, leftovers, onlyRow, rowsOf } from '../spec-support/instances.js';
import { boundaryEvent, deployed, error, errorEvent, path, process, subProcess } from '../spec-support/models.js';

const start = '<startEvent id="start"/>';
const terminate = '<endEvent id="stop"><terminateEventDefinition/></endEvent>';

describe('a none end event', () => {
  test('ends its path; the process ends with the last one', async () => {
    const engine = await deployed(
      process('order', start, '<userTask id="work"/><endEvent id="done"/>', path('start', 'work', 'done')),
    );
    const order = engine.start('order');
    order.completeTask('work');
    expect(order.ended).toBe(true);
    expect(onlyRow(engine, 'historicProcessInstance')).toMatchObject({ state: 'COMPLETED', endActivityId: 'done' });
  });

  test('has its own transaction when it is asyncBefore, and the process ends after the one behind it', async () => {
    const end = '<endEvent id="done" camunda:asyncBefore="true" camunda:asyncAfter="true"/>';
    const engine = await deployed(process('order', start, end, path('start', 'done')));
    engine.runJobs = false;
    const order = engine.start('order');
    for (const configuration of ['async-before', 'async-after']) {
      const job = onlyRow(engine, 'job');
      expect(job.configuration).toBe(configuration);
      engine.host.run(order.id, { kind: 'executeJob', jobId: job.id });
    }
    expect(order.ended).toBe(true);
  });
});

describe('a terminate end event', () => {
  test('ends the process with everything in it, also what has just begun', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        `<parallelGateway id="fork"/><userTask id="before"/>${terminate}<userTask id="never"/>`,
        path('start', 'fork', 'before') + path('fork', 'stop') + path('fork', 'never'),
      ),
    );
    const order = engine.start('order');
    expect(order.ended).toBe(true);
    expect(history(engine)).toEqual(['start', 'fork', 'before (canceled)', 'stop']);
    expect(onlyRow(engine, 'historicProcessInstance').state).toBe('COMPLETED');
    expect(leftovers(engine)).toEqual({});
  });

  test('in a sub-process ends only that, and the process goes on behind it', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        '<parallelGateway id="split"/><userTask id="other"/><userTask id="after"/>',
        subProcess(
          'inner',
          `<startEvent id="begin"/><parallelGateway id="fork"/><userTask id="a"/><userTask id="b"/>${terminate}`,
          path('begin', 'fork', 'a', 'stop') + path('fork', 'b'),
        ),
        path('start', 'split', 'inner', 'after') + path('split', 'other'),
      ),
    );
    const order = engine.start('order');
    order.completeTask('a');
    expect(order.waitingAt()).toEqual(['after', 'other']);
    expect(history(engine)).toContain('b (canceled)');
    expect(history(engine)).not.toContain('inner (canceled)');
  });

  test('ends called instances too', async () => {
    const engine = await deployed(
      process('check', start, '<userTask id="look"/>', path('start', 'look')),
      process(
        'order',
        start,
        `<parallelGateway id="fork"/><callActivity id="call" calledElement="check"/><userTask id="a"/>${terminate}`,
        path('start', 'fork', 'call') + path('fork', 'a', 'stop'),
      ),
    );
    const order = engine.start('order');
    order.completeTask('a');
    expect(engine.host.instances.size).toBe(0);
    expect(rowsOf(engine, 'historicProcessInstance').map(({ state }) => state)).toEqual([
      'COMPLETED',
      'INTERNALLY_TERMINATED',
    ]);
    expect(rowsOf(engine, 'historicProcessInstance')[1]?.deleteReason).toBe(
      'Interrupting activity Activity(stop) executed.',
    );
    expect(leftovers(engine)).toEqual({});
  });
});

describe('an error end event', () => {
  const fails =
    '<startEvent id="begin"/><parallelGateway id="fork"/><endEvent id="fail"><errorEventDefinition errorRef="broke"/></endEvent><userTask id="other"/>';
  const inner = subProcess('inner', fails, path('begin', 'fork', 'other') + path('fork', 'fail'));

  test('is caught at the border of its sub-process, which is cancelled', async () => {
    const engine = await deployed(
      error('broke'),
      process(
        'order',
        start,
        inner,
        `${boundaryEvent('failed', 'inner', errorEvent('broke'))}<userTask id="repair"/>`,
        path('start', 'inner') + path('failed', 'repair'),
      ),
    );
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['repair']);
    expect(history(engine)).toEqual(
      expect.arrayContaining(['fail (canceled)', 'other (canceled)', 'inner (canceled)']),
    );
  });

  test('that nobody catches only ends its path', async () => {
    const engine = await deployed(error('broke'), process('order', start, inner, path('start', 'inner')));
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['other']);
    order.completeTask('other');
    expect(order.ended).toBe(true);
  });

  test('cancels tokens that were still on their way when it is caught', async () => {
    const engine = await deployed(
      error('broke'),
      process(
        'order',
        start,
        subProcess('inner', fails, path('begin', 'fork', 'fail') + path('fork', 'other')),
        `${boundaryEvent('failed', 'inner', errorEvent('broke'))}<userTask id="repair"/>`,
        path('start', 'inner') + path('failed', 'repair'),
      ),
    );
    expect(engine.start('order').waitingAt()).toEqual(['repair']);
    expect(history(engine).filter((visit) => visit.startsWith('other'))).toEqual([]);
  });
});
