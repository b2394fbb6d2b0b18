import { expect, test } from 'vitest';
import type { HistoricActivityInstance } from '../api/types.js';
import { finishedActivities } from './instance-data.js';

const visit = (activityId: string, isEnded: boolean, canceled = false, activityType = 'task') =>
  ({
    activityId,
    activityType,
    endTime: isEnded ? '2026-01-01T00:00:00.000+0000' : null,
    canceled,
  }) as HistoricActivityInstance;

test('what was done is marked once, and not while a token is there again', () => {
  const activities = [visit('start', true), visit('a', true), visit('a', true), visit('b', true), visit('b', false)];
  expect(finishedActivities(activities)).toEqual(['a', 'start']);
});

test('a sub-process isn’t marked, what was done in it is', () => {
  expect(finishedActivities([visit('sub', true, false, 'subProcess'), visit('a', true)])).toEqual(['a']);
});

test('what was cancelled isn’t marked as done', () => {
  expect(finishedActivities([visit('a', true, true), visit('b', true)])).toEqual(['b']);
});
