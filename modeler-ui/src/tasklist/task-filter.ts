import type { QueryValue } from '../api/http.js';

export type TaskScope = 'mine' | 'unassigned' | 'group' | 'all';

export interface TaskFilter {
  scope: TaskScope;
  /** Used by the scope `group`; empty means that no group was named yet. */
  group: string;
  name: string;
  businessKey: string;
}

export const INITIAL_FILTER: TaskFilter = { scope: 'all', group: '', name: '', businessKey: '' };

/** The filter as the REST API's query parameters. */
export function taskQuery({ scope, group, name, businessKey }: TaskFilter, user: string): Record<string, QueryValue> {
  const query: Record<string, QueryValue> = {};
  if (scope === 'mine') query['assignee'] = user;
  if (scope === 'unassigned') query['unassigned'] = true;
  if (scope === 'group' && group.trim() !== '') query['candidateGroup'] = group.trim();
  if (name.trim() !== '') query['nameLike'] = `%${name.trim()}%`;
  if (businessKey.trim() !== '') query['processInstanceBusinessKeyLike'] = `%${businessKey.trim()}%`;
  return query;
}
