import { expect, test } from 'vitest';
import { compileExpression } from '../compile-expression.js';
import { testContext } from '../test-context.js';

test.each<[string, boolean | null]>([
  ['overlaps before([1..5], [3..8])', true],
  ['overlaps before([1..3], [3..8])', true],
  ['overlaps before([1..3), [3..8])', false],
  ['overlaps after([3..8], [1..5])', true],
  ['finishes(5, [1..5])', true],
  ['finishes(5, [1..5))', false],
  ['finishes([3..5], [1..5])', true],
  ['finished by([1..5], 5)', true],
  ['includes([1..10], [2..10))', true],
  ['includes((1..10], 1)', false],
  ['during(5, [1..10])', true],
  ['starts(1, [1..5])', true],
  ['starts([1..3], [1..5])', true],
  ['started by([1..5], [1..3])', true],
  ['coincides([1..5], [1..5])', true],
  ['coincides(1, [1..1])', false],
  ['during(date("2026-01-05"), [date("2026-01-01")..date("2026-02-01")])', true],
  ['during("b", [1..3])', null],
  ['during(null, [1..3])', null],
])('%s is %j', (source, expected) => {
  expect(compileExpression(source, { language: 'feel' }).evaluate(testContext({}))).toBe(expected);
});
