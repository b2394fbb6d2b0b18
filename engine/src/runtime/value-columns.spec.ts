import { expect, test } from 'vitest';
import { fromNative, JsonNode, type TypedValue, toNative } from './typed-value.js';
import { fromColumns, toColumns } from './value-columns.js';

const values: readonly TypedValue[] = [
  { type: 'Null', value: null },
  { type: 'Boolean', value: true },
  { type: 'Boolean', value: false },
  { type: 'Boolean', value: null },
  { type: 'Short', value: 0 },
  { type: 'Integer', value: -5 },
  { type: 'Long', value: 5 },
  { type: 'Long', value: '9007199254740993' },
  { type: 'Double', value: 0.1 },
  { type: 'String', value: '' },
  { type: 'String', value: 'text' },
  { type: 'String', value: null },
  { type: 'Date', value: '2026-01-05T08:00:00.000Z' },
  { type: 'Bytes', value: 'AAE=' },
  { type: 'File', value: 'AAE=', valueInfo: { filename: 'a.txt', mimeType: 'text/plain' } },
  { type: 'Json', value: '{"a":[1]}' },
  { type: 'Xml', value: '<a/>' },
  { type: 'Object', value: '[1]', valueInfo: { serializationDataFormat: 'application/json' } },
];

test.each(values)('a variable $type $value is read as it was stored', (value) => {
  expect(fromColumns(toColumns(value))).toEqual(value);
});

test('numbers, booleans and dates can be compared in their columns', () => {
  const numberOf = (value: TypedValue) => toColumns(value).numberValue;
  expect(numberOf({ type: 'Long', value: '9007199254740993' })).toBeCloseTo(2 ** 53, -1);
  expect(numberOf({ type: 'Boolean', value: true })).toBe(1);
  expect(numberOf({ type: 'Date', value: '1970-01-01T00:00:01.000Z' })).toBe(1000);
  expect(numberOf({ type: 'String', value: '5' })).toBeNull();
});

test.each([
  [5, 'Integer'],
  [2 ** 31, 'Long'],
  [2 ** 60, 'Double'],
  [2n ** 60n, 'Long'],
  [0.5, 'Double'],
  ['text', 'String'],
  [true, 'Boolean'],
  [null, 'Null'],
  [new Date(0), 'Date'],
  [{ a: [1] }, 'Object'],
  [[1, 2], 'Object'],
] as const)('the native value %s becomes a %s and comes back the same', (native, type) => {
  const typed = fromNative(native);
  expect(typed.type).toBe(type);
  expect(toNative(typed)).toEqual(native);
});

test('a Json node stays Json, and a map or set becomes an object', () => {
  expect(fromNative(new JsonNode({ a: 1 }))).toEqual({ type: 'Json', value: '{"a":1}' });
  expect(toNative(fromNative(new Map([['a', 1]])))).toEqual({ a: 1 });
  expect(toNative(fromNative(new Set([1, 2])))).toEqual([1, 2]);
});
