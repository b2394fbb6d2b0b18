import { get, post, put } from './http.js';
import type {
  ActivityStatistics,
  DecisionDefinition,
  DefinitionStatistics,
  FormInfo,
  ProcessDefinition,
  ProcessInstance,
  VariableMap,
} from './types.js';

const path = (id: string) => `/process-definition/${encodeURIComponent(id)}`;

export const listLatestDefinitions = (signal?: AbortSignal) =>
  get<ProcessDefinition[]>(
    '/process-definition',
    { latestVersion: true, sortBy: 'name', sortOrder: 'asc', maxResults: 1000 },
    signal,
  );

/** Instances and incidents per definition id, all versions. */
export const definitionStatistics = (signal?: AbortSignal) =>
  get<DefinitionStatistics[]>('/process-definition/statistics', { incidents: true }, signal);

/** The newest version first. */
export const listVersions = (key: string, signal?: AbortSignal) =>
  get<ProcessDefinition[]>(
    '/process-definition',
    { key, sortBy: 'version', sortOrder: 'desc', maxResults: 1000 },
    signal,
  );

export const getDefinition = (id: string, signal?: AbortSignal) => get<ProcessDefinition>(path(id), {}, signal);

export const getDefinitionXml = async (id: string, signal?: AbortSignal) =>
  (await get<{ id: string; bpmn20Xml: string }>(`${path(id)}/xml`, {}, signal)).bpmn20Xml;

export const activityStatistics = (id: string, signal?: AbortSignal) =>
  get<ActivityStatistics[]>(`${path(id)}/statistics`, { incidents: true }, signal);

/** Suspends or activates the definition, and its running instances with it when asked to. */
export const setDefinitionSuspended = (id: string, suspended: boolean, includeProcessInstances: boolean) =>
  put(`${path(id)}/suspended`, { suspended, includeProcessInstances });

export const getStartForm = (id: string) => get<FormInfo>(`${path(id)}/startForm`);
export const getDeployedStartForm = (id: string) => get<unknown>(`${path(id)}/deployed-start-form`);
export const getStartFormVariables = (id: string) => get<VariableMap>(`${path(id)}/form-variables`);

export const startInstance = (id: string, businessKey: string | null, variables: VariableMap) =>
  post<ProcessInstance>(`${path(id)}/start`, { businessKey, variables });

export const submitStartForm = (id: string, businessKey: string | null, variables: VariableMap) =>
  post<ProcessInstance>(`${path(id)}/submit-form`, { businessKey, variables });

export const listLatestDecisions = (signal?: AbortSignal) =>
  get<DecisionDefinition[]>(
    '/decision-definition',
    { latestVersion: true, sortBy: 'name', sortOrder: 'asc', maxResults: 1000 },
    signal,
  );

export const listDecisionVersions = (key: string, signal?: AbortSignal) =>
  get<DecisionDefinition[]>(
    '/decision-definition',
    { key, sortBy: 'version', sortOrder: 'desc', maxResults: 1000 },
    signal,
  );

export const getDecision = (id: string, signal?: AbortSignal) =>
  get<DecisionDefinition>(`/decision-definition/${encodeURIComponent(id)}`, {}, signal);

export const getDecisionXml = async (id: string, signal?: AbortSignal) =>
  (await get<{ id: string; dmnXml: string }>(`/decision-definition/${encodeURIComponent(id)}/xml`, {}, signal)).dmnXml;
