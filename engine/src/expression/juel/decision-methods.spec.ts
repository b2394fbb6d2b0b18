import { describe, expect, test } from 'vitest';
import type { DecisionResult } from '../../ports.js';
import { compileExpression } from '../compile-expression.js';
import { testContext } from '../test-context.js';

const one: DecisionResult['rules'] = [{ level: { type: 'Long', value: 3 }, text: { type: 'String', value: 'low' } }];
const two: DecisionResult['rules'] = [{ level: { type: 'Long', value: 3 } }, { level: { type: 'Long', value: 4 } }];
const at = (rules: DecisionResult['rules']) => ({ ...testContext({}), decisionResult: { rules } });
const run = (source: string, rules: DecisionResult['rules']) => compileExpression(`\${${source}}`).evaluate(at(rules));

describe('decisionResult', () => {
  test.each<[string, unknown]>([
    ['decisionResult.getSingleResult().getEntry("text")', 'low'],
    ['decisionResult.singleResult.text', 'low'],
    ['decisionResult.getFirstResult().get("level") + 1', 4],
    ['decisionResult[0].level', 3],
    ['decisionResult.get(0).getFirstEntry()', 3],
    ['decisionResult.size()', 1],
    ['decisionResult.isEmpty()', false],
    ['decisionResult.singleResult.entryMap', { level: 3, text: 'low' }],
    ['decisionResult.collectEntries("level")', [3]],
    ['decisionResult.resultList', [{ level: 3, text: 'low' }]],
    ['decisionResult', [{ level: 3, text: 'low' }]],
    ['decisionResult.singleResult.getEntry("none")', null],
  ])('of one rule: %s is %j', (source, expected) => {
    expect(run(source, one)).toEqual(expected);
  });

  test('keeps the type of an output that becomes a variable', () => {
    const typed = compileExpression('${decisionResult.getFirstResult().getEntry("level")}').evaluateTyped(at(two));
    expect(typed).toEqual({ type: 'Long', value: 3 });
  });

  test('has no single result where several rules fit, and no single entry of several outputs', () => {
    expect(run('decisionResult.collectEntries("level")', two)).toEqual([3, 4]);
    expect(() => run('decisionResult.getSingleResult()', two)).toThrow(/more than one result/);
    expect(() => run('decisionResult.getSingleEntry()', one)).toThrow(/more than one output/);
    expect(() => run('decisionResult[2]', two)).toThrow(/outside/);
    expect(run('decisionResult.getSingleResult()', [])).toBeNull();
    expect(run('decisionResult.getSingleEntry()', [])).toBeNull();
  });

  test('is a variable like any other where there was no decision', () => {
    expect(compileExpression('${decisionResult}').evaluate(testContext({ decisionResult: 5 }))).toBe(5);
    expect(() => compileExpression('${decisionResult}').evaluate(testContext({}))).toThrow(/Cannot resolve/);
  });
});
