import { requestJson } from './http.js';

/** A version that gets a share of the new instances of its process, until it is promoted or stopped. */
export interface Canary {
  processDefinitionId: string;
  version: number;
  tenantId: string | null;
  state: 'open' | 'promoted' | 'stopped' | 'superseded';
  /** Why it has ended. */
  reason: string | null;
  percent: number;
  started: number;
  /** Completed, and never had an incident. */
  endedWell: number;
  incidents: number;
  /** Starts that failed at once; the latest version has taken them. */
  failedStarts: number;
}

/** The newest first; those that have ended are among them. */
export const listCanaries = (key: string, signal?: AbortSignal) =>
  requestJson<Canary[]>('GET', '/canary', { root: '/api', query: { key }, signal });

export const endCanary = (id: string, how: 'promote' | 'stop', reason: string) =>
  requestJson<Canary>('POST', `/canary/${encodeURIComponent(id)}/${how}`, {
    root: '/api',
    body: reason === '' ? {} : { reason },
  });
