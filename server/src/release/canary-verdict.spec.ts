import { expect, test } from 'vitest';
import { verdictOn } from './canary-verdict.js';

const NOW = new Date('2030-01-01T00:00:00Z');
const settings = { maxIncidents: 0, maxIncidentPercent: null, promoteAfterInstances: null, promoteAt: null };
const figures = { started: 0, incidents: 0, instancesWithIncidents: 0, failedStarts: 0, endedWell: 0 };
const verdict = (given: Partial<Parameters<typeof verdictOn>[0]>, fared: Partial<typeof figures>) =>
  verdictOn({ ...settings, ...given }, { ...figures, ...fared }, NOW);

test('a canary without incidents goes on', () => {
  expect(verdict({}, { started: 1_000, endedWell: 900 })).toBeNull();
});

test('it is stopped by one incident more than it may have', () => {
  const failing = { started: 10, incidents: 3, instancesWithIncidents: 3 };
  expect(verdict({ maxIncidents: 3 }, failing)).toBeNull();
  expect(verdict({ maxIncidents: 2 }, failing)).toEqual({ outcome: 'stopped', reason: '3 incidents, more than 2' });
});

test('with a share it needs both to be stopped', () => {
  const given = { maxIncidents: 2, maxIncidentPercent: 5 };
  expect(verdict(given, { started: 60, incidents: 3, instancesWithIncidents: 3 })).toBeNull();
  expect(verdict(given, { started: 10, incidents: 2, instancesWithIncidents: 2 })).toBeNull();
  expect(verdict(given, { started: 59, incidents: 3, instancesWithIncidents: 3 })).toMatchObject({
    outcome: 'stopped',
    reason: '3 incidents, more than 2 and 3 of 59 instances with incidents, more than 5 %',
  });
});

test('a start that failed counts like an instance with an incident', () => {
  expect(verdict({ maxIncidents: 1 }, { failedStarts: 1 })).toBeNull();
  expect(
    verdict({ maxIncidents: 1 }, { started: 4, incidents: 1, instancesWithIncidents: 1, failedStarts: 1 }),
  ).toEqual({
    outcome: 'stopped',
    reason: '1 incident and 1 failed start, more than 1',
  });
  const given = { maxIncidents: 0, maxIncidentPercent: 50 };
  expect(verdict(given, { started: 1, failedStarts: 1 })).toBeNull();
  expect(verdict(given, { failedStarts: 2 })).toMatchObject({
    reason: '0 incidents and 2 failed starts, more than 0 and 2 of 2 instances with incidents, more than 50 %',
  });
});

test('it is promoted after enough instances, or in time if there was one at all', () => {
  expect(verdict({ promoteAfterInstances: 5 }, { started: 9, endedWell: 4 })).toBeNull();
  expect(verdict({ promoteAfterInstances: 5 }, { started: 9, endedWell: 5 })).toMatchObject({ outcome: 'promoted' });
  expect(verdict({ promoteAt: NOW }, {})).toBeNull();
  expect(verdict({ promoteAt: NOW }, { started: 1 })).toMatchObject({ outcome: 'promoted' });
  expect(verdict({ promoteAt: new Date(NOW.getTime() + 1) }, { started: 1 })).toBeNull();
});

test('incidents count before promotion', () => {
  const given = { promoteAfterInstances: 1, promoteAt: NOW };
  expect(verdict(given, { started: 2, endedWell: 1, incidents: 1, instancesWithIncidents: 1 })).toMatchObject({
    outcome: 'stopped',
  });
});
