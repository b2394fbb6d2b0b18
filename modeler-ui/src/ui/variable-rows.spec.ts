import { expect, test } from 'vitest';
import { changedVariables, collectVariables, newRow, rowsOf } from './variable-rows.js';

test('rows become typed variables, empty rows are passed over', () => {
  const { variables } = collectVariables([
    newRow('amount', 'Integer', '5'),
    newRow(),
    newRow(' name ', 'String', 'Ada'),
  ]);
  expect(variables).toEqual({ amount: { type: 'Integer', value: 5 }, name: { type: 'String', value: 'Ada' } });
});

test('a wrong row says why, and nothing is sent', () => {
  const { variables, rows } = collectVariables([
    newRow('a', 'Integer', 'x'),
    newRow('', 'String', 'text'),
    newRow('b', 'String', '1'),
    newRow('b', 'String', '2'),
  ]);
  expect(variables).toBeNull();
  expect(rows.map(({ error }) => error)).toEqual([
    'Expected a whole number, but got “x”',
    'The variable needs a name',
    null,
    'There is another variable “b”',
  ]);
});

test('existing variables are offered by name, without those that can’t be typed', () => {
  const rows = rowsOf({
    b: { type: 'Boolean', value: true },
    file: { type: 'File', value: null },
    a: { type: 'Json', value: '[1]' },
  });
  expect(rows.map(({ name, text, isFixed }) => [name, text, isFixed])).toEqual([
    ['a', '[\n  1\n]', true],
    ['b', 'true', true],
  ]);
});

test('only changed variables are sent back', () => {
  const before = {
    a: { type: 'Json', value: '[1]' },
    b: { type: 'Integer', value: 1, valueInfo: {} },
    c: { type: 'Null', value: null, valueInfo: {} },
  };
  const { variables } = collectVariables([...rowsOf(before), newRow('d', 'String', 'new')]);
  expect(changedVariables(variables ?? {}, before)).toEqual({ d: { type: 'String', value: 'new' } });
  expect(changedVariables({ b: { type: 'Long', value: 1 } }, before)).toEqual({ b: { type: 'Long', value: 1 } });
});
