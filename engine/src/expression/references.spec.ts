import { expect, test } from 'vitest';
import { ExpressionSyntaxError } from '../errors.js';
import { variablesRead } from './references.js';

test.each([
  ['plain text', []],
  ['${amount}', ['amount']],
  ['${order.total > limit && order.open}', ['order', 'limit']],
  ['${map[key].name}', ['map', 'key']],
  ['Dear ${name}, ${name} #', ['name']],
  ['${yes ? a : b}', ['yes', 'a', 'b']],
  ['${not empty list}', ['list']],
  ['${bean.method(execution, x)}', ['bean', 'x']],
  ['${dateTime().plusDays(days)}', ['days']],
  ["${S(json).prop('a')}", ['json']],
  ["${execution.getVariable('inner') + task.getVariable('other')}", ['inner', 'other']],
  ['${execution.getVariable(name)}', ['name']],
  ["${execution.setVariable('out', 1)}", []],
  ['${execution.processInstanceId}', []],
  ["${'text'}", []],
])('%s reads %j', (source, names) => {
  expect(variablesRead(source)).toEqual(names);
});

test.each([
  ['amount > limit', ['amount', 'limit']],
  ['count(items) + order.total', ['items', 'order']],
  ['string length(first name)', ['first name']],
])('in FEEL %s reads %j', (source, names) => {
  expect(variablesRead(source, { language: 'feel' })).toEqual(names);
});

test('what is no expression is refused', () => {
  expect(() => variablesRead('${')).toThrow(ExpressionSyntaxError);
});
