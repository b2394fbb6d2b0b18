import { describe, expect, test } from 'vitest';
import { gate, startFixture } from '../testing/worker-fixture.js';
import { BpmnError, FailedTask, typed, withLocal } from './index.js';

describe('the end of a handler', () => {
  test('a BPMN error reaches the process with its code, message and variables', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const task = engine.addTask('disbursement');
    worker.subscribe('disbursement', () => {
      throw new BpmnError('ACCOUNT_INVALID', 'no such account', { account: 'DE00' });
    });
    await engine.until(() => eventsOf('bpmnError').length === 1);
    expect(task.state).toBe('bpmnError');
    expect(task.report).toEqual({
      workerId: 'tester',
      errorCode: 'ACCOUNT_INVALID',
      errorMessage: 'no such account',
      variables: { account: { type: 'String', value: 'DE00' } },
    });
  });

  test('any exception is a failure: it is tried again after longer and longer times and ends as an incident', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const task = engine.addTask('disbursement');
    worker.subscribe(
      'disbursement',
      () => {
        throw new Error('bank closed', { cause: new Error('maintenance window') });
      },
      { retry: { retries: 2, initialMs: 10 } },
    );
    await engine.until(() => task.state === 'incident');
    const reports = engine.requestsOf('failure').map(({ body }) => body);
    expect(reports.map(({ retries, retryTimeout }) => [retries, retryTimeout])).toEqual([
      [2, 10],
      [1, 20],
      [0, 0],
    ]);
    expect(reports[0].errorMessage).toBe('bank closed');
    expect(reports[0].errorDetails).toMatch(/Error: bank closed\n {4}at [\s\S]*Caused by: Error: maintenance window/);
    await engine.until(() => eventsOf('failed').length === 3);
  });

  test('a failed task can say itself how often and when it is tried again', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const task = engine.addTask('disbursement', { retries: 3 });
    worker.subscribe('disbursement', () => {
      throw new FailedTask('closed until Monday', { retries: 7, retryTimeoutMs: 86_400_000 });
    });
    await engine.until(() => eventsOf('failed').length === 1);
    expect(task.report).toMatchObject({ errorMessage: 'closed until Monday', retries: 7, retryTimeout: 86_400_000 });
  });

  test('local variables are set beside those of the process', async () => {
    const { engine, worker } = await startFixture();
    const task = engine.addTask('valuation');
    worker.subscribe('valuation', () => withLocal({ value: typed.double(5) }, { source: 'table' }));
    await engine.until(() => task.state === 'completed');
    expect(task.report).toMatchObject({
      variables: { value: { type: 'Double', value: 5 } },
      localVariables: { source: { type: 'String', value: 'table' } },
    });
  });

  test.each([
    ['a result that can not be sent', () => ({ score: Number.NaN }), /Variable 'score' can't be sent/],
    ['a result that is not an object', () => 5 as unknown as object, /returned a number/],
    ['a list as the result', () => [1], /returned an array/],
  ])('%s is a failure that names the reason', async (_, handler, message) => {
    const { engine, worker, eventsOf } = await startFixture();
    const task = engine.addTask('credit-check');
    worker.subscribe('credit-check', handler as () => object);
    await engine.until(() => eventsOf('failed').length === 1);
    expect(task.report?.errorMessage).toMatch(message);
  });

  test('a variable that can not be read fails its own task and no other', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const broken = engine.addTask('credit-check', { variables: { report: { type: 'Json', value: '{' } } });
    const good = engine.addTask('credit-check', { variables: { report: { type: 'Json', value: '{}' } } });
    worker.subscribe('credit-check', () => undefined);
    await engine.until(() => eventsOf('failed').length === 1 && eventsOf('completed').length === 1);
    expect(broken.report?.errorMessage).toMatch(/Variable 'report' is not valid JSON/);
    expect(good.state).toBe('completed');
  });
});

describe('a result whose delivery goes wrong', () => {
  test('is sent again when the connection broke before the server acted', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const task = engine.addTask('credit-check');
    engine.failNext('complete', 'drop', { status: 503 }, 'drop');
    let runs = 0;
    worker.subscribe('credit-check', () => void runs++);
    await engine.until(() => eventsOf('completed').length === 1);
    expect(task.state).toBe('completed');
    expect(runs).toBe(1);
    expect(engine.requestsOf('complete')).toHaveLength(4);
  });

  test('counts as delivered when the connection broke after the server acted', async () => {
    const { engine, worker, log } = await startFixture();
    const task = engine.addTask('credit-check');
    engine.failNext('complete', 'dropAnswer');
    worker.subscribe('credit-check', () => undefined);
    await engine.until(() => engine.requestsOf('complete').length === 2);
    await worker.stop();
    expect(task.state).toBe('completed');
    expect(engine.requestsOf('failure')).toHaveLength(0);
    expect(log.some(({ level }) => level === 'error')).toBe(false);
  });

  test('becomes a failure when the server can not take it again and again', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const task = engine.addTask('credit-check');
    engine.failNext('complete', ...Array.from({ length: 5 }, () => ({ status: 500, message: 'script failed' })));
    worker.subscribe('credit-check', () => undefined);
    await engine.until(() => eventsOf('failed').length === 1);
    expect(engine.requestsOf('complete')).toHaveLength(5);
    expect(task.report).toMatchObject({ retries: 3, errorMessage: expect.stringContaining('script failed') });
  });

  test('becomes a failure when the server refuses its content', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    const task = engine.addTask('credit-check');
    engine.failNext('complete', { status: 400, message: 'no type Json here' });
    worker.subscribe('credit-check', () => ({ report: {} }));
    await engine.until(() => eventsOf('failed').length === 1);
    expect(task.report?.errorMessage).toMatch(/answered with 400 RestException: no type Json here/);
  });

  test('is sent again after a login problem', async () => {
    const { engine, worker, eventsOf } = await startFixture();
    engine.addTask('credit-check');
    engine.failNext('complete', { status: 401 });
    worker.subscribe('credit-check', () => undefined);
    await engine.until(() => eventsOf('completed').length === 1);
    expect(engine.requestsOf('failure')).toHaveLength(0);
  });

  test.each([
    ['ended meanwhile', { state: 'completed' as const }],
    ["become another worker's", { workerId: 'other' }],
  ])('is dropped when the task has %s', async (_, change) => {
    const { engine, worker, eventsOf } = await startFixture();
    const held = gate();
    const task = engine.addTask('credit-check');
    worker.subscribe('credit-check', () => held.opened);
    await engine.until(() => eventsOf('started').length === 1);
    Object.assign(task, change);
    held.open();
    await engine.until(() => eventsOf('lockLost').length === 1);
    expect(task).toMatchObject({ ...change, report: undefined });
  });
});
