import { describe, expect, test } from 'vitest';
import { EvaluationError, ExpressionSyntaxError } from '../errors.js';
import type { TypedValue } from '../runtime/typed-value.js';
import { compileCondition, compileExpression } from './compile-expression.js';
import { testContext, testTask } from './test-context.js';

const date = (value: string): TypedValue => ({ type: 'Date', value });
const json = (value: string): TypedValue => ({ type: 'Json', value });
const object = (value: unknown): TypedValue => ({
  type: 'Object',
  value: JSON.stringify(value),
  valueInfo: { objectTypeName: 'java.util.ArrayList', serializationDataFormat: 'application/json' },
});

const VARIABLES = {
  i: 5,
  l: { type: 'Long', value: 7 },
  big: { type: 'Long', value: '9007199254740993' },
  d: { type: 'Double', value: 1000 },
  half: 0.5,
  s: 'abc',
  numeric: '12',
  none: { type: 'Null', value: null },
  yes: true,
  no: false,
  dt: date('2026-01-01T10:00:00.000Z'),
  js: json('{"a":1,"b":{"c":"x"},"l":[1,2],"t":true,"n":null}'),
  list: object([1, 2, 3]),
  map: object({ a: 1, nested: { b: [10, 20] }, text: 'hi' }),
} as const;

const value = (source: string, variables: Record<string, unknown> = VARIABLES) =>
  compileExpression(source).evaluate(testContext(variables));
const typed = (source: string, variables: Record<string, unknown> = VARIABLES) =>
  compileExpression(source).evaluateTyped(testContext(variables));
const failure = (source: string, variables: Record<string, unknown> = VARIABLES) => {
  const expression = compileExpression(source);
  let error: unknown;
  try {
    expression.evaluate(testContext(variables));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(EvaluationError);
  return (error as EvaluationError).message;
};

describe('text', () => {
  test.each([
    ['$.z', "nothing at '$.z'"],
    ['a', "begins with '$'"],
    ['$.a[(', "can't be read from '[('"],
    ['$.b', 'is not a string'],
  ])('the JSON path %s is refused', (path, message) => {
    const context = testContext({ js: { type: 'Json', value: '{"a":"x","b":{"c":1}}' } });
    expect(() => compileExpression(`\${js.jsonPath("${path}").stringValue()}`).evaluate(context)).toThrow(message);
  });

  test('without an expression is itself', () => {
    const expression = compileExpression(' plain text ');
    expect(expression.literal).toBe('plain text');
    expect(expression.evaluate(testContext())).toBe('plain text');
    expect(expression.evaluateTyped(testContext())).toEqual({ type: 'String', value: 'plain text' });
    expect(compileExpression('').literal).toBe('');
    expect(compileExpression('5 $ and # and {x}').literal).toBe('5 $ and # and {x}');
  });

  test('around expressions makes a string of all of them', () => {
    expect(typed('a ${i} b#{x}'.replace('#', '$'), { i: 5, x: 'y' })).toEqual({ type: 'String', value: 'a 5 by' });
    expect(compileExpression('a ${i}').literal).toBeUndefined();
    expect(typed('${i}${i}')).toEqual({ type: 'String', value: '55' });
  });

  test('with escaped braces keeps them', () => {
    expect(compileExpression('a\\${i}').literal).toBe('a${i}');
    expect(value('a\\${i}${i}')).toBe('a${i}5');
    expect(compileExpression('back\\slash').literal).toBe('back\\slash');
  });

  test.each([
    ['x ${d} y', 'x 1000.0 y'],
    ['${half}!', '0.5!'],
    ['${none}!', '!'],
    ['${dt}!', 'Thu Jan 01 10:00:00 UTC 2026!'],
    ['${list}!', '[1, 2, 3]!'],
    ['${map}!', '{a=1, nested={b=[10, 20]}, text=hi}!'],
    ['${js.prop("b")}!', '{"c":"x"}!'],
    ['${big}!', '9007199254740993!'],
    ['${10000000.0}!', '1.0E7!'],
    ['${0.0001}!', '1.0E-4!'],
    ['${1.0/3}!', '0.3333333333333333!'],
    ['${1/0}!', 'Infinity!'],
    ['${dateTime()}!', '2026-01-31T10:15:30.000Z!'],
    ['${yes}!', 'true!'],
  ])('%s reads %s', (source, expected) => {
    expect(value(source)).toBe(expected);
  });
});

describe('the type of a value', () => {
  test.each<[string, TypedValue]>([
    ['${i}', { type: 'Integer', value: 5 }],
    ['#{l}', { type: 'Long', value: 7 }],
    [' ${i} ', { type: 'Integer', value: 5 }],
    ['${1}', { type: 'Long', value: 1 }],
    ['${1+1}', { type: 'Long', value: 2 }],
    ['${i+1}', { type: 'Long', value: 6 }],
    ['${-i}', { type: 'Integer', value: -5 }],
    ['${-l}', { type: 'Long', value: -7 }],
    ['${-1}', { type: 'Long', value: -1 }],
    ['${-d}', { type: 'Double', value: -1000 }],
    ['${6/2}', { type: 'Double', value: 3 }],
    ['${6 div 4}', { type: 'Double', value: 1.5 }],
    ['${1.0}', { type: 'Double', value: 1 }],
    ['${1e3}', { type: 'Double', value: 1000 }],
    ['${d+1}', { type: 'Double', value: 1001 }],
    ['${d*2}', { type: 'Double', value: 2000 }],
    ['${i % 3}', { type: 'Long', value: 2 }],
    ['${d mod 3}', { type: 'Double', value: 1 }],
    ['${null+1}', { type: 'Long', value: 1 }],
    ['${""+1}', { type: 'Long', value: 1 }],
    ['${null+null}', { type: 'Long', value: 0 }],
    ['${null/null}', { type: 'Long', value: 0 }],
    ['${"3"+1}', { type: 'Long', value: 4 }],
    ['${"1.5"+1}', { type: 'Double', value: 2.5 }],
    ['${"1.5"+"0.5"}', { type: 'Double', value: 2 }],
    ['${big+1}', { type: 'Long', value: '9007199254740994' }],
    ['${9007199254740991+2}', { type: 'Long', value: '9007199254740993' }],
    ['${9223372036854775807+1}', { type: 'Long', value: '-9223372036854775808' }],
    ['${3037000500*3037000500}', { type: 'Long', value: '-9223372036709301616' }],
    ['${i > 3}', { type: 'Boolean', value: true }],
    ['${empty none}', { type: 'Boolean', value: true }],
    ['${!yes}', { type: 'Boolean', value: false }],
    ["${'x'}", { type: 'String', value: 'x' }],
    ['${null}', { type: 'Null', value: null }],
    ['${yes ? i : 1}', { type: 'Integer', value: 5 }],
    ['${no ? i : 1}', { type: 'Long', value: 1 }],
    ['${s.length()}', { type: 'Integer', value: 3 }],
    ['${i.longValue()}', { type: 'Long', value: 5 }],
    ['${l.intValue()}', { type: 'Integer', value: 7 }],
    ['${i.doubleValue()}', { type: 'Double', value: 5 }],
    ['${dt.getTime()}', { type: 'Long', value: 1767261600000 }],
    ['${now()}', { type: 'Date', value: '2026-01-31T10:15:30.000Z' }],
    ['${dateTime().plusDays(1).toDate()}', { type: 'Date', value: '2026-02-01T10:15:30.000Z' }],
    ['${dt}', { type: 'Date', value: '2026-01-01T10:00:00.000Z' }],
    ['${js.prop("b")}', { type: 'Json', value: '{"c":"x"}' }],
    ['${js.prop("a")}', { type: 'Json', value: '1' }],
    ['${js.prop("a").value()}', { type: 'Integer', value: 1 }],
    ['${list[0]}', { type: 'Integer', value: 1 }],
    ['${currentUser()}', { type: 'String', value: 'mary' }],
    ['${(i)}', { type: 'Integer', value: 5 }],
    ['${execution.getVariable("l")}', { type: 'Long', value: 7 }],
    ['${execution.getVariable("nope")}', { type: 'Null', value: null }],
  ])('of %s', (source, expected) => {
    expect(typed(source)).toEqual(expected);
  });

  test('of lists, maps and JSON is kept', () => {
    expect(typed('${list}')).toBe(VARIABLES.list);
    expect(typed('${js}')).toBe(VARIABLES.js);
    expect(typed('${currentUserGroups()}')).toMatchObject({ type: 'Object', value: '[]' });
    expect(typed('${map.nested}')).toMatchObject({ type: 'Object', value: '{"b":[10,20]}' });
    expect(typed('${js.prop("l").elements()}')).toMatchObject({ type: 'Object', value: '[1,2]' });
  });
});

describe('an operator', () => {
  test.each([
    ['${1 + 2 * 3}', 7],
    ['${(1 + 2) * 3}', 9],
    ['${10 - 2 - 3}', 5],
    ['${2 * 3 % 4}', 2],
    ['${7 mod 3 eq 1}', true],
    ['${-7 % 3}', -1],
    ['${1 - -1}', 2],
    ['${1 lt 2 and 2 le 2 and 3 gt 2 and 2 ge 2}', true],
    ['${1 ne 2}', true],
    ['${true or false && false}', true],
    ['${not true == false}', true],
    ['${!(1 == 1)}', false],
    ['${1 < 2 == true}', true],
    ['${no ? 1 : yes ? 2 : 3}', 2],
    ['${yes?1:2}', 1],
    ['${1 == 1.0}', true],
    ['${i == "5"}', true],
    ['${"5" == i}', true],
    ['${yes == "true"}', true],
    ['${yes == "TRUE"}', true],
    ['${yes == ""}', false],
    ['${s == "abc"}', true],
    ['${s == null}', false],
    ['${none == null}', true],
    ['${null != s}', true],
    ['${none < 1}', false],
    ['${none >= none}', true],
    ['${none > none}', false],
    ['${s < "b"}', true],
    ['${"10" < "9"}', true],
    ['${"10" < 9}', false],
    ['${d >= 1000}', true],
    ['${big > 9007199254740992}', true],
    ['${big == 9007199254740993}', true],
    ['${dt < now()}', true],
    ['${dt == dt}', true],
    ['${list == list}', true],
    ['${map.nested == map.nested}', true],
    ['${list == map}', false],
    ['${empty ""}', true],
    ['${empty list}', false],
    ['${empty map.nope}', true],
    ['${not empty s}', true],
    ['${empty 0}', false],
    ['${"yes" && true}', false],
    ['${"true" && true}', true],
    ['${none || yes}', true],
    ['${1/0}', Number.POSITIVE_INFINITY],
    ['${"a\\"b"}', 'a"b'],
    ["${'it\\'s'}", "it's"],
    ['${"}"}', '}'],
    ['${.5 + 1.5e1}', 15.5],
  ])('%s is %s', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  test('on the right is not evaluated when the left decides', () => {
    expect(value('${no && nope}')).toBe(false);
    expect(value('${yes || nope}')).toBe(true);
    expect(value('${yes ? 1 : nope}')).toBe(1);
  });

  test.each([
    ['${"a" + 1}', "'a'"],
    ['${yes + 1}', 'a boolean'],
    ['${i % 0}', 'zero'],
    ['${i == true}', 'a boolean'],
    ['${i > "abc"}', "'abc'"],
    ['${dt > 1}', 'a date'],
    ['${i && true}', 'a number'],
    ['${list > map}', 'Cannot compare'],
    ['${-s}', "'abc'"],
  ])('%s fails and names %s', (source, named) => {
    const message = failure(source);
    expect(message).toContain(named);
    expect(message).toContain(source);
  });
});

describe('a name', () => {
  test('that is not known is an error that names it', () => {
    expect(failure('${nope > 1}')).toBe(
      "Unknown property used in expression: ${nope > 1}. Cause: Cannot resolve identifier 'nope'",
    );
    expect(failure('${bean.method(execution)}')).toContain("'bean'");
    expect(() => typed('${nope}')).toThrow("'nope'");
    expect(failure('text ${nope}')).toContain("'nope'");
  });

  test('of a task is not known outside of tasks', () => {
    expect(failure('${task.assignee}')).toContain("'task'");
  });

  test('may have letters of any language', () => {
    expect(value('${größe + $x_1}', { größe: 2, $x_1: 3 })).toBe(5);
  });
});

describe('a property', () => {
  test.each([
    ['${map.a}', 1],
    ['${map["a"]}', 1],
    ['${map.nested.b[1]}', 20],
    ['${map.nope}', null],
    ['${map.nope.deeper}', null],
    ['${none.anything}', null],
    ['${list[2]}', 3],
    ['${list["1"]}', 2],
    ['${list[9]}', null],
    ['${list[i - 5]}', 1],
    ['${js.a}', 1],
    ['${js.b.c}', 'x'],
    ['${js.l[0]}', 1],
    ['${js.nope}', null],
    ['${s.empty}', false],
    ['${dt.time}', 1767261600000],
    ['${map.toString}', null],
    ['${map.__proto__}', null],
    ['${map.constructor}', null],
  ])('%s is %s', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  test.each(['${s.length}', '${i.foo}', '${s.constructor}', '${s.__proto__}', '${yes.valueOf}'])(
    '%s is an error',
    (source) => {
      expect(failure(source)).toContain('has no property');
    },
  );
});

describe('a method', () => {
  test.each([
    ['${s.toUpperCase()}', 'ABC'],
    ['${"ÄB".toLowerCase()}', 'äb'],
    ['${s.contains("b")}', true],
    ['${s.startsWith("ab")}', true],
    ['${s.endsWith("bc")}', true],
    ['${s.substring(1)}', 'bc'],
    ['${s.substring(1, 2)}', 'b'],
    ['${" x ".trim()}', 'x'],
    ['${s.equals("abc")}', true],
    ['${s.equals(1)}', false],
    ['${s.equalsIgnoreCase("ABC")}', true],
    ['${s.concat("d")}', 'abcd'],
    ["${'source'.concat(i)}", 'source5'],
    ['${"a.b".replace(".", "-")}', 'a-b'],
    ['${"a1b2".replaceAll("[0-9]", "#")}', 'a#b#'],
    ['${"a1b2".replaceAll("([a-z])([0-9])", "$2$1")}', '1a2b'],
    ['${"aa".replaceFirst("a", "b")}', 'ba'],
    ['${s.replace("a", "$&")}', '$&bc'],
    ['${s.indexOf("c")}', 2],
    ['${s.indexOf("x")}', -1],
    ['${"abab".lastIndexOf("b")}', 3],
    ['${s.isEmpty()}', false],
    ['${s.matches("[a-c]+")}', true],
    ['${s.matches("[a-b]+")}', false],
    ['${s.matches("a|abc")}', true],
    ['${"a,b,,".split(",")}', ['a', 'b']],
    ['${"a1b22c".split("[0-9]+")}', ['a', 'b', 'c']],
    ['${"a,b,c".split(",", 2)}', ['a', 'b,c']],
    ['${"abc".split("")}', ['a', 'b', 'c']],
    ['${"a,b".split(",")[1]}', 'b'],
    ['${s.charAt(1)}', 'b'],
    ['${s.hashCode()}', 96354],
    ['${s.compareTo("abd") < 0}', true],
    ['${"".join("-", list)}', '1-2-3'],
    ['${"ab".repeat(2)}', 'abab'],
    ['${s["toUpperCase"]()}', 'ABC'],
    ['${list.size()}', 3],
    ['${list.get(1)}', 2],
    ['${list.contains(2)}', true],
    ['${list.contains("2")}', false],
    ['${list.isEmpty()}', false],
    ['${list.indexOf(3)}', 2],
    ['${list.subList(1, 3)}', [2, 3]],
    ['${list.toString()}', '[1, 2, 3]'],
    ['${map.get("a")}', 1],
    ['${map.get("nope")}', null],
    ['${map.get("constructor")}', null],
    ['${map.containsKey("a")}', true],
    ['${map.containsKey("toString")}', false],
    ['${map.containsValue("hi")}', true],
    ['${map.size()}', 3],
    ['${map.keySet()}', ['a', 'nested', 'text']],
    ['${map.values().size()}', 3],
    ['${map.isEmpty()}', false],
    ['${map.getOrDefault("x", 9)}', 9],
    ['${map.entrySet().get(0).getKey()}', 'a'],
    ['${map.getText()}', 'hi'],
    ['${map.get("a").toString()}', '1'],
    ['${i.intValue()}', 5],
    ['${half.intValue()}', 0],
    ['${(-1.5).intValue()}', -1],
    ['${i.toString()}', '5'],
    ['${d.toString()}', '1000.0'],
    ['${i.compareTo(7)}', -1],
    ['${i.equals(5)}', true],
    ['${yes.toString()}', 'true'],
    ['${dt.before(now())}', true],
    ['${dt.after(now())}', false],
    ['${dt.toString()}', 'Thu Jan 01 10:00:00 UTC 2026'],
    ['${js.prop("b").prop("c").stringValue()}', 'x'],
    ['${js.prop("a").numberValue() + 1}', 2],
    ['${js.prop("t").boolValue() == true}', true],
    ['${js.prop("n").isNull()}', true],
    ['${js.prop("new", 5).prop("new").value()}', 5],
    ['${js.deleteProp("a").hasProp("a")}', false],
    ['${js.prop("new", JSON("[1,2]").append(3).remove(1)).prop("new").toString()}', '[2,3]'],
    ['${s.compareTo("abcde")}', -2],
    ['${s.compareTo("abe")}', -2],
    ['${js.hasProp("a")}', true],
    ['${js.hasProp("z")}', false],
    ['${js.prop("l").isArray()}', true],
    ['${js.prop("l").elements().size()}', 2],
    ['${js.prop("l").elements().get(0).numberValue()}', 1],
    ['${js.prop("l").elements()[1].value()}', 2],
    ['${js.prop("l").size()}', 2],
    ['${js.fieldNames().contains("a")}', true],
    ['${js.jsonPath("$.b.c").stringValue()}', 'x'],
    ['${js.jsonPath("$.a").numberValue() + 1}', 2],
    ['${js.jsonPath("$[\'t\']").boolValue()}', true],
    ['${js.jsonPath("$.l[0]").numberValue()}', 1],
    ['${js.jsonPath("$.l[-1]").numberValue()}', 2],
    ['${js.jsonPath("$.l").elementList().size()}', 2],
    ['${js.jsonPath("$.l[?(@ > 1)]").elementList().size()}', 1],
    ['${js.jsonPath("$..c").elementList().get(0).stringValue()}', 'x'],
    ['${js.jsonPath("$.*").elementList().size()}', 5],
    ['${js.jsonPath("$.b").element().prop("c").value()}', 'x'],
    ['${js.containsKey("a")}', true],
    ['${js.prop("b").toString()}', '{"c":"x"}'],
    ['${js}', { a: 1, b: { c: 'x' }, l: [1, 2], t: true, n: null }],
    ['${S("{\\"a\\":[1]}").prop("a").elements().size()}', 1],
    ['${S(js).prop("a").numberValue()}', 1],
    ['${JSON("[1,2]").elements().size()}', 2],
    ['${S(list).isArray()}', true],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  test('on null tells that the target is null', () => {
    expect(failure('${none.foo()}')).toContain("Target unreachable: 'none' is null");
    expect(failure('${map.nope.size()}')).toContain("'map.nope'");
  });

  test.each([
    ['${s.foo()}', "'foo'"],
    ['${s.substring(1, 9)}', '9'],
    ['${s.substring(1, 2, 3)}', 'arguments'],
    ['${s.matches("[")}', 'regular expression'],
    ['${list.get(3)}', 'Index 3'],
    ['${list.add(1)}', "'add'"],
    ['${js.prop("zz")}', "'zz'"],
    ['${js.prop("a").stringValue()}', 'not a string'],
    ['${js.elements()}', 'not an array'],
    ['${js.value()}', 'not a plain value'],
    ['${S("{").prop("a")}', 'not JSON'],
    ['${s.constructor()}', "'constructor'"],
    ['${map.constructor()}', "'constructor'"],
    ['${map.hasOwnProperty("a")}', "'hasOwnProperty'"],
    ['${"x".repeat(100000000)}', 'longer'],
    ['${execution}', 'execution'],
    ['${dateTime().toString("bb")}', "'b'"],
  ])('%s fails and names %s', (source, named) => {
    expect(failure(source)).toContain(named);
  });
});

describe('dateTime()', () => {
  test.each([
    ['plusDays(2).toDate()', '2026-02-02T10:15:30.000Z'],
    ['plusWeeks(1).toDate()', '2026-02-07T10:15:30.000Z'],
    ['plusMonths(1).toDate()', '2026-02-28T10:15:30.000Z'],
    ['plusYears(1)', '2027-01-31T10:15:30.000Z'],
    ['plusHours(1).plusMinutes(1).plusSeconds(1).plusMillis(1)', '2026-01-31T11:16:31.001Z'],
    ['minusDays(31)', '2025-12-31T10:15:30.000Z'],
    ['minusHours(11)', '2026-01-30T23:15:30.000Z'],
    ['withTimeAtStartOfDay()', '2026-01-31T00:00:00.000Z'],
    ['withHourOfDay(8).withMinuteOfHour(30).withSecondOfMinute(0)', '2026-01-31T08:30:00.000Z'],
    ['withDayOfWeek(1)', '2026-01-26T10:15:30.000Z'],
    ['withTime(23, 59, 0, 0)', '2026-01-31T23:59:00.000Z'],
    ['withDate(2027, 2, 3)', '2027-02-03T10:15:30.000Z'],
    ['plus(86400000)', '2026-02-01T10:15:30.000Z'],
  ])('%s', (calls, expected) => {
    expect((value(`\${dateTime().${calls}}`) as Date).toISOString()).toBe(expected);
  });

  test.each([
    ['getYear()', 2026],
    ['monthOfYear', 1],
    ['dayOfWeek', 6],
    ['dayOfYear', 31],
    ['toString()', '2026-01-31T10:15:30.000Z'],
    ["toString('yyyy-MM-dd')", '2026-01-31'],
    ['toString("d. MMMM yy, HH:mm \'h\'")', '31. January 26, 10:15 h'],
    ['isAfter(dt)', true],
    ['isBefore(dateTime().plusDays(1))', true],
    ['plusDays(1).getMillis() > dateTime().millis', true],
    ['plusMinutes(1).isAfterNow()', true],
    ['minus(1).isBeforeNow()', true],
    ['isAfterNow()', false],
    ['isEqualNow()', true],
    ['isAfter(1000)', true],
    ['minuteOfDay', 615],
    ['weekOfWeekyear', 5],
    ['withDayOfYear(32).monthOfYear', 2],
    ['toLocalDate()', '2026-01-31'],
  ])('%s', (call, expected) => {
    expect(value(`\${dateTime().${call}}`)).toBe(expected);
  });
});

describe('execution', () => {
  test.each([
    ['processInstanceId', 'instance-1'],
    ['getProcessInstanceId()', 'instance-1'],
    ['id', 'execution-1'],
    ['businessKey', 'order-7'],
    ['processBusinessKey', 'order-7'],
    ['currentActivityId', 'Review'],
    ['currentActivityName', 'Review the order'],
    ['activityInstanceId', 'Review:1'],
    ['processDefinitionId', 'loan:1:abc'],
    ['eventName', 'start'],
    ['tenantId', null],
    ['getVariable("i") + 1', 6],
    ['getVariable("nope")', null],
    ['hasVariable("i")', true],
    ['hasVariable("nope")', false],
    ['hasVariableLocal("i")', false],
    ['getVariableLocal("i")', null],
    ['getVariables().size() > 5', true],
    ['getVariableTyped("i").value', 5],
  ])('%s is %s', (call, expected) => {
    expect(value(`\${execution.${call}}`)).toEqual(expected);
  });

  test('sets and removes variables, each with the type of its value', () => {
    const context = testContext({ i: 5 });
    const run = (source: string) => compileExpression(source).evaluate(context);
    expect(run("${execution.setVariable('one', 1)}")).toBeNull();
    run("${execution.setVariable('sum', execution.getVariable('i') + 1)}");
    run("${execution.setVariable('copy', i)}");
    run("${execution.setVariable('text', 'aValue')}");
    run("${execution.setVariableLocal('local', 1.0)}");
    expect(context.variables.outer.get('one')).toEqual({ type: 'Long', value: 1 });
    expect(context.variables.outer.get('sum')).toEqual({ type: 'Long', value: 6 });
    expect(context.variables.outer.get('copy')).toEqual({ type: 'Integer', value: 5 });
    expect(context.variables.outer.get('text')).toEqual({ type: 'String', value: 'aValue' });
    expect(context.variables.local.get('local')).toEqual({ type: 'Double', value: 1 });
    run("${execution.removeVariable('copy')}");
    expect(context.variables.get('copy')).toBeUndefined();
    run("${execution.setBusinessKey('new-key')}");
    expect(context.execution.businessKey).toBe('new-key');
  });

  test('tells the user', () => {
    expect(value('${authenticatedUserId}')).toBe('mary');
  });
});

describe('task', () => {
  test('has its attributes, its variables and its execution', () => {
    const task = testTask();
    const context = testContext({ i: 5 }, { task });
    const run = (source: string) => compileExpression(source).evaluate(context);
    expect(run('${task.assignee}')).toBe('john');
    expect(run('${task.getName()} in ${task.execution.processInstanceId}')).toBe('Review in instance-1');
    expect(run('${task.dueDate}')).toEqual(new Date('2026-02-01T00:00:00.000Z'));
    expect(run('${task.priority + task.getVariable("i")}')).toBe(55);
    expect(run('${task.createTime}')).toEqual(new Date('2026-01-31T10:00:00.000Z'));
    expect(run('${task.candidates[0].groupId}')).toBe('sales');
    run("${task.setAssignee('ann')}");
    run('${task.setDueDate(dateTime().plusDays(1))}');
    expect(task.changes).toEqual([{ assignee: 'ann' }, { dueDate: new Date('2026-02-01T10:15:30.000Z') }]);
  });
});

describe('a condition', () => {
  const holds = (source: string, variables: Record<string, unknown> = VARIABLES, language?: 'juel' | 'feel') =>
    compileCondition(source, language ? { language } : {})(testContext(variables));

  test('is true or false', () => {
    expect(holds("${i > 3 && s == 'abc'}")).toBe(true);
    expect(holds('${i < 3}')).toBe(false);
    expect(holds('${yes}')).toBe(true);
    expect(holds('${not yes}')).toBe(false);
    expect(holds('i > 3 and s = "abc"', VARIABLES, 'feel')).toBe(true);
  });

  test.each(['${i}', '${s}', '${none}', 'true', '${yes}!', '${"true"}'])('%s is neither and fails', (source) => {
    expect(() => holds(source)).toThrow(/Expected condition .* to be true or false, but it is/);
  });

  test('in FEEL that is null fails', () => {
    expect(() => holds('nope', VARIABLES, 'feel')).toThrow('but it is null');
  });
});

describe('what is wrong with a text is told when it is compiled', () => {
  test.each<[string, string, number | undefined]>([
    ['${', 'missing', 2],
    ['${}', 'value is missing', 2],
    ['${a', 'missing', 3],
    ['${a +}', 'value is missing', 5],
    ['x ${a b}', "'b'", 6],
    ['${a ==== b}', "'=='", 6],
    ['${(a}', "')'", 4],
    ['${a[1}', "']'", 5],
    ['${a.}', 'dot', 4],
    ['${a.1}', "'.1'", 3],
    ['${"abc}', 'no end', 2],
    ['${"a\\nb"}', 'backslash', 4],
    ['${a ? b}', "':'", 7],
    ['${a = b}', "'='", 4],
    ['${a & b}', "'&'", 4],
    ['${foo(1)}', "'foo'", 2],
    ['${a + ns:bar(1)}', "'ns:bar'", 6],
    ['${dateTime(1)}', "'dateTime'", 2],
    ['${a instanceof b}', 'not expected', 4],
    ['a#{i}b${l}', "'#{'", 6],
    ['${99999999999999999999}', 'too big', 2],
    ['${f(1,)}', 'value', undefined],
  ])('%s: %s', (source, reason, offset) => {
    let error: unknown;
    try {
      compileExpression(source);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ExpressionSyntaxError);
    expect((error as Error).message).toContain(reason);
    expect((error as Error).message).toContain(source);
    if (offset !== undefined) expect((error as ExpressionSyntaxError).offset).toBe(offset);
  });

  test('also when it would overflow the stack', () => {
    expect(() => compileExpression(`\${${'('.repeat(5_000)}1${')'.repeat(5_000)}}`)).toThrow(ExpressionSyntaxError);
    expect(() => compileExpression(`\${${'!'.repeat(4_000)}a}`)).toThrow(ExpressionSyntaxError);
    expect(() => compileExpression(`\${1${' + 1'.repeat(100_000)}}`)).toThrow(ExpressionSyntaxError);
    expect(value(`\${1${' + 1'.repeat(2_000)}}`)).toBe(2_001);
  });
});

test('a text is compiled once', () => {
  expect(compileExpression('${once}')).toBe(compileExpression('${once}'));
});

describe('what is known before it is evaluated', () => {
  test.each([
    ['${execution.foo}', /'execution' has no property 'foo'/],
    ['${execution.getEngineServices()}', /no method 'getEngineServices'/],
    ['${execution.getVariable()}', /isn't called with 0 arguments/],
    ['a ${execution.setVariable(1)} b', /method 'setVariable'/],
    ['${dateTime().plusDecades(1)}', /no method 'plusDecades'/],
    ['${dateTime().plusDays(1).tomorrow()}', /no method 'tomorrow'/],
    ['${now().plusDays(1)}', /a date has no method 'plusDays'/],
    ['${x > 1 ? "a".foo() : 1}', /a text has no method 'foo'/],
  ])('%s is refused when it is compiled', (source, reason) => {
    expect(() => compileExpression(source)).toThrow(ExpressionSyntaxError);
    expect(() => compileExpression(source)).toThrow(reason);
  });

  test.each<[string, unknown]>([
    ['${execution.parentId}', null],
    ['${execution.isCanceled()}', false],
    ['${execution.canceled}', false],
    ['${execution.superExecution}', null],
    ['${execution.superExecution.id}', null],
    ['${execution.processInstance.id}', 'instance-1'],
    ['${execution.getProcessInstance().getBusinessKey()}', 'order-7'],
    ['${execution.bpmnModelElementInstance.name}', 'Review the order'],
    ['${execution.getBpmnModelElementInstance().getId()}', 'Review'],
    ['${currentUserGroups()}', []],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  test('nobody is in no groups', () => {
    expect(compileExpression('${currentUserGroups()}').evaluate(testContext({}, { userId: null }))).toBeNull();
  });
});
