import { expect, test } from 'vitest';
import { parseOptions } from './options.mjs';
import { planApplications } from './plan.mjs';

test('every run plays the same story', async () => {
  const [once, again] = [await planApplications(1000, 'APP'), await planApplications(1000, 'APP')];
  expect(again).toEqual(once);
});

test('business keys are unique and never carry the recorded risk along', async () => {
  const applications = await planApplications(1000, 'APP');
  expect(new Set(applications.map(({ businessKey }) => businessKey)).size).toBe(1000);
  expect(applications[0].businessKey).toBe('APP-0001');
  for (const { variables } of applications) expect(variables).not.toHaveProperty('risk');
});

test('about one in ten has to hand in documents, and every way to end is planned for', async () => {
  const applications = await planApplications(1000, 'APP');
  const count = (test) => applications.filter(test).length;
  expect(count(({ isComplete }) => !isComplete)).toBeGreaterThan(70);
  expect(count(({ isComplete }) => !isComplete)).toBeLessThan(130);
  for (const documents of ['send', 'twice', 'silent']) {
    expect(count((a) => !a.isComplete && a.documents === documents)).toBeGreaterThan(0);
  }
  for (const offer of ['accept', 'decline', 'silent']) expect(count((a) => a.offer === offer)).toBeGreaterThan(0);
  for (const place of ['documents', 'underwriting', 'offer', 'archive']) {
    expect(count((a) => a.withdrawsAt === place)).toBeGreaterThan(0);
  }
});

test('an application by two people names the other one, who has a history of their own', async () => {
  const applications = await planApplications(1000, 'APP');
  const together = applications.filter(({ variables }) => variables.coApplicants);
  expect(together.length).toBeGreaterThan(0);
  for (const { variables } of together) {
    expect(variables.debtors).toBe('co_applicant');
    expect(variables.coApplicants).toMatchObject([{ creditHistory: expect.any(String) }]);
  }
});

test('a wrong option is named', () => {
  expect(() => parseOptions(['--count', 'many'], {})).toThrow("after --count, but got 'many'");
  expect(() => parseOptions(['--fast'], {})).toThrow("Unknown option '--fast'");
  expect(parseOptions(['--url=http://server:1/engine-rest/', '--count', '5'], {})).toMatchObject({
    url: 'http://server:1',
    count: 5,
  });
});
