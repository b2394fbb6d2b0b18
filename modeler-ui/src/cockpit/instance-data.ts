import { ApiError } from '../api/http.js';
import {
  getActivityInstances,
  getHistoricInstance,
  listCalledInstances,
  listEventSubscriptions,
  listExternalTasks,
  listHistoricActivities,
  listHistoricVariables,
  listIncidents,
  listJobs,
} from '../api/instances.js';
import { listTasks } from '../api/tasks.js';
import type {
  ActivityInstance,
  EventSubscription,
  ExternalTask,
  HistoricActivityInstance,
  HistoricProcessInstance,
  HistoricVariable,
  IncidentProgress,
  Job,
  Task,
} from '../api/types.js';

/** Everything the instance page shows. What only running instances have is empty once the instance has ended. */
export interface InstanceData {
  instance: HistoricProcessInstance;
  activities: HistoricActivityInstance[];
  variables: HistoricVariable[];
  called: HistoricProcessInstance[];
  tree: ActivityInstance | null;
  incidents: IncidentProgress[];
  jobs: Job[];
  externalTasks: ExternalTask[];
  subscriptions: EventSubscription[];
  tasks: Task[];
}

export async function loadInstance(id: string, signal: AbortSignal): Promise<InstanceData> {
  const instance = await getHistoricInstance(id, signal);
  const isRunning = instance.endTime === null;
  const whileRunning = <T>(request: () => Promise<T[]>): Promise<T[]> => (isRunning ? request() : Promise.resolve([]));
  const [activities, variables, called, tree, incidents, jobs, externalTasks, subscriptions, tasks] = await Promise.all(
    [
      listHistoricActivities(id, signal),
      listHistoricVariables(id, signal),
      listCalledInstances(id, signal),
      isRunning ? treeUnlessEnded(id, signal) : null,
      whileRunning(() => listIncidents(id, signal)),
      whileRunning(() => listJobs(id, signal)),
      whileRunning(() => listExternalTasks(id, signal)),
      whileRunning(() => listEventSubscriptions(id, signal)),
      whileRunning(() => listTasks({ processInstanceId: id }, signal)),
    ],
  );
  return { instance, activities, variables, called, tree, incidents, jobs, externalTasks, subscriptions, tasks };
}

/** The instance may end between two requests; the next refresh shows it as ended. */
async function treeUnlessEnded(id: string, signal: AbortSignal): Promise<ActivityInstance | null> {
  try {
    return await getActivityInstances(id, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

const SCOPES = new Set(['subProcess', 'transaction', 'multiInstanceBody']);

/**
 * Activities that ended and where nothing waits now: the way the instance has gone. Sub-processes aren't among them,
 * because the way leads through what is in them.
 */
export function finishedActivities(activities: readonly HistoricActivityInstance[]): string[] {
  const open = new Set(activities.filter(({ endTime }) => endTime === null).map(({ activityId }) => activityId));
  const ended = activities.filter(
    ({ endTime, canceled, activityType }) => endTime !== null && !canceled && !SCOPES.has(activityType),
  );
  return [...new Set(ended.map(({ activityId }) => activityId))].filter((id) => !open.has(id)).sort();
}
