import { describe, expect, test } from 'vitest';
import { displayText, editText, parseTyped, toApiDate, toLocalInput } from './typed-values.js';

describe('what is typed becomes a typed value', () => {
  test.each([
    ['String', ' as typed ', ' as typed '],
    ['Boolean', 'true', true],
    ['Boolean', ' false ', false],
    ['Integer', '-42', -42],
    ['Short', '+7', 7],
    ['Long', '9007199254740991', 9007199254740991],
    ['Long', '9007199254740993', '9007199254740993'],
    ['Double', '1.5e3', 1500],
    ['Json', ' {"a": [1]} ', '{"a": [1]}'],
    ['Null', 'ignored', null],
  ] as const)('%s %j → %j', (type, text, value) => {
    expect(parseTyped(type, text)).toEqual({ ok: true, value: { type, value } });
  });

  test.each([
    ['Boolean', 'yes', /true or false/],
    ['Integer', '2147483648', /between/],
    ['Short', '32768', /between/],
    ['Integer', '1.5', /whole number/],
    ['Integer', '', /whole number/],
    ['Long', '9223372036854775808', /between/],
    ['Double', 'many', /number/],
    ['Double', '', /number/],
    ['Date', 'soon', /date/],
    ['Json', '{a: 1}', /JSON/],
  ] as const)('%s %j is refused with a reason', (type, text, reason) => {
    const parsed = parseTyped(type, text);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.message).toMatch(reason);
  });

  test('a date keeps its moment, whatever offset it was written with', () => {
    const parsed = parseTyped('Date', '2026-03-01T12:00:00+02:00');
    expect(parsed).toEqual({ ok: true, value: { type: 'Date', value: '2026-03-01T10:00:00.000+0000' } });
  });
});

describe('a typed value becomes text', () => {
  test('dates survive the way into the input and back', () => {
    const value = toApiDate(new Date(2026, 0, 31, 23, 59, 0));
    const text = editText({ type: 'Date', value });
    expect(text).toBe('2026-01-31T23:59');
    expect(parseTyped('Date', text)).toEqual({ ok: true, value: { type: 'Date', value } });
  });

  test('seconds are shown only when there are some', () => {
    expect(toLocalInput(new Date(2026, 4, 1, 8, 5, 9))).toBe('2026-05-01T08:05:09');
    expect(toLocalInput(new Date(Number.NaN))).toBe('');
  });

  test('JSON is laid out for editing, text that is no JSON is left alone', () => {
    expect(editText({ type: 'Json', value: '{"a":1}' })).toBe('{\n  "a": 1\n}');
    expect(editText({ type: 'Json', value: '{broken' })).toBe('{broken');
  });

  test('tables show files by name and nothing as null', () => {
    expect(displayText({ type: 'File', value: null, valueInfo: { filename: 'payslip.pdf' } })).toBe('payslip.pdf');
    expect(displayText({ type: 'Null', value: null })).toBe('null');
    expect(displayText({ type: 'Object', value: { a: 1 } })).toBe('{"a":1}');
    expect(displayText({ type: 'Boolean', value: false })).toBe('false');
  });
});
