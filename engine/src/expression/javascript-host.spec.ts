import { describe, expect, test } from 'vitest';
import { BpmnErrorSignal, EvaluationError, ExpressionSyntaxError, InvalidCommandError } from '../errors.js';
import type { TypedValue } from '../runtime/typed-value.js';
import { createScriptHost } from './javascript-host.js';
import { type TestContext, testContext, testTask } from './test-context.js';

const host = await createScriptHost();
/** So little time that the specs of endless scripts are quick. */
const hasty = await createScriptHost({ interrupts: 50 });

const run = (source: string, variables: Record<string, unknown> = {}, context: TestContext = testContext(variables)) =>
  host.run('javascript', source, context);

const json = (value: unknown): TypedValue => ({ type: 'Json', value: JSON.stringify(value) });
const object = (value: unknown): TypedValue => ({
  type: 'Object',
  value: JSON.stringify(value),
  valueInfo: { objectTypeName: 'java.util.ArrayList', serializationDataFormat: 'application/json' },
});

describe("a script's result", () => {
  test.each<[string, TypedValue]>([
    ['1 + 1', { type: 'Integer', value: 2 }],
    ['3000000000', { type: 'Long', value: 3_000_000_000 }],
    ['9007199254740993n', { type: 'Long', value: '9007199254740993' }],
    ['1.5', { type: 'Double', value: 1.5 }],
    ['4 / 2', { type: 'Integer', value: 2 }],
    ['"text"', { type: 'String', value: 'text' }],
    ['true', { type: 'Boolean', value: true }],
    ['null', { type: 'Null', value: null }],
    ['undefined', { type: 'Null', value: null }],
    ['', { type: 'Null', value: null }],
    ['var x = 5; x * 2;', { type: 'Integer', value: 10 }],
    ['if (true) { "yes" } else { "no" }', { type: 'String', value: 'yes' }],
    ['new Date(0)', { type: 'Date', value: '1970-01-01T00:00:00.000Z' }],
    ['S(\'{"a":[1,2]}\')', { type: 'Json', value: '{"a":[1,2]}' }],
    ['S(\'{"a":[1,2]}\').prop("a").elements()[1].value()', { type: 'Integer', value: 2 }],
    ['S("{}").prop("a", 1).prop("b", S("[]")).toString()', { type: 'String', value: '{"a":1,"b":[]}' }],
    ['new String("boxed")', { type: 'String', value: 'boxed' }],
  ])('%s', (source, expected) => {
    expect(run(source)).toEqual(expected);
  });

  test('that is a list or a map becomes an object variable', () => {
    expect(run('[1, "a", null]')).toMatchObject({
      type: 'Object',
      value: '[1,"a",null]',
      valueInfo: { objectTypeName: 'java.util.ArrayList' },
    });
    expect(run('({ a: 1, d: new Date(0) })')).toMatchObject({
      type: 'Object',
      value: '{"a":1,"d":"1970-01-01T00:00:00.000Z"}',
    });
    expect(run('new Map([["a", 1]])')).toMatchObject({ type: 'Object', value: '{"a":1}' });
    expect(run('new Set([1, 2])')).toMatchObject({ type: 'Object', value: '[1,2]' });
  });

  test.each(['(function () {})', 'Symbol("x")', 'new Date(NaN)', '2n ** 70n'])('%s is refused', (source) => {
    expect(() => run(source)).toThrow(EvaluationError);
  });
});

describe('variables', () => {
  const VARIABLES = {
    amount: 1500,
    big: { type: 'Long', value: '9007199254740993' },
    name: 'Ann',
    approved: true,
    none: { type: 'Null', value: null },
    due: { type: 'Date', value: '2026-01-01T00:00:00.000Z' },
    order: json({ total: 7, customer: { name: 'Bo' }, lines: [{ sku: 'a' }] }),
    list: object([3, 4]),
    map: object({ a: { b: 1 } }),
    'a-b': 1,
    Object: 'a variable with the name of something built in',
  };

  test.each<[string, unknown]>([
    ['amount * 2', 3000],
    ['big + 1n === 9007199254740994n', true],
    ['name.length', 3],
    ['approved && none === null', true],
    ['due.getTime()', 1_767_225_600_000],
    ['order.prop("customer").prop("name").stringValue()', 'Bo'],
    ['order.customer.name', 'Bo'],
    ['order.prop("lines").elements().get(0).prop("sku").value()', 'a'],
    ['list.get(1) + list[0] + list.size()', 9],
    ['list.map(function (x) { return x * 2; }).length', 2],
    ['map.get("a").get("b")', 1],
    ['map.containsKey("zz")', false],
    ['globalThis["a-b"]', 1],
    ['typeof Object', 'function'],
    ['execution.getVariable("amount")', 1500],
    ['execution.getVariable("nope")', null],
    ['execution.hasVariable("amount")', true],
    ['execution.hasVariableLocal("amount")', false],
    ['execution.getVariables().name', 'Ann'],
    ['execution.getVariableTyped("amount").getValue()', 1500],
    ['execution.getVariableTyped("amount").getType().getName()', 'integer'],
    ['execution.processInstanceId', 'instance-1'],
    ['execution.getProcessInstanceId()', 'instance-1'],
    ['execution.getBusinessKey() + execution.processBusinessKey', 'order-7order-7'],
    ['execution.currentActivityId', 'Review'],
    ['execution.getCurrentActivityName()', 'Review the order'],
    ['execution.eventName', 'start'],
  ])('%s', (source, expected) => {
    expect(run(source, VARIABLES).value).toEqual(expected);
  });

  test('that are set get the type of their value', () => {
    const context = testContext({ amount: 1 });
    const source = `
      execution.setVariable('int', 5);
      execution.setVariable('double', 1.5);
      execution.setVariable('date', new Date(0));
      execution.setVariable('json', S('{"a":1}'));
      execution.setVariable('list', [1]);
      execution.setVariable('nothing', null);
      execution.setVariableLocal('local', 'x');
      execution.removeVariable('amount');
      execution.setBusinessKey('k-2');`;
    run(source, {}, context);
    const written = Object.fromEntries(
      [...context.variables.outer].map(([name, { type, value }]) => [name, [type, value]]),
    );
    expect(written).toEqual({
      int: ['Integer', 5],
      double: ['Double', 1.5],
      date: ['Date', '1970-01-01T00:00:00.000Z'],
      json: ['Json', '{"a":1}'],
      list: ['Object', '[1]'],
      nothing: ['Null', null],
    });
    expect(context.variables.local.get('local')).toEqual({ type: 'String', value: 'x' });
    expect(context.execution.businessKey).toBe('k-2');
  });

  test('only change when they are set, not when a global is assigned', () => {
    const context = testContext({ amount: 1 });
    expect(run('amount = 2; amount', {}, context).value).toBe(2);
    expect(run('var amount = 3; amount', {}, context).value).toBe(3);
    expect(run('let amount = 4; amount', {}, context).value).toBe(4);
    expect(context.variables.get('amount')).toEqual({ type: 'Integer', value: 1 });
  });

  test('that are not known are an error that names them and the line', () => {
    expect(() => run('var a = 1;\nnope + a')).toThrow(/line 2.*'nope' is not defined|line 2.*nope/);
  });

  test('keep what the engine refuses', () => {
    const context = testContext();
    context.variables.set = () => {
      throw new InvalidCommandError('this name is reserved');
    };
    expect(() => run('execution.setVariable("x", 1)', {}, context)).toThrow(InvalidCommandError);
    expect(run('try { execution.setVariable("x", 1) } catch (e) { e.message }', {}, context).value).toBe(
      'this name is reserved',
    );
  });
});

test('a task listener reads and changes the task', () => {
  const task = testTask();
  const context = testContext({}, { task });
  const value = host.run(
    'javascript',
    'task.setAssignee("ann"); task.assignee + task.execution.id + task.getName()',
    context,
  );
  expect(value.value).toBe('johnexecution-1Review');
  expect(task.changes).toEqual([{ assignee: 'ann' }]);
});

test("scripts don't get each other's random numbers", () => {
  const seen = new Set(Array.from({ length: 100 }, () => run('Math.random()').value));
  expect(seen.size).toBe(100);
  for (const value of seen) expect(value).toBeGreaterThanOrEqual(0);
});

test('outside of tasks there is no task', () => {
  expect(run('typeof task').value).toBe('undefined');
});

describe('a BPMN error', () => {
  test.each([
    ["throw new BpmnError('NO_MONEY', 'the account is empty')", 'the account is empty'],
    ["throw new org.camunda.bpm.engine.delegate.BpmnError('NO_MONEY')", null],
    ["throw new org.operaton.bpm.engine.delegate.BpmnError('NO_MONEY')", null],
    ["var E = Java.type('org.camunda.bpm.engine.delegate.BpmnError'); throw new E('NO_MONEY')", null],
    ["function deep() { throw new BpmnError('NO_MONEY'); } deep()", null],
  ])('%s', (source, message) => {
    let error: unknown;
    try {
      run(source);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BpmnErrorSignal);
    expect(error).toMatchObject({ errorCode: 'NO_MONEY', errorMessage: message });
  });

  test('that the script catches is none', () => {
    expect(run("try { throw new BpmnError('X') } catch (e) { e.getErrorCode() }").value).toBe('X');
  });

  test('is not any other error', () => {
    expect(() => run("throw new Error('broken')")).toThrow(EvaluationError);
    expect(() => run("throw new Error('broken')")).toThrow('Error: broken');
    expect(() => run("throw 'just text'")).toThrow('just text');
    expect(() => run("throw { bpmn: true, errorCode: 'X' }")).toThrow(EvaluationError);
  });
});

describe('a hostile script', () => {
  test.each([
    ['runs for ever', 'while (true) {}'],
    ['runs for ever and catches everything', 'for (;;) { try { while (true) {} } catch (e) {} finally { continue } }'],
    ['runs for ever when its result is read', '({ toJSON: function () { while (true) {} } })'],
    ['runs for ever when its error is read', 'throw { get message() { while (true) {} } }'],
    ['backtracks for ever', '/(a+)+$/.exec("a".repeat(40) + "b")'],
  ])('that %s is stopped', (_, source) => {
    expect(() => hasty.run('javascript', source, testContext())).toThrow('took too long');
    expect(hasty.run('javascript', '1', testContext()).value).toBe(1);
  });

  test('is stopped by a clock, where there is one', async () => {
    let asked = 0;
    const timed = await createScriptHost({ startDeadline: () => () => ++asked > 3 });
    expect(() => timed.run('javascript', 'while (true) {}', testContext())).toThrow('took too long');
    expect(asked).toBe(4);
  });

  test('that breaks the engine itself fails, and another engine takes over', async () => {
    const fragile = await createScriptHost({ stackBytes: 4_194_304 });
    expect(() => fragile.run('javascript', 'function f() { return f() + 1 } f()', testContext())).toThrow(
      EvaluationError,
    );
    expect(fragile.run('javascript', '1', testContext()).value).toBe(1);
  });

  test.each([
    ['a huge text', '"x".repeat(2 ** 28)'],
    ['a doubling text', 'var s = "x"; while (true) s += s'],
    ['many texts', 'var a = []; while (true) a.push("x".repeat(1e6) + a.length)'],
    ['a huge list', 'new Array(1e9).fill(0)'],
    ['a huge buffer', 'new ArrayBuffer(2 ** 31)'],
    ['many small objects', 'var a = []; for (;;) a.push({})'],
    ['endless recursion', 'function f() { return f() + 1 } f()'],
    ['a deep structure', 'var o = {}; for (var i = 0; i < 1e5; i++) o = { o: o }; o'],
    ['a circular structure', 'var o = {}; o.o = o; o'],
    ['deep code', 'eval("!".repeat(1e5) + "1")'],
    ['a deep regular expression', 'new RegExp("(".repeat(1e5) + ")".repeat(1e5))'],
    ['deep JSON', 'JSON.parse("[".repeat(1e6))'],
  ])('that makes %s fails alone', (_, source) => {
    expect(() => run(source)).toThrow(EvaluationError);
    expect(run('"still " + "here"').value).toBe('still here');
  });

  test('can not fill the memory of its process with variables', () => {
    const context = testContext();
    const source = 'for (var i = 0; i < 1000; i++) execution.setVariable("v" + i, "x".repeat(2e6))';
    expect(() => run(source, {}, context)).toThrow('moved too much data');
    expect([...context.variables.outer].length).toBeLessThan(10);
  }, 30_000);

  test('leaves nothing behind in closures, lists and symbols', () => {
    run('(function () { var kept = 1; globalThis.read = function () { return kept++ } })(); Symbol.for("s").x; read()');
    run('Math.random = function () { return 5 }; execution.leak = 1; BpmnError.prototype.leak = 1; S.leak = 1;');
    const source = 'typeof read + typeof execution.leak + typeof new BpmnError("x").leak + typeof S.leak';
    expect(run(source).value).toBe('undefinedundefinedundefinedundefined');
    expect(run('Math.random() < 1').value).toBe(true);
  });

  test('leaves nothing behind for the next one', () => {
    run('globalThis.leak = 1; Object.prototype.leaked = 2; Array.prototype.map = null; JSON.parse = null;');
    expect(run('typeof leak + typeof ({}).leaked + typeof [].map + typeof JSON.parse').value).toBe(
      'undefinedundefinedfunctionfunction',
    );
    expect(Object.hasOwn(Object.prototype, 'leaked')).toBe(false);
  });

  test.each([
    ['Object.prototype.t = "date"; Object.prototype.v = 5; 1', 1],
    ['Object.prototype.toJSON = function () { return "hacked" }; 1', 1],
    ['JSON.stringify = JSON.parse = function () { return "hacked" }; amount', 5],
    ['Object.keys = Object.defineProperty = null; execution.getVariable("amount")', 5],
    ['String = null; Array.prototype.push = null; execution.getVariable("amount") + 1', 6],
    ['({ "__proto__": { polluted: true } }, ({}).polluted) === undefined', true],
    ['typeof process + typeof require + typeof globalThis.host + typeof fetch', 'undefinedundefinedundefinedundefined'],
    ['execution.constructor.constructor("return typeof process")()', 'undefined'],
  ])('that plays with prototypes gets no further: %s', (source, expected) => {
    expect(run(source, { amount: 5 }).value).toBe(expected);
  });

  test('that sets a variable from a polluted object stays in its variable', () => {
    const context = testContext();
    run('execution.setVariable("x", JSON.parse(\'{"__proto__":{"polluted":true}}\'))', {}, context);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(context.variables.get('x')?.value).toBe('{"__proto__":{"polluted":true}}');
  });
});

describe('other formats', () => {
  test('FEEL is evaluated over the variables', () => {
    expect(host.run('feel', 'amount * 2', testContext({ amount: 4 }))).toEqual({ type: 'Long', value: 8 });
    expect(host.run('FEEL', 'if amount > 3 then "big" else "small"', testContext({ amount: 4 })).value).toBe('big');
  });

  test('JUEL too', () => {
    expect(host.run('juel', '${amount + 1}', testContext({ amount: 4 }))).toEqual({ type: 'Long', value: 5 });
  });

  test('all names of JavaScript mean the same', () => {
    for (const format of ['javascript', 'JavaScript', 'ecmascript', 'js']) {
      expect(host.run(format, '1', testContext()).value).toBe(1);
    }
    expect(host.formats.has('groovy')).toBe(false);
    expect(() => host.run('groovy', '1', testContext())).toThrow("'groovy'");
  });
});

describe('checking a script', () => {
  test('finds syntax errors, with their place, and runs nothing', () => {
    let error: unknown;
    try {
      host.check('javascript', 'var a = 1;\nvar b = ;\n');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ExpressionSyntaxError);
    expect((error as Error).message).toContain('line 2');
    expect((error as ExpressionSyntaxError).offset).toBeGreaterThanOrEqual(11);
    expect(() => host.check('javascript', 'while (true) {}')).not.toThrow();
    expect(() => host.check('javascript', 'return 1')).toThrow(ExpressionSyntaxError);
    expect(() => host.check('feel', '1 +')).toThrow(ExpressionSyntaxError);
    expect(() => host.check('juel', '${')).toThrow(ExpressionSyntaxError);
  });
});
