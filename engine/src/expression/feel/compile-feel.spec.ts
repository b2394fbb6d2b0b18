import { evaluate } from 'feelin';
import { describe, expect, test } from 'vitest';
import { ExpressionSyntaxError } from '../../errors.js';
import type { TypedValue } from '../../runtime/typed-value.js';
import { compileExpression } from '../compile-expression.js';
import { testContext } from '../test-context.js';
import { compileFeel } from './compile-feel.js';
import { fromFeelValue } from './feel-values.js';

const object = (value: unknown): TypedValue => ({
  type: 'Object',
  value: JSON.stringify(value),
  valueInfo: { objectTypeName: 'java.util.ArrayList', serializationDataFormat: 'application/json' },
});

const PLAIN = {
  amount: 2_000,
  rate: 0.5,
  status: 'open',
  yes: true,
  nothing: null,
  order: {
    total: 7,
    customer: { name: 'Bo' },
    lines: [
      { sku: 'a', n: 1 },
      { sku: 'b', n: 2 },
    ],
  },
  numbers: [1, 2, 3],
  'credit-score': 700,
  'first name': 'Ann',
  text: 'abc',
  count: 5,
};
const VARIABLES = { ...PLAIN, order: object(PLAIN.order), numbers: object(PLAIN.numbers) };

const run = (source: string, variables: Record<string, unknown> = VARIABLES) =>
  compileExpression(source, { language: 'feel' }).evaluate(testContext(variables));
const typed = (source: string, variables: Record<string, unknown> = VARIABLES) =>
  compileExpression(source, { language: 'feel' }).evaluateTyped(testContext(variables));

describe('a FEEL expression', () => {
  test.each([
    'amount * rate + 1',
    'amount > 1000 and status = "open"',
    'if amount > 1000 then "big" else "small"',
    'nope',
    'nope + 1',
    'nope = null',
    'order.total + 1',
    'order.customer.name',
    'order.lines[n > 1].sku',
    'order.lines[1].sku',
    'sum(numbers)',
    'sum(for n in numbers return n * amount)',
    'some n in numbers satisfies n > 2',
    'every n in numbers satisfies n > 2',
    'count(numbers)',
    'count + 1',
    'numbers[item > 1]',
    'string length(text)',
    'upper case(text)',
    'substring(text, 2)',
    'contains(text, "b")',
    'amount in [1..3000]',
    'amount in (< 5, > 1000)',
    'not(yes)',
    'nothing',
    '{a: amount, b: a + 1}.b',
    '(function(x) x + amount)(1)',
    'string(amount)',
    'number("5") + amount',
    'date("2026-01-31") + duration("P1M")',
    'date and time("2026-01-31T10:00:00") - date and time("2026-01-30T10:00:00")',
    'duration("PT90M")',
    'time("10:00:00")',
    'amount between 1 and 5000',
    'min(numbers)',
    '[1..5]',
    'first name',
    'first name + "x"',
    'credit-score + 1',
    'credit-score',
    'amount - rate',
    '1 // with a comment',
    'list contains(numbers, 2)',
    '-amount',
    'amount ** 2',
    '10 / 0',
    'order',
    'text = 5',
  ])('%s is what feelin says', (source) => {
    expect(run(source)).toEqual(fromFeelValue(evaluate(source, { ...PLAIN }).value));
  });

  test('gives the same however often it runs, and forgets what it saw before', () => {
    const feel = compileFeel('if known = null then "none" else known + 1');
    const at = (variables: Record<string, unknown>) => feel.evaluate(testContext(variables).variables, new Date(0));
    expect([at({}), at({ known: 1 }), at({}), at({ known: 2 })]).toEqual(['none', 2, 'none', 3]);
  });

  test('reads names with signs in them, of variables and inside of them', () => {
    expect(run('credit-score > 600')).toBe(true);
    expect(run('credit-score > 600', { credit: 1000, score: 1 })).toBe(true);
    expect(run('headers.content-type', { headers: object({ 'content-type': 'json' }) })).toBe('json');
    expect(run('applicant age + 1', { 'applicant age': 17 })).toBe(18);
  });

  test('knows the time of the command and no other', () => {
    expect(run('now()')).toEqual(new Date('2026-01-31T10:15:30.000Z'));
    expect(run('today()')).toEqual(new Date('2026-01-31T00:00:00.000Z'));
    expect(run('today() = date("2026-01-31")')).toBe(true);
    expect(run('now() + duration("PT1H")')).toEqual(new Date('2026-01-31T11:15:30.000Z'));
    expect(run('now + 1', { now: 1 })).toBe(2);
  });

  test('reads dates as date and time in UTC', () => {
    const due = { type: 'Date', value: '2026-02-28T12:00:00.000Z' };
    expect(run('due > now()', { due })).toBe(true);
    expect(run('date(due) = date("2026-02-28")', { due })).toBe(true);
    expect(run('due + duration("P1D")', { due })).toEqual(new Date('2026-03-01T12:00:00.000Z'));
    expect(run('string(due - now())', { due })).toBe('P28DT1H44M30S');
    expect(run('due.year', { due })).toBe(2026);
    expect(run('due = date and time("2026-02-28T12:00:00")', { due })).toBe(true);
    expect(run('string(due)', { due })).toBe('2026-02-28T12:00:00');
  });

  test.each<[string, unknown]>([
    ['is defined(amount)', true],
    ['is defined(nothing)', false],
    ['is defined(nobody)', false],
    ['is blank("  ")', true],
    ['get or else(nothing, 5)', 5],
    ['get or else(amount, 5) + 1', 2_001],
    ['get value({a: {b: 2}}, ["a", "b"])', 2],
    ['put({a: 1}, "b", 2)', { a: 1, b: 2 }],
    ['put all({a: 1}, {a: 2, b: 3})', { a: 2, b: 3 }],
    ['string join(["a", "b"], ",", "<", ">")', '<a,b>'],
    ['assert(amount, amount > 1)', 2_000],
    ['is empty(numbers)', false],
    ['trim(" a ")', 'a'],
    ['partition(numbers, 2)', [[1, 2], [3]]],
    ['duplicate values([1, 2, 1, 3, 1])', [1]],
    ['extract("a1b22", "[0-9]+")', ['1', '22']],
    ['string(last day of month(date("2024-02-05")))', '2024-02-29'],
  ])('%s is %j, as in Camunda', (source, expected) => {
    expect(run(source)).toEqual(expected);
  });

  test.each(['twice(2)', 'amount + twice(2)', 'credit check(amount)', '1e3', '1.5E-3 + amount'])(
    '%s is refused: there is no such function or number',
    (source) => {
      expect(() => compileFeel(source)).toThrow(/there is no function|no exponent/);
    },
  );

  test('calls functions that it defines itself', () => {
    expect(run('{twice: function(n) n * 2, result: twice(amount)}.result')).toBe(4_000);
    expect(run('(function(f) f(2))(function(n) n + 1)')).toBe(3);
  });

  test.each<[string, TypedValue]>([
    ['amount', { type: 'Integer', value: 2_000 }],
    ['amount + 1', { type: 'Long', value: 2_001 }],
    ['rate', { type: 'Double', value: 0.5 }],
    ['1.5 + 1', { type: 'Double', value: 2.5 }],
    ['status', { type: 'String', value: 'open' }],
    ['yes', { type: 'Boolean', value: true }],
    ['nope', { type: 'Null', value: null }],
    ['date("2026-01-01")', { type: 'Date', value: '2026-01-01T00:00:00.000Z' }],
    ['date and time("2026-01-01T10:00:00+02:00")', { type: 'Date', value: '2026-01-01T08:00:00.000Z' }],
    ['date and time("2026-07-01T10:00:00@Europe/Berlin")', { type: 'Date', value: '2026-07-01T08:00:00.000Z' }],
    ['duration("PT10M")', { type: 'String', value: 'PT10M' }],
    ['time("10:00:00Z")', { type: 'String', value: '10:00:00Z' }],
  ])('%s becomes a variable of its type', (source, expected) => {
    expect(typed(source)).toEqual(expected);
  });

  test('that gives lists and contexts makes objects of them', () => {
    expect(typed('[1, {a: date("2026-01-01")}]')).toMatchObject({
      type: 'Object',
      value: '[1,{"a":"2026-01-01T00:00:00.000Z"}]',
    });
    expect(typed('order')).toBe(VARIABLES.order);
  });

  test.each(['', '1 +', 'if a then b', '1) + (2', '"open', 'for x in', 'a b c ='])(
    "'%s' is refused when it is compiled",
    (source) => {
      expect(() => compileFeel(source)).toThrow(ExpressionSyntaxError);
    },
  );

  test('is not evaluated when it is compiled', () => {
    expect(() => compileFeel('for i in 1..100000000000 return i')).not.toThrow();
  });

  test('that gives a function has no value', () => {
    expect(run('function(x) x')).toBeNull();
    expect(run('sum')).toBeNull(); // the built-in's name, as a variable that nobody has set
  });

  test('has the position of what is wrong', () => {
    let error: unknown;
    try {
      compileFeel('amount + ');
    } catch (thrown) {
      error = thrown;
    }
    expect((error as ExpressionSyntaxError).offset).toBe(9);
  });
});
