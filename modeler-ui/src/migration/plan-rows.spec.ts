import { describe, expect, test } from 'vitest';
import { failuresOf, instructionsOf, isValid, rowsOf, withRefresh, withTarget, withUnmapped } from './plan-rows.js';

const review = { sourceId: 'review', targetIds: ['review'], updateEventTrigger: false, refresh: {} };
const notMapped = { sourceId: 'archive', targetIds: [], updateEventTrigger: false, refresh: {} };

describe('the rows of a plan', () => {
  test('an instruction with several sources is a row for each; what the plan does not name is not mapped', () => {
    const rows = rowsOf([
      { sourceActivityIds: ['timer', 'review'], targetActivityIds: ['review'], updateEventTrigger: true },
    ]);
    const all = withUnmapped(rows, ['review', 'archive', 'timer']);
    expect(all.map(({ sourceId, targetIds }) => [sourceId, ...targetIds])).toEqual([
      ['review', 'review'],
      ['archive'],
      ['timer', 'review'],
    ]);
    expect(instructionsOf(all)).toEqual([
      { sourceActivityIds: ['review'], targetActivityIds: ['review'], updateEventTrigger: true },
      { sourceActivityIds: ['timer'], targetActivityIds: ['review'], updateEventTrigger: true },
    ]);
  });

  test('one activity becomes several, and one again', () => {
    const two = withTarget(review, 1, 'legal');
    expect(two.targetIds).toEqual(['review', 'legal']);
    expect(withTarget(two, 0, 'credit').targetIds).toEqual(['credit', 'legal']);
    expect(withTarget(two, 0, null).targetIds).toEqual(['legal']);
  });

  test('what is no longer mapped keeps nothing that was chosen for it', () => {
    const chosen = withRefresh({ ...review, updateEventTrigger: true }, 'form', 'keep');
    expect(withTarget(chosen, 0, null)).toEqual({ ...notMapped, sourceId: 'review' });
  });

  test('refreshing is chosen by aspect, and can be left to the default again', () => {
    const chosen = withRefresh(withRefresh(review, 'form', 'keep'), 'assignee', 'refresh');
    expect(instructionsOf([chosen])[0]?.refresh).toEqual({ form: 'keep', assignee: 'refresh' });
    expect(withRefresh(chosen, 'form', null).refresh).toEqual({ assignee: 'refresh' });
  });

  test('failures belong to the row whose instruction they are about', () => {
    const report = {
      instructionReports: [
        { instruction: { sourceActivityIds: ['review'], targetActivityIds: ['review'] }, failures: ['wrong kind'] },
      ],
      variableReports: {},
    };
    expect(failuresOf(review, report)).toEqual(['wrong kind']);
    expect(failuresOf({ ...review, targetIds: ['other'] }, report)).toEqual([]);
    expect(failuresOf(notMapped, report)).toEqual([]);
    expect(isValid(report)).toBe(false);
  });

  test('a plan is valid when nothing is said against instructions, variables and target', () => {
    const fine = { instructionReports: [], variableReports: {} };
    expect(isValid(fine)).toBe(true);
    expect(isValid({ ...fine, targetFailures: ['it is draining'] })).toBe(false);
    expect(isValid({ ...fine, variableReports: { a: { failures: ['unknown type'] } } })).toBe(false);
  });
});
