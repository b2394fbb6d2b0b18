import { get, post, type QueryValue } from './http.js';
import type { FormInfo, Task, VariableMap } from './types.js';

const path = (id: string) => `/task/${encodeURIComponent(id)}`;

export const listTasks = (query: Record<string, QueryValue>, signal?: AbortSignal) =>
  get<Task[]>('/task', { sortBy: 'created', sortOrder: 'desc', ...query }, signal);

export const countTasks = async (query: Record<string, QueryValue>, signal?: AbortSignal) =>
  (await get<{ count: number }>('/task/count', query, signal)).count;

export const getTask = (id: string, signal?: AbortSignal) => get<Task>(path(id), {}, signal);
export const claimTask = (id: string, userId: string) => post<void>(`${path(id)}/claim`, { userId });
export const unclaimTask = (id: string) => post<void>(`${path(id)}/unclaim`);

export const getTaskForm = (id: string, signal?: AbortSignal) => get<FormInfo>(`${path(id)}/form`, {}, signal);
export const getDeployedTaskForm = (id: string, signal?: AbortSignal) =>
  get<unknown>(`${path(id)}/deployed-form`, {}, signal);
export const getTaskFormVariables = (id: string, signal?: AbortSignal) =>
  get<VariableMap>(`${path(id)}/form-variables`, { deserializeValues: false }, signal);

export const completeTask = (id: string, variables: VariableMap) => post<void>(`${path(id)}/complete`, { variables });
