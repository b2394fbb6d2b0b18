import type { BatchSummary } from './batches.js';
import { get, post, requestJson } from './http.js';
import type { VariableMap } from './types.js';

/** What of a waiting activity instance can be taken from the target, in the order in which it is shown. */
export const REFRESH_ASPECTS = [
  'topic',
  'retries',
  'inputMapping',
  'assignee',
  'dueDate',
  'timer',
  'message',
  'form',
] as const;
export type RefreshAspect = (typeof REFRESH_ASPECTS)[number];
export type Refresh = { readonly [A in RefreshAspect]?: 'keep' | 'refresh' };

export interface MigrationInstruction {
  sourceActivityIds: string[];
  targetActivityIds: string[];
  updateEventTrigger?: boolean;
  refresh?: Refresh;
}

export interface MigrationPlan {
  sourceProcessDefinitionId: string;
  targetProcessDefinitionId: string;
  instructions: MigrationInstruction[];
  variables?: VariableMap | null;
  allowInactiveTarget?: boolean;
}

/** What is wrong with a plan; what is right isn't listed. */
export interface PlanReport {
  instructionReports: { instruction: MigrationInstruction; failures: string[] }[];
  variableReports: Record<string, { failures: string[] }>;
  targetFailures?: string[];
}

export type Verdict = 'clean' | 'attention' | 'refused';

export interface DryRunGroup {
  verdict: Verdict;
  signature: { elementId: string; phase: string; waitsFor: string[] }[];
  count: number;
  /** Some of them. */
  instanceIds: string[];
  reasons: { code: string; elementId: string | null; message: string; count: number }[];
}

export interface DryRun {
  counts: Record<Verdict, number>;
  groups: DryRunGroup[];
  topicsWithoutWorker: string[];
}

/** What of the models isn't carried out on the way. */
export interface Skips {
  skipCustomListeners: boolean;
  skipIoMappings: boolean;
}

/** Which instances, and how; without ids it's all that run in the plan's source. */
export interface MigrationOptions extends Skips {
  processInstanceIds?: string[];
}

/** One that was run, of which snapshots are kept. */
export interface PastMigration {
  id: string;
  batchId: string | null;
  userId: string | null;
  sourceProcessDefinitionId: string;
  targetProcessDefinitionId: string;
  createTime: string;
  migrated: number;
  undone: number;
  undoable: number;
}

export interface UndoPreview {
  undoable: number;
  skipped: number;
  reasons: { reason: string; count: number; instanceIds: string[] }[];
}

export interface VersionReport {
  id: string;
  version: number;
  versionTag: string | null;
  tenantId: string | null;
  state: 'active' | 'canary' | 'draining' | 'drained' | 'archived';
  instances: number;
}

const PAST_SHOWN = 1_000;
const undoPath = (id: string) => `/migration/${encodeURIComponent(id)}/undo`;
const command = (migrationPlan: MigrationPlan, { processInstanceIds, ...skipped }: MigrationOptions) => ({
  migrationPlan,
  ...skipped,
  ...(processInstanceIds
    ? { processInstanceIds }
    : { processInstanceQuery: { processDefinitionId: migrationPlan.sourceProcessDefinitionId } }),
});

export const listVersionReports = (key: string, signal?: AbortSignal) =>
  requestJson<VersionReport[]>('GET', '/process-definition', { root: '/api', query: { key }, signal });

export const generatePlan = (
  sourceProcessDefinitionId: string,
  targetProcessDefinitionId: string,
  signal?: AbortSignal,
) =>
  requestJson<MigrationPlan>('POST', '/migration/generate', {
    body: { sourceProcessDefinitionId, targetProcessDefinitionId },
    signal,
  });

export const validatePlan = (plan: MigrationPlan, signal?: AbortSignal) =>
  requestJson<PlanReport>('POST', '/migration/validate', { body: plan, signal });

/** @param file the content of a plan file. @returns the plan with the ids of this installation */
export const resolvePlanFile = async (file: unknown) =>
  (await requestJson<{ migrationPlan: MigrationPlan }>('POST', '/migration/plan', { root: '/api', body: file }))
    .migrationPlan;

export const dryRunMigration = (plan: MigrationPlan, options: MigrationOptions) =>
  requestJson<DryRun>('POST', '/migration/dry-run', { root: '/api', body: command(plan, options) });

/** The batch's id is the migration's. */
export const migrate = (plan: MigrationPlan, options: MigrationOptions) =>
  post<BatchSummary>('/migration/executeAsync', command(plan, options));

export const listMigrations = (signal?: AbortSignal) =>
  requestJson<PastMigration[]>('GET', '/migration', { root: '/api', query: { maxResults: PAST_SHOWN }, signal });

export const previewUndo = (id: string, signal?: AbortSignal) =>
  requestJson<UndoPreview>('POST', undoPath(id), { root: '/api', query: { dryRun: true }, body: {}, signal });

export const undoMigration = (id: string, annotation: string) =>
  requestJson<BatchSummary>('POST', undoPath(id), {
    root: '/api',
    body: annotation === '' ? {} : { annotation },
  });

/** The running instances of a definition. */
export const listInstanceIds = async (processDefinitionId: string) =>
  (await get<{ id: string }[]>('/process-instance', { processDefinitionId })).map(({ id }) => id);
