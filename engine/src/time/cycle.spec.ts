import { describe, expect, test } from 'vitest';
import { nextDue, parseCycle } from './cycle.js';

const NOW = new Date('2026-01-01T00:00:00Z');

/** The dates on which a timer fires that is punctual. */
function firings(text: string, from: Date, limit: number): string[] {
  const cycle = parseCycle(text);
  const found: string[] = [];
  let last = from;
  while (found.length < limit) {
    const due = nextDue(cycle, last, found.length);
    if (!due) break;
    found.push(due.toISOString().slice(0, 16));
    last = due;
  }
  return found;
}

describe('a cycle', () => {
  test('R3/PT10M fires three times, ten minutes apart', () => {
    expect(firings('R3/PT10M', NOW, 9)).toEqual(['2026-01-01T00:10', '2026-01-01T00:20', '2026-01-01T00:30']);
  });

  test('R/PT10M never ends', () => {
    expect(firings('R/PT10M', NOW, 50)).toHaveLength(50);
  });

  test('with a start that has passed, each repetition counts from it', () => {
    expect(firings('R3/2026-01-01T00:00:00Z/PT10M', NOW, 9)).toEqual([
      '2026-01-01T00:10',
      '2026-01-01T00:20',
      '2026-01-01T00:30',
    ]);
  });

  test('with a start ahead, the start is the first date', () => {
    expect(firings('R2/2026-01-05T00:00:00Z/P1D', NOW, 9)).toEqual([
      '2026-01-05T00:00',
      '2026-01-06T00:00',
      '2026-01-07T00:00',
    ]);
  });

  test('repetitions that were missed are not made up for', () => {
    const cycle = parseCycle('R3/2026-01-01T00:00:00Z/PT10M');
    expect(nextDue(cycle, new Date('2026-01-01T00:25:00Z'), 1)?.toISOString()).toBe('2026-01-01T00:30:00.000Z');
    expect(nextDue(cycle, new Date('2026-01-01T00:30:00Z'), 1)).toBeNull();
  });

  test('a monthly cycle from the 31st comes back to the 31st', () => {
    expect(firings('R/2026-01-31T00:00:00Z/P1M', new Date('2026-01-31T00:00:00Z'), 3)).toEqual([
      '2026-02-28T00:00',
      '2026-03-31T00:00',
      '2026-04-30T00:00',
    ]);
  });

  test('a cycle that began long ago is found at once', () => {
    const cycle = parseCycle('R/1970-01-01T00:00:00Z/PT1S');
    expect(nextDue(cycle, new Date('2026-01-01T00:00:00.500Z'), 0)?.toISOString()).toBe('2026-01-01T00:00:01.000Z');
  });

  test('with an end the dates lead up to it', () => {
    expect(firings('R5/PT1H/2026-01-01T02:30:00Z', NOW, 9)).toEqual([
      '2026-01-01T00:30',
      '2026-01-01T01:30',
      '2026-01-01T02:30',
    ]);
    expect(firings('R5/PT1H/2025-01-01T02:30:00Z', NOW, 9)).toEqual([]);
  });

  test('a start and an end make the period', () => {
    expect(firings('R2/2026-01-01T00:00:00Z/2026-01-01T06:00:00Z', NOW, 9)).toEqual([
      '2026-01-01T06:00',
      '2026-01-01T12:00',
    ]);
  });

  test('a cron expression goes on for ever', () => {
    expect(firings('0 0 12 * * ?', NOW, 2)).toEqual(['2026-01-01T12:00', '2026-01-02T12:00']);
  });

  test.each([
    ['R3', 'one or two parts'],
    ['R3/', 'no duration'],
    ['R3/PT0S', 'not positive'],
    ['R3/-PT5M', 'not positive'],
    ['Rx/PT5M', 'neither'],
    ['PT5M', 'neither'],
    ['', 'neither'],
    ['R3/2026-01-01T00:00:00Z', 'no duration'],
    ['R3/2026-01-02/2026-01-01', 'not positive'],
    ['R3/PT5M/PT5M', 'yyyy'],
    ['R3/2026-01-01/PT5M/PT5M', 'one or two parts'],
    ['0 0 12 * *  99', 'day of week'],
  ])("'%s' is refused: %s", (text, reason) => {
    expect(() => parseCycle(text)).toThrow(reason);
  });
});
