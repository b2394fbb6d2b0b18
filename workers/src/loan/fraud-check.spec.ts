import { expect, test } from 'vitest';
import { loanTask, readApplications } from '../testing/loan-fixture.js';
import { fraudCheck } from './fraud-check.js';

const check = (changes: Record<string, unknown> = {}) => {
  const task = loanTask(changes);
  const variables = fraudCheck.variables(fraudCheck.work(task, 1, new Date()), task);
  return {
    suspected: variables.fraudSuspected,
    rules: (variables.fraudFindings as { rule: string }[]).map(({ rule }) => rule),
  };
};

test('an ordinary application raises no suspicion', () => {
  expect(check()).toEqual({ suspected: false, rules: [] });
});

test('employment that began in childhood is suspicious by itself', () => {
  expect(check({ age: 22, employment: 'over_7y' })).toEqual({
    suspected: true,
    rules: ['employment-longer-than-possible'],
  });
});

test('one odd answer is noted, two that fit together are a suspicion', () => {
  expect(check({ job: 'management', employment: 'unemployed' })).toEqual({
    suspected: false,
    rules: ['manager-without-work'],
  });
  expect(check({ job: 'management', employment: 'unemployed', amount: 9_000, durationMonths: 48 })).toEqual({
    suspected: true,
    rules: ['manager-without-work', 'large-loan-without-work'],
  });
});

test('few of the recorded applications are suspected, and always the same', () => {
  const suspected = () =>
    readApplications()
      .filter((application) => check(application).suspected)
      .map(({ applicationId }) => applicationId);
  const first = suspected();
  expect(first.length).toBeGreaterThan(0);
  expect(first.length).toBeLessThan(50);
  expect(suspected()).toEqual(first);
});
