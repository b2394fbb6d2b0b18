import { describe, expect, test } from 'vitest';
import { formatDuration } from './duration.js';
import { parseRetryCycle } from './retry-cycle.js';

function waits(text: string): (string | null)[] {
  const cycle = parseRetryCycle(text);
  const found: (string | null)[] = [];
  for (let left = cycle.retries - 1; left >= 0; left--) {
    const interval = cycle.intervalFor(left);
    found.push(interval && formatDuration(interval));
  }
  return found;
}

describe('a retry cycle', () => {
  test('R3/PT5M tries three times, five minutes apart', () => {
    expect(parseRetryCycle('R3/PT5M').retries).toBe(3);
    expect(waits('R3/PT5M')).toEqual(['PT5M', 'PT5M', null]);
  });

  test('a list waits longer each time', () => {
    expect(parseRetryCycle('PT10M, PT17M,PT20M').retries).toBe(4);
    expect(waits('PT10M,PT17M,PT20M')).toEqual(['PT10M', 'PT17M', 'PT20M', null]);
  });

  test('one duration gives one more try', () => {
    expect(waits('PT1H')).toEqual(['PT1H', null]);
  });

  test('when somebody gives it more retries, a list begins with its first interval', () => {
    expect(formatDuration(parseRetryCycle('PT1M,PT2M').intervalFor(9)!)).toBe('PT1M');
  });

  test('may try again at once', () => {
    const cycle = parseRetryCycle('R5/PT0S');
    expect(cycle.retries).toBe(5);
    expect(cycle.intervalFor(4)).toEqual({ months: 0, days: 0, milliseconds: 0 });
  });

  test.each([
    ['', 'empty'],
    ['PT5M,', 'empty'],
    ['R/PT5M', 'number of retries'],
    ['R3/PT5M,PT6M', "'R3/PT5M'"],
    ['five', "'five'"],
    ['R3/2026-01-01T00:00:00Z/PT0S', 'not positive'],
  ])("'%s' is refused: %s", (text, reason) => {
    expect(() => parseRetryCycle(text)).toThrow(reason);
  });
});
