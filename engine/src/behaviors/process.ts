import type { Behavior } from './behavior.js';

/** The process itself, the outermost scope. Its start is a command; it's never entered by a token. */
export const processBehavior: Behavior<null> = {
  understands: [
    'versionTag',
    'historyTimeToLive',
    'isStartableInTasklist',
    'candidateStarterGroups',
    'candidateStarterUsers',
    'jobPriority',
    'taskPriority',
    'camunda:PotentialStarter',
  ],
  parse: () => null,
  activityType: () => 'processDefinition',
  enter: () => ({ kind: 'wait', for: [] }),
};
