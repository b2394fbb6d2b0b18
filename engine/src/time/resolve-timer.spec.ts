import { describe, expect, test } from 'vitest';
import { nextDue, parseCycle } from './cycle.js';
import { resolveTimer } from './resolve-timer.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-02-02T00:00:00Z');

describe('a timer', () => {
  test('with a date is due on that date, whether text or date', () => {
    expect(resolveTimer('date', '2026-02-02T00:00:00Z', NOW)).toEqual({ due: later });
    expect(resolveTimer('date', later, NOW)).toEqual({ due: later });
    expect(resolveTimer('date', 'PT5M', NOW).due.toISOString()).toBe('2026-01-01T00:05:00.000Z');
  });

  test('with a duration where a date is expected counts from now', () => {
    const now = new Date('2026-01-05T08:00:00Z');
    expect(resolveTimer('date', 'PT5M', now)).toEqual({ due: new Date('2026-01-05T08:05:00Z') });
  });

  test('with a duration is due after that time', () => {
    expect(resolveTimer('duration', 'P14D', NOW).due.toISOString()).toBe('2026-01-15T00:00:00.000Z');
    expect(resolveTimer('duration', later, NOW)).toEqual({ due: later });
  });

  test('with a cycle remembers when it began', () => {
    const { due, cycle } = resolveTimer('cycle', 'R2/PT10M', NOW);
    expect(due.toISOString()).toBe('2026-01-01T00:10:00.000Z');
    expect(cycle).toBe('R2/2026-01-01T00:00:00.000Z/PT10M');
    const second = nextDue(parseCycle(cycle!), due, 1);
    expect(second?.toISOString()).toBe('2026-01-01T00:20:00.000Z');
    expect(nextDue(parseCycle(cycle!), second!, 2)).toBeNull();
  });

  test('with a cron expression or an interval that has a start keeps its text', () => {
    expect(resolveTimer('cycle', '0 0 12 * * ?', NOW).cycle).toBe('0 0 12 * * ?');
    expect(resolveTimer('cycle', 'R/2026-01-05T00:00:00Z/P1D', NOW).cycle).toBe('R/2026-01-05T00:00:00Z/P1D');
  });

  test.each([
    ['date', null, 'null'],
    ['date', '', 'empty'],
    ['duration', 5, '5'],
    ['duration', ['PT5M'], 'a list'],
    ['duration', '2026-01-01', "'2026-01-01'"],
    ['cycle', later, 'a date'],
    ['cycle', {}, 'an object'],
    ['cycle', 'R3/2020-01-01T00:00:00Z/PT1M', 'none'],
    ['cycle', '0 0 0 30 2 ?', 'none'],
    ['date', 'soon', "'soon'"],
  ] as const)('with a %s of %j is refused, naming %s', (kind, value, named) => {
    expect(() => resolveTimer(kind, value, NOW)).toThrow(named);
  });
});
