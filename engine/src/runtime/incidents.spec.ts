import { describe, expect, test } from 'vitest';
import { leftovers, onlyRow, rowsOf, send } from '../spec-support/instances.js';
import { boundaryEvent, deployed, externalTask, message, messageEvent, path, process } from '../spec-support/models.js';

const start = '<startEvent id="start"/>';

/** A job that fails as long as `ok` isn't set. */
function failing(cycle = '') {
  const retry =
    cycle &&
    `<extensionElements><camunda:failedJobRetryTimeCycle>${cycle}</camunda:failedJobRetryTimeCycle></extensionElements>`;
  const task = `<serviceTask id="charge" camunda:asyncBefore="true" camunda:expression="\${ok}" camunda:resultVariable="done">${retry}</serviceTask>`;
  return process('order', start, task, '<userTask id="after"/>', path('start', 'charge', 'after'));
}

describe('a job that fails', () => {
  test('is tried three times, then stands as an incident, and goes on when it is given another try', async () => {
    const engine = await deployed(failing());
    const order = engine.start('order');
    const job = onlyRow(engine, 'job');
    expect(job).toMatchObject({ retries: 0, exceptionMessage: expect.stringMatching(/ok/), failedElementId: 'charge' });
    expect(order.incidents()).toEqual([{ type: 'failedJob', elementId: 'charge', message: job.exceptionMessage }]);
    expect(onlyRow(engine, 'incident').configuration).toBe(job.id);
    order.setVariables({ ok: true });
    send(engine, order.id, { kind: 'setJobRetries', jobId: job.id, retries: 1 });
    expect(order.incidents()).toEqual([]);
    expect(onlyRow(engine, 'historicIncident')).toMatchObject({ state: 'resolved', endedAt: engine.host.now });
    engine.settle();
    expect(order.waitingAt()).toEqual(['after']);
  });

  test('counts one try less each time', async () => {
    const engine = await deployed(failing());
    engine.runJobs = false;
    const order = engine.start('order');
    const { id: jobId } = onlyRow(engine, 'job');
    const fail = () =>
      send(engine, order.id, { kind: 'failJob', jobId, message: 'm', stacktrace: 's', failedElementId: null });
    expect(onlyRow(engine, 'job').retries).toBe(3);
    fail();
    expect(onlyRow(engine, 'job')).toMatchObject({ retries: 2, dueDate: null });
    fail();
    expect(order.incidents()).toEqual([]);
    fail();
    fail();
    expect(onlyRow(engine, 'job').retries).toBe(0);
    expect(rowsOf(engine, 'incident')).toHaveLength(1);
  });

  test('waits between its tries as the retry cycle of the model says', async () => {
    const engine = await deployed(failing('R5/PT10M'));
    const order = engine.start('order');
    expect(onlyRow(engine, 'job')).toMatchObject({ retries: 4, dueDate: new Date('2026-01-05T08:10:00Z') });
    engine.advance('PT10M');
    expect(onlyRow(engine, 'job')).toMatchObject({ retries: 3, dueDate: new Date('2026-01-05T08:20:00Z') });
    engine.advance('PT1H');
    expect(order.incidents()).toHaveLength(1);
  });

  test('waits as long as a list of intervals says', async () => {
    const engine = await deployed(failing('PT1M,${second}'));
    const order = engine.start('order', { second: 'PT1H' });
    expect(onlyRow(engine, 'job')).toMatchObject({ retries: 2, dueDate: new Date('2026-01-05T08:01:00Z') });
    engine.advance('PT1M');
    expect(onlyRow(engine, 'job')).toMatchObject({ retries: 1, dueDate: new Date('2026-01-05T09:01:00Z') });
    engine.advance('PT1H');
    expect(order.incidents()).toHaveLength(1);
  });

  test('is tried three times when its retry cycle cannot be computed', async () => {
    const engine = await deployed(failing('${unknown}'));
    const order = engine.start('order');
    expect(onlyRow(engine, 'job').retries).toBe(0);
    expect(order.incidents()).toHaveLength(1);
  });

  test('of a timer keeps its activity waiting', async () => {
    const engine = await deployed(
      process(
        'order',
        start,
        '<userTask id="work"/>',
        boundaryEvent('late', 'work', '<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>'),
        '<serviceTask id="charge" camunda:expression="${ok}"/>',
        path('start', 'work') + path('late', 'charge'),
      ),
    );
    const order = engine.start('order');
    engine.advance('PT1H');
    expect(order.waitingAt()).toEqual(['work']);
    expect(order.incidents()).toMatchObject([{ type: 'failedJob', elementId: 'late' }]);
    order.completeTask('work');
    expect(leftovers(engine)).toEqual({});
    expect(onlyRow(engine, 'historicIncident').state).toBe('resolved');
  });

  test('can be deleted, postponed, and refuses retries below zero', async () => {
    const engine = await deployed(failing());
    const order = engine.start('order');
    const { id: jobId } = onlyRow(engine, 'job');
    expect(() => send(engine, order.id, { kind: 'setJobRetries', jobId, retries: -1 })).toThrow(/at least 0/);
    const dueDate = new Date('2027-01-01T00:00:00Z');
    send(engine, order.id, { kind: 'setJobDueDate', jobId, dueDate });
    expect(onlyRow(engine, 'job').dueDate).toEqual(dueDate);
    expect(() => send(engine, order.id, { kind: 'recalculateJobDueDate', jobId, creationDateBased: true })).toThrow(
      /to be a timer/,
    );
    send(engine, order.id, { kind: 'deleteJob', jobId });
    expect(leftovers(engine)).toEqual({});
    expect(order.ended).toBe(false);
  });
});

test("a timer's due date can be computed anew, from its creation or from now", async () => {
  const engine = await deployed(
    process(
      'order',
      start,
      '<userTask id="work"/>',
      boundaryEvent(
        'late',
        'work',
        '<timerEventDefinition><timeDuration>${wait}</timeDuration></timerEventDefinition>',
      ),
      path('start', 'work'),
    ),
  );
  const order = engine.start('order', { wait: 'PT1H' });
  order.setVariables({ wait: 'PT3H' });
  engine.host.now = new Date('2026-01-05T08:30:00Z');
  const { id: jobId } = onlyRow(engine, 'job');
  send(engine, order.id, { kind: 'recalculateJobDueDate', jobId, creationDateBased: true });
  expect(onlyRow(engine, 'job').dueDate).toEqual(new Date('2026-01-05T11:00:00Z'));
  send(engine, order.id, { kind: 'recalculateJobDueDate', jobId, creationDateBased: false });
  expect(onlyRow(engine, 'job').dueDate).toEqual(new Date('2026-01-05T11:30:00Z'));
});

describe('an external task that fails', () => {
  const charge = process('order', start, externalTask('charge'), path('start', 'charge'));

  test('stays while it has retries, and is an incident without', async () => {
    const engine = await deployed(charge);
    const order = engine.start('order');
    order.failExternalTask('charge', { message: 'no line', retries: 2, retryTimeoutMs: 60_000 });
    expect(order.incidents()).toEqual([]);
    expect(onlyRow(engine, 'externalTask')).toMatchObject({
      retries: 2,
      errorMessage: 'no line',
      lockExpiresAt: new Date('2026-01-05T08:01:00Z'),
    });
    order.failExternalTask('charge', { message: 'still no line', retries: 0 });
    order.failExternalTask('charge', { message: 'again', retries: 0 });
    expect(order.incidents()).toEqual([{ type: 'failedExternalTask', elementId: 'charge', message: 'still no line' }]);
    const externalTaskId = onlyRow(engine, 'externalTask').id;
    send(engine, order.id, { kind: 'setExternalTaskRetries', externalTaskId, retries: 1 });
    expect(order.incidents()).toEqual([]);
  });

  test('loses its incident when it is completed after all', async () => {
    const engine = await deployed(charge);
    const order = engine.start('order');
    order.failExternalTask('charge', { message: 'no line', retries: 0 });
    order.completeExternalTask('charge');
    expect(order.ended).toBe(true);
    expect(leftovers(engine)).toEqual({});
  });

  test('needs retries and a timeout that make sense', async () => {
    const engine = await deployed(charge);
    const order = engine.start('order');
    expect(() => order.failExternalTask('charge', { message: 'm', retries: -1 })).toThrow(/at least 0/);
    expect(() => order.failExternalTask('charge', { message: 'm', retries: 1, retryTimeoutMs: -5 })).toThrow(
      /at least 0 ms/,
    );
  });
});

describe('an incident in a called instance', () => {
  const calls = (id: string, called: string, rest = '') =>
    process(
      id,
      start,
      `<callActivity id="call-${called}" calledElement="${called}"/>`,
      rest,
      path('start', `call-${called}`),
    );
  const models = [process('bottom', start, externalTask('charge'), path('start', 'charge')), calls('middle', 'bottom')];

  test('shows at every call above it, and is resolved there with it', async () => {
    const engine = await deployed(...models, calls('top', 'middle'));
    const top = engine.start('top');
    top.failExternalTask('charge', { message: 'no line', retries: 0 });
    const incidents = rowsOf(engine, 'incident');
    expect(incidents.map(({ elementId }) => elementId)).toEqual(['charge', 'call-bottom', 'call-middle']);
    const [bottom, middle, highest] = incidents;
    expect(middle).toMatchObject({ causeIncidentId: bottom!.id, rootCauseIncidentId: bottom!.id, configuration: null });
    expect(highest).toMatchObject({ causeIncidentId: middle!.id, rootCauseIncidentId: bottom!.id });
    send(engine, bottom!.processInstanceId, {
      kind: 'setExternalTaskRetries',
      externalTaskId: onlyRow(engine, 'externalTask').id,
      retries: 1,
    });
    expect(rowsOf(engine, 'incident')).toEqual([]);
    expect(rowsOf(engine, 'historicIncident').map(({ state }) => state)).toEqual(['resolved', 'resolved', 'resolved']);
  });

  test('can be resolved by hand', async () => {
    const engine = await deployed(...models, calls('top', 'middle'));
    const top = engine.start('top');
    top.failExternalTask('charge', { message: 'no line', retries: 0 });
    const [bottom] = rowsOf(engine, 'incident');
    send(engine, bottom!.processInstanceId, { kind: 'resolveIncident', incidentId: bottom!.id });
    expect(top.incidents()).toEqual([]);
    expect(top.waitingAt()).toEqual(['charge']);
  });

  test('goes when the call is cancelled', async () => {
    const engine = await deployed(
      message('stop'),
      ...models,
      calls('top', 'middle', boundaryEvent('stopped', 'call-middle', messageEvent('stop'))),
    );
    const top = engine.start('top');
    top.failExternalTask('charge', { message: 'no line', retries: 0 });
    engine.message('stop');
    expect(top.ended).toBe(true);
    expect(engine.host.instances.size).toBe(0);
    expect(leftovers(engine)).toEqual({});
    expect(rowsOf(engine, 'historicIncident').map(({ state }) => state)).toEqual(['deleted', 'deleted', 'deleted']);
  });
});
