import { Worker } from 'node:worker_threads';
import { EvaluationError, type ScriptHost, scriptHostOn } from '@millrace/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ThreadedScriptRunner } from './threaded-script-runner.js';

type Context = Parameters<ScriptHost['run']>[2];

let runner: ThreadedScriptRunner;
let host: ScriptHost;

beforeAll(() => {
  runner = new ThreadedScriptRunner(300, 200);
  host = scriptHostOn(runner);
});

afterAll(() => runner.close());

function contextOf(variables: Record<string, unknown> = {}) {
  const held = new Map(Object.entries(variables).map(([name, value]) => [name, { type: 'String', value }]));
  const set = (name: string, value: never) => void held.set(name, value);
  const context = {
    variables: { get: (name: string) => held.get(name), names: () => held.keys(), set, setLocal: set },
    execution: { activityInstanceId: 'activity-1' },
    now: new Date(),
    userId: null,
  };
  return { held, context: context as unknown as Context };
}

const run = (source: string, variables: Record<string, unknown> = {}) =>
  host.run('javascript', source, contextOf(variables).context);

test('a script on its thread reads and writes variables of its process', () => {
  const { held, context } = contextOf({ name: 'Ann' });
  const result = host.run('javascript', 'execution.setVariable("greeting", "Hello " + name); name.length', context);
  expect(result).toEqual({ type: 'Integer', value: 3 });
  expect(held.get('greeting')).toEqual({ type: 'String', value: 'Hello Ann' });
});

test('what a script throws is told with its line', () => {
  expect(() => run('var a = 1;\nthrow new Error("broken")')).toThrow('(line 2): Error: broken');
  expect(() => host.check('javascript', 'var a = ;')).toThrow('line 1');
  expect(() => host.check('javascript', 'var a = 1;')).not.toThrow();
});

test('a wait that ends without an answer goes on', async () => {
  const other = new ThreadedScriptRunner(10_000, 200);
  const { signals } = Reflect.get(other, 'thread') as { signals: Int32Array };
  const notify =
    'const { workerData, parentPort } = require("node:worker_threads"); parentPort.postMessage("on"); for (;;) Atomics.notify(workerData, 1);';
  const nuisance = new Worker(notify, { eval: true, workerData: signals });
  await new Promise((isOn) => nuisance.once('message', isOn));
  const source = 'var all = ""; for (var i = 0; i < 2000; i++) all += execution.getVariable("name"); all.length';
  const { context } = contextOf({ name: 'Ann' });
  expect(scriptHostOn(other).run('javascript', source, context)).toEqual({ type: 'Integer', value: 6_000 });
  await nuisance.terminate();
  await other.close();
});

test('what the process refuses is refused to the script', () => {
  const { context } = contextOf();
  context.variables.set = () => {
    throw new Error('this name is reserved');
  };
  const source = 'try { execution.setVariable("x", 1) } catch (error) { error.message }';
  expect(host.run('javascript', source, context).value).toBe('this name is reserved');
});

/** Each of them is one call of a built-in function, or begins with one, that QuickJS itself never interrupts. */
describe('a script that its own engine can not stop', () => {
  test.each([
    ['joins an endless list', 'var a = []; a.length = 4294967295; a.join("")'],
    ['searches an endless list', 'Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)'],
    ['turns an endless list around', 'Array.prototype.reverse.call({ length: 2 ** 53 - 1 })'],
    ['sorts an endless list', 'Array.prototype.sort.call({ length: 2 ** 53 - 1 })'],
    ['moves an endless list', 'Array.prototype.unshift.call({ length: 2 ** 53 - 3 }, 1)'],
    [
      'writes a structure that grows by its depth',
      'var o = 0; for (var i = 0; i < 60; i++) o = [o, o]; JSON.stringify(o)',
    ],
    ['hands over a structure that grows by its depth', 'var o = 0; for (var i = 0; i < 60; i++) o = [o, o]; o'],
    ['searches a huge text', '("a".repeat(6e6)).indexOf("a".repeat(3e6) + "b")'],
    ['reads a variable without end', 'for (;;) try { execution.getVariable("name") } catch (e) {}'],
    ['backtracks in a regular expression', '/(a+)+$/.exec("a".repeat(60) + "b")'],
    ['loops and catches everything', 'for (;;) { try { while (true) {} } catch (e) {} finally { continue } }'],
  ])('%s: it is ended, and the next one runs', (_, source) => {
    expect(() => run(source, { name: 'Ann' })).toThrow(EvaluationError);
    expect(() => run(source, { name: 'Ann' })).toThrow('took too long');
    expect(run('name + "!"', { name: 'Bo' }).value).toBe('Bo!');
  });

  test.each([
    ['a huge text', '"x".repeat(2 ** 28)'],
    ['a huge list', 'new Array(1e9).fill(0)'],
    ['many texts', 'var a = []; while (true) a.push("x".repeat(1e6) + a.length)'],
    ['many variables', 'for (var i = 0; ; i++) execution.setVariable("v" + i, "x".repeat(1e6))'],
  ])('and that makes %s has no more memory than it may', (_, source) => {
    expect(() => run(source)).toThrow(EvaluationError);
    expect(run('1').value).toBe(1);
  });
});

test('nothing can be asked of a thread that was ended, but the next one comes by itself', async () => {
  const own = new ThreadedScriptRunner();
  expect(own.check('1')).toBeNull();
  await own.close();
  expect(own.check('1')).toBeNull();
  await own.close();
});
