import { expect, test } from 'vitest';
import { loanTask, readApplications } from '../testing/loan-fixture.js';
import { creditBureau } from './credit-bureau.js';

const now = new Date('2026-01-01T00:00:00Z');
const score = (changes: Record<string, unknown> = {}) => {
  const result = creditBureau.work(loanTask(changes), 1, now);
  return creditBureau.variables(result, loanTask(changes)).creditScore as number;
};

test('the same application gets the same score and report, on every attempt', () => {
  const first = creditBureau.work(loanTask(), 1, now);
  expect(creditBureau.work(loanTask(), 5, new Date())).toEqual(first);
  expect(first.creditReport).toMatchObject({ score: first.creditScore, hasLoansElsewhere: true, existingCredits: 2 });
});

test('an overdrawn account, no work and a long term cost points', () => {
  expect(score({ checkingAccount: 'none' })).toBeGreaterThan(score());
  expect(score({ employment: 'unemployed' })).toBeLessThan(score());
  expect(score({ durationMonths: 48 })).toBeLessThan(score());
});

test('who has everything against them is blocked by the bureau', () => {
  expect(() =>
    score({ creditHistory: 'no_credits', savings: 'below_100', employment: 'unemployed', durationMonths: 60 }),
  ).toThrow(expect.objectContaining({ name: 'BpmnError', errorCode: 'CREDIT_BUREAU_REJECTED' }));
});

test('over the recorded applications, scores stay in range and repaid loans mostly score higher', () => {
  const scores = readApplications().map(({ risk, ...application }) => {
    try {
      return { risk, points: score(application) };
    } catch (error) {
      expect(error).toMatchObject({ errorCode: 'CREDIT_BUREAU_REJECTED' });
      return { risk, points: 300 };
    }
  });
  expect(scores).toHaveLength(1000);
  expect(scores.every(({ points }) => Number.isInteger(points) && points >= 300 && points <= 850)).toBe(true);
  const good = scores.filter(({ risk }) => risk === 'good');
  const bad = scores.filter(({ risk }) => risk === 'bad');
  const pairs = good.flatMap((g) => bad.map((b) => (g.points > b.points ? 1 : g.points === b.points ? 0.5 : 0)));
  // The area under the ROC curve: 0.5 is chance.
  expect(pairs.reduce<number>((sum, won) => sum + won, 0) / pairs.length).toBeGreaterThan(0.75);
});

test.each([
  ['savings', 'lots', "Expected variable 'savings' to be one of below_100"],
  ['savings', 'constructor', "Expected variable 'savings' to be one of below_100"],
  ['durationMonths', '6', 'Expected variable \'durationMonths\' to be a number, but it is "6"'],
  ['existingCredits', undefined, "Expected variable 'existingCredits' to be a number, but it is missing"],
])('an unusable %s is an incident at once, since trying again can not help', (name, value, message) => {
  expect(() => score({ [name]: value })).toThrow(
    expect.objectContaining({ name: 'FailedTask', retries: 0, message: expect.stringContaining(message) }),
  );
});
