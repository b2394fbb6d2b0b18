import { get, put, requestJson } from './http.js';

/** A batch as its list shows it, running or past. */
export interface BatchSummary {
  id: string;
  type: string;
  totalJobs: number;
  createUserId: string | null;
  startTime: string;
}

export interface RunningBatch extends BatchSummary {
  remainingJobs: number;
  completedJobs: number;
  failedJobs: number;
  suspended: boolean;
}

export interface PastBatch extends BatchSummary {
  endTime: string | null;
}

export interface BatchProgress {
  id: string;
  type: string;
  total: number;
  open: number;
  done: number;
  failed: number;
  skipped: number;
  suspended: boolean;
  annotation: string | null;
  endTime: string | null;
}

export interface BatchFailure {
  itemId: string;
  state: 'failed' | 'skipped';
  reason: string | null;
  jobId: string | null;
  retries: number | null;
}

const PAST_SHOWN = 50;
const api = (id: string) => `/batch/${encodeURIComponent(id)}`;

export const listRunningBatches = (signal?: AbortSignal) => get<RunningBatch[]>('/batch/statistics', {}, signal);

export const listPastBatches = (signal?: AbortSignal) =>
  get<PastBatch[]>(
    '/history/batch',
    { completed: true, sortBy: 'endTime', sortOrder: 'desc', maxResults: PAST_SHOWN },
    signal,
  );

export const getBatchProgress = (id: string, signal?: AbortSignal) =>
  requestJson<BatchProgress>('GET', api(id), { root: '/api', signal });

export const listBatchFailures = (id: string, signal?: AbortSignal) =>
  requestJson<BatchFailure[]>('GET', `${api(id)}/failures`, { root: '/api', signal });

export const retryBatch = (id: string) => requestJson<void>('POST', `${api(id)}/retry`, { root: '/api', body: {} });
export const setBatchSuspended = (id: string, suspended: boolean) => put(`${api(id)}/suspended`, { suspended });
export const cancelBatch = (id: string) => requestJson<void>('DELETE', api(id));
