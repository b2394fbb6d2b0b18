import type {
  ActivityInstance,
  ActivityStatistics,
  DefinitionStatistics,
  Incident,
  ProcessDefinition,
} from '../api/types.js';
import type { ActivityBadge } from '../bpmn/token-overlays.js';

/** One row of the list of processes: the latest version, with what runs in any version of its key. */
export interface ProcessSummary {
  latest: ProcessDefinition;
  instances: number;
  incidents: number;
}

export function badgesOfStatistics(statistics: readonly ActivityStatistics[]): ActivityBadge[] {
  return statistics.map(({ id, instances, incidents }) => ({
    activityId: id,
    instances,
    incidents: sumIncidents(incidents),
  }));
}

/**
 * The tokens of one instance: leaves of the activity instance tree, and transitions (tokens that wait before or after
 * an activity for an asynchronous continuation). Scopes that only contain others aren't counted.
 */
export function badgesOfInstance(root: ActivityInstance | null, incidents: readonly Incident[]): ActivityBadge[] {
  const badges = new Map<string, ActivityBadge>();
  const badge = (activityId: string) => {
    const found = badges.get(activityId) ?? { activityId, instances: 0, incidents: 0 };
    badges.set(activityId, found);
    return found;
  };
  const visit = (instance: ActivityInstance, isRoot: boolean) => {
    const children = instance.childActivityInstances ?? [];
    const transitions = instance.childTransitionInstances ?? [];
    for (const child of children) visit(child, false);
    for (const transition of transitions) badge(transition.activityId).instances += 1;
    // The body of a multi-instance activity is a scope as well; its instances are its children.
    if (!isRoot && children.length === 0 && transitions.length === 0) badge(instance.activityId).instances += 1;
  };
  if (root !== null) visit(root, true);
  for (const incident of incidents) {
    const activityId = incident.failedActivityId ?? incident.activityId;
    if (activityId !== null) badge(activityId).incidents += 1;
  }
  return [...badges.values()];
}

/** Adds up the statistics of all versions of each process. The order is that of `latest`. */
export function summarizeProcesses(
  latest: readonly ProcessDefinition[],
  statistics: readonly DefinitionStatistics[],
): ProcessSummary[] {
  return latest.map((definition) => {
    const ofKey = statistics.filter(
      ({ definition: other }) => other.key === definition.key && other.tenantId === definition.tenantId,
    );
    return {
      latest: definition,
      instances: ofKey.reduce((sum, { instances }) => sum + instances, 0),
      incidents: ofKey.reduce((sum, { incidents }) => sum + sumIncidents(incidents), 0),
    };
  });
}

function sumIncidents(incidents: ActivityStatistics['incidents']): number {
  return (incidents ?? []).reduce((sum, { incidentCount }) => sum + incidentCount, 0);
}
