import { ApiError, get, post, put, type QueryValue, requestBlob, requestJson } from './http.js';
import type {
  ActivityInstance,
  EventSubscription,
  ExternalTask,
  HistoricActivityInstance,
  HistoricProcessInstance,
  HistoricVariable,
  IncidentProgress,
  Job,
  JobDefinition,
  JobLogEntry,
  VariableMap,
  VariableValue,
} from './types.js';

const path = (id: string) => `/process-instance/${encodeURIComponent(id)}`;
/** More rows than a person reads; the pages say so when there are more. */
export const ROW_LIMIT = 500;

// History: the same for running and for finished instances.

export const listHistoricInstances = (query: Record<string, QueryValue>, signal?: AbortSignal) =>
  get<HistoricProcessInstance[]>('/history/process-instance', query, signal);

export const countHistoricInstances = async (query: Record<string, QueryValue>, signal?: AbortSignal) =>
  (await get<{ count: number }>('/history/process-instance/count', query, signal)).count;

export const getHistoricInstance = (id: string, signal?: AbortSignal) =>
  get<HistoricProcessInstance>(`/history/process-instance/${encodeURIComponent(id)}`, {}, signal);

export const listHistoricActivities = (processInstanceId: string, signal?: AbortSignal) =>
  get<HistoricActivityInstance[]>(
    '/history/activity-instance',
    { processInstanceId, sortBy: 'startTime', sortOrder: 'desc', maxResults: ROW_LIMIT },
    signal,
  );

export const listHistoricVariables = (processInstanceId: string, signal?: AbortSignal) =>
  get<HistoricVariable[]>(
    '/history/variable-instance',
    { processInstanceId, deserializeValues: false, sortBy: 'variableName', sortOrder: 'asc', maxResults: ROW_LIMIT },
    signal,
  );

export const listJobLog = (processInstanceId: string, signal?: AbortSignal) =>
  get<JobLogEntry[]>(
    '/history/job-log',
    { processInstanceId, sortBy: 'occurrence', sortOrder: 'desc', maxResults: ROW_LIMIT },
    signal,
  );

export const getJobLogStacktrace = async (id: string, signal?: AbortSignal) =>
  (await requestBlob(`/history/job-log/${encodeURIComponent(id)}/stacktrace`, signal)).text();

export const listCalledInstances = (superProcessInstanceId: string, signal?: AbortSignal) =>
  listHistoricInstances(
    { superProcessInstanceId, sortBy: 'startTime', sortOrder: 'desc', maxResults: ROW_LIMIT },
    signal,
  );

// Running instances.

export const getActivityInstances = (id: string, signal?: AbortSignal) =>
  get<ActivityInstance>(`${path(id)}/activity-instances`, {}, signal);

/** Also those that are being tried again. */
export const listIncidents = (processInstanceId: string, signal?: AbortSignal) =>
  requestJson<IncidentProgress[]>('GET', '/incidents', {
    root: '/api',
    query: { processInstanceId, maxResults: ROW_LIMIT },
    signal,
  });

export const listJobs = (processInstanceId: string, signal?: AbortSignal) =>
  get<Job[]>('/job', { processInstanceId, maxResults: ROW_LIMIT }, signal);

export const listJobDefinitions = (processDefinitionId: string, signal?: AbortSignal) =>
  get<JobDefinition[]>('/job-definition', { processDefinitionId, maxResults: ROW_LIMIT }, signal);

export const listExternalTasks = (processInstanceId: string, signal?: AbortSignal) =>
  get<ExternalTask[]>('/external-task', { processInstanceId, maxResults: ROW_LIMIT }, signal);

export const listEventSubscriptions = (processInstanceId: string, signal?: AbortSignal) =>
  get<EventSubscription[]>('/event-subscription', { processInstanceId, maxResults: ROW_LIMIT }, signal);

export const setVariable = (id: string, name: string, value: VariableValue) =>
  put(`${path(id)}/variables/${encodeURIComponent(name)}`, value);

export const deleteVariable = (id: string, name: string) =>
  requestJson<void>('DELETE', `${path(id)}/variables/${encodeURIComponent(name)}`);

export const setInstanceSuspended = (id: string, suspended: boolean) => put(`${path(id)}/suspended`, { suspended });

/**
 * Cancels one instance with its called instances. A reason is kept only by the operation for many instances, here with
 * one; servers that don't have it cancel without. @returns whether the reason, if there is one, is kept
 */
export async function cancelInstance(id: string, deleteReason: string): Promise<boolean> {
  if (deleteReason !== '') {
    try {
      await post<unknown>('/process-instance/delete', { processInstanceIds: [id], deleteReason });
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || ![404, 405, 501].includes(error.status)) throw error;
    }
  }
  await requestJson<void>('DELETE', path(id));
  return deleteReason === '';
}

export const setJobRetries = (id: string, retries: number) =>
  put(`/job/${encodeURIComponent(id)}/retries`, { retries });

export const executeJob = (id: string) => post<void>(`/job/${encodeURIComponent(id)}/execute`);

export const setJobDueDate = (id: string, duedate: string) =>
  put(`/job/${encodeURIComponent(id)}/duedate`, { duedate });

export const setExternalTaskRetries = (id: string, retries: number) =>
  put(`/external-task/${encodeURIComponent(id)}/retries`, { retries });

/** Hands a message to exactly this instance, with variables for its process scope. */
export const correlateMessage = (processInstanceId: string, messageName: string, processVariables: VariableMap) =>
  post<void>('/message', { messageName, processInstanceId, processVariables });
