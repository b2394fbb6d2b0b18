import { describe, expect, test } from 'vitest';
import { EvaluationError } from '../errors.js';
import { addDuration, formatDuration, negateDuration, parseDuration } from './duration.js';

const at = (text: string) => new Date(text);

describe('a duration', () => {
  test.each([
    ['PT10M', { months: 0, days: 0, milliseconds: 600_000 }],
    ['P1D', { months: 0, days: 1, milliseconds: 0 }],
    ['P2W', { months: 0, days: 14, milliseconds: 0 }],
    ['P1Y2M3DT4H5M6S', { months: 14, days: 3, milliseconds: 14_706_000 }],
    ['PT0.5S', { months: 0, days: 0, milliseconds: 500 }],
    ['PT1.5H', { months: 0, days: 0, milliseconds: 5_400_000 }],
    ['PT1,5H', { months: 0, days: 0, milliseconds: 5_400_000 }],
    ['P1.5D', { months: 0, days: 1, milliseconds: 43_200_000 }],
    ['P0.5W', { months: 0, days: 3, milliseconds: 43_200_000 }],
    ['P0.5Y', { months: 6, days: 0, milliseconds: 0 }],
    ['PT36H', { months: 0, days: 0, milliseconds: 129_600_000 }],
    ['-PT5M', { months: 0, days: 0, milliseconds: -300_000 }],
    ['+P1D', { months: 0, days: 1, milliseconds: 0 }],
    ['PT0S', { months: 0, days: 0, milliseconds: 0 }],
    [' PT1S ', { months: 0, days: 0, milliseconds: 1_000 }],
  ])('%s is read', (text, expected) => {
    expect(parseDuration(text)).toEqual(expected);
  });

  test.each([
    '',
    'P',
    'PT',
    'P1DT',
    '10M',
    'PT10',
    'P1H',
    'PT1D',
    'P1.5DT1H',
    'P0.3Y',
    'P-1D',
    'R3/PT10M',
    'one hour',
    'pt10m',
  ])("'%s' is refused by name", (text) => {
    expect(() => parseDuration(text)).toThrow(EvaluationError);
    expect(() => parseDuration(text)).toThrow(`'${text}'`);
  });

  test.each([
    ['2026-01-31T10:00:00Z', 'P1M', '2026-02-28T10:00:00.000Z'],
    ['2028-01-31T10:00:00Z', 'P1M', '2028-02-29T10:00:00.000Z'],
    ['2028-02-29T00:00:00Z', 'P1Y', '2029-02-28T00:00:00.000Z'],
    ['2026-11-30T00:00:00Z', 'P3M', '2027-02-28T00:00:00.000Z'],
    ['2026-03-31T00:00:00Z', '-P1M', '2026-02-28T00:00:00.000Z'],
    ['2026-01-31T00:00:00Z', 'P1M1D', '2026-03-01T00:00:00.000Z'],
    ['2026-12-31T23:59:59Z', 'PT1S', '2027-01-01T00:00:00.000Z'],
    ['2026-03-28T12:00:00Z', 'P1D', '2026-03-29T12:00:00.000Z'],
  ])('from %s, %s leads to %s', (from, text, expected) => {
    expect(addDuration(at(from), parseDuration(text)).toISOString()).toBe(expected);
  });

  test('a date is not changed by adding to it', () => {
    const date = at('2026-01-31T00:00:00Z');
    addDuration(date, parseDuration('P1M'));
    expect(date.toISOString()).toBe('2026-01-31T00:00:00.000Z');
  });

  test('what leads beyond the end of time is refused', () => {
    expect(() => addDuration(at('2026-01-01T00:00:00Z'), parseDuration('P999999Y'))).toThrow("'P999999Y'");
  });

  test.each(['PT10M', 'P1Y2M3DT4H5M6.5S', '-P1D', 'PT0S', 'P14D', 'PT25H'])('%s is written as it was read', (text) => {
    expect(formatDuration(parseDuration(text))).toBe(text);
  });

  test('what was added can be taken away', () => {
    const duration = parseDuration('P3DT4H');
    const start = at('2026-05-05T05:05:05Z');
    expect(addDuration(addDuration(start, duration), negateDuration(duration))).toEqual(start);
  });
});
