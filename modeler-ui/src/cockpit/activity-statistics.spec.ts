import { expect, test } from 'vitest';
import type { ActivityInstance, DefinitionStatistics, Incident, ProcessDefinition } from '../api/types.js';
import { badgesOfInstance, badgesOfStatistics, summarizeProcesses } from './activity-statistics.js';

const definition = (key: string, version: number): ProcessDefinition => ({
  id: `${key}:${version}`,
  key,
  name: null,
  description: null,
  version,
  versionTag: null,
  resource: `${key}.bpmn`,
  deploymentId: 'd',
  suspended: false,
  tenantId: null,
});

const statistics = (of: ProcessDefinition, instances: number, incidents: number): DefinitionStatistics => ({
  id: of.id,
  instances,
  failedJobs: 0,
  incidents: incidents === 0 ? [] : [{ incidentType: 'failedJob', incidentCount: incidents }],
  definition: of,
});

const node = (activityId: string, children: ActivityInstance[] = [], waiting: string[] = []): ActivityInstance => ({
  id: `${activityId}-1`,
  activityId,
  activityName: null,
  activityType: 'x',
  childActivityInstances: children,
  childTransitionInstances: waiting.map((id) => ({ id, activityId: id, activityName: null, activityType: 'x' })),
});

test('a process counts the instances and incidents of all its versions', () => {
  const [loan1, loan2, other] = [definition('loan', 1), definition('loan', 2), definition('other', 1)];
  const rows = summarizeProcesses([loan2, other], [statistics(loan1, 3, 1), statistics(loan2, 4, 0)]);
  expect(rows).toEqual([
    { latest: loan2, instances: 7, incidents: 1 },
    { latest: other, instances: 0, incidents: 0 },
  ]);
});

test('incidents of all types are added up on an activity', () => {
  const incidents = [
    { incidentType: 'failedJob', incidentCount: 1 },
    { incidentType: 'failedExternalTask', incidentCount: 2 },
  ];
  expect(badgesOfStatistics([{ id: 'task', instances: 5, failedJobs: 1, incidents }])).toEqual([
    { activityId: 'task', instances: 5, incidents: 3 },
  ]);
});

test('tokens are shown where they wait, not on the scopes around them', () => {
  const tree = node('process', [node('sub', [node('a'), node('a')]), node('b')], ['c']);
  expect(badgesOfInstance(tree, [])).toEqual([
    { activityId: 'a', instances: 2, incidents: 0 },
    { activityId: 'b', instances: 1, incidents: 0 },
    { activityId: 'c', instances: 1, incidents: 0 },
  ]);
});

test('an incident marks the activity that failed', () => {
  const incident = { activityId: 'a', failedActivityId: 'b' } as Incident;
  expect(badgesOfInstance(node('process', [node('a')]), [incident])).toEqual([
    { activityId: 'a', instances: 1, incidents: 0 },
    { activityId: 'b', instances: 0, incidents: 1 },
  ]);
  expect(badgesOfInstance(null, [])).toEqual([]);
});
