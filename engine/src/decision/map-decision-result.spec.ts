import { describe, expect, test } from 'vitest';
import type { DecisionResult } from '../ports.js';
import type { TypedValue } from '../runtime/typed-value.js';
import { mapDecisionResult } from './map-decision-result.js';

const long = (value: number): TypedValue => ({ type: 'Long', value });
const text = (value: string): TypedValue => ({ type: 'String', value });

const NONE = { rules: [] };
const ONE = { rules: [{ o: { type: 'Integer', value: 1 } as const }] };
const TWO = { rules: [{ o: long(1) }, { o: long(2) }] };
const WIDE = { rules: [{ o: long(1), p: text('x') }] };
const SUM = { rules: [{ o: long(3) }], aggregated: long(3) };
const HOLEY: DecisionResult = { rules: [{ o: long(1) }, {}, { o: long(3) }] };

describe('a decision result becomes', () => {
  test('with singleEntry the value itself', () => {
    expect(mapDecisionResult(NONE, 'singleEntry')).toEqual({ type: 'Null', value: null });
    expect(mapDecisionResult(ONE, 'singleEntry')).toEqual({ type: 'Integer', value: 1 });
    expect(mapDecisionResult(SUM, 'singleEntry')).toEqual(long(3));
    expect(mapDecisionResult({ rules: [{}] }, 'singleEntry')).toEqual({ type: 'Null', value: null });
    expect(mapDecisionResult({ rules: [], aggregated: { type: 'Integer', value: 0 } }, 'singleEntry').value).toBe(0);
  });

  test('with singleResult a map', () => {
    expect(mapDecisionResult(NONE, 'singleResult')).toEqual({ type: 'Null', value: null });
    expect(mapDecisionResult(WIDE, 'singleResult')).toMatchObject({ type: 'Object', value: '{"o":1,"p":"x"}' });
  });

  test('with collectEntries a list of values', () => {
    expect(mapDecisionResult(NONE, 'collectEntries')).toMatchObject({ type: 'Object', value: '[]' });
    expect(mapDecisionResult(TWO, 'collectEntries')).toMatchObject({ type: 'Object', value: '[1,2]' });
    expect(mapDecisionResult(HOLEY, 'collectEntries')).toMatchObject({ value: '[1,3]' });
  });

  test('with resultList a list of maps', () => {
    expect(mapDecisionResult(NONE, 'resultList')).toMatchObject({ type: 'Object', value: '[]' });
    expect(mapDecisionResult(TWO, 'resultList')).toMatchObject({ value: '[{"o":1},{"o":2}]' });
    expect(mapDecisionResult(SUM, 'resultList')).toMatchObject({ value: '[{"o":3}]' });
  });

  test('JSON, dates and big numbers inside of lists too', () => {
    const result = {
      rules: [
        {
          o: { type: 'Date', value: '2026-01-01T00:00:00.000Z' },
          p: { type: 'Json', value: '{"a":1}' },
          q: { type: 'Long', value: '9007199254740993' },
        },
      ],
    } as const;
    expect(mapDecisionResult(result, 'resultList').value).toBe(
      '[{"o":"2026-01-01T00:00:00.000Z","p":{"a":1},"q":9007199254740992}]',
    );
  });

  test.each([
    [TWO, 'singleEntry', '2 do'],
    [WIDE, 'singleEntry', 'o, p'],
    [TWO, 'singleResult', '2 do'],
    [WIDE, 'collectEntries', 'o, p'],
  ] as const)('nothing when there is more than the mapping takes', (result, mapping, named) => {
    expect(() => mapDecisionResult(result, mapping)).toThrow(named);
    expect(() => mapDecisionResult(result, mapping)).toThrow(mapping);
  });
});
