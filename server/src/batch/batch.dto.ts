import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { boolean, date, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';
import type { BatchEntity } from '../persistence/entities/batch.js';

const Text = Nullable(Type.String());
const Moment = Nullable(DateText());

/** How many items one seed job shares out, as clients of Camunda expect to read it. */
const BATCH_JOBS_PER_SEED = 100;
/** Items are counted one by one, however many of them share a job. */
const INVOCATIONS_PER_BATCH_JOB = 1;

const BATCH = {
  id: Type.String(),
  type: Type.String(),
  totalJobs: Type.Integer({ description: 'How many items the batch has' }),
  batchJobsPerSeed: Type.Integer(),
  invocationsPerBatchJob: Type.Integer(),
  seedJobDefinitionId: Type.String(),
  monitorJobDefinitionId: Type.String(),
  batchJobDefinitionId: Type.String(),
  tenantId: Text,
  createUserId: Text,
  startTime: DateText(),
  executionStartTime: Moment,
};

const RUNNING = { ...BATCH, jobsCreated: Type.Integer(), suspended: Type.Boolean() };

export const BatchDto = Dto('BatchDto', RUNNING);
export type BatchDto = Static<typeof BatchDto>;

export const BatchStatisticsDto = Dto('BatchStatisticsDto', {
  ...RUNNING,
  remainingJobs: Type.Integer(),
  completedJobs: Type.Integer(),
  failedJobs: Type.Integer({ description: 'Remaining ones that are not tried again by themselves' }),
});
export type BatchStatisticsDto = Static<typeof BatchStatisticsDto>;

export const HistoricBatchDto = Dto('HistoricBatchDto', { ...BATCH, endTime: Moment, removalTime: Moment });
export type HistoricBatchDto = Static<typeof HistoricBatchDto>;

export const BatchProgressDto = Dto('BatchProgressDto', {
  id: Type.String(),
  type: Type.String(),
  total: Type.Integer(),
  open: Type.Integer(),
  done: Type.Integer(),
  failed: Type.Integer(),
  skipped: Type.Integer(),
  suspended: Type.Boolean(),
  annotation: Text,
  endTime: Moment,
});
export type BatchProgressDto = Static<typeof BatchProgressDto>;

export const BatchFailureDto = Dto('BatchFailureDto', {
  itemId: Type.String({ description: "Mostly a process instance's id" }),
  state: Type.Union([Type.Literal('failed'), Type.Literal('skipped')]),
  reason: Text,
  jobId: Text,
  retries: Nullable(Type.Integer({ description: 'How often it is tried again; null when its job is gone' })),
});
export type BatchFailureDto = Static<typeof BatchFailureDto>;

/** Members that every bulk operation of ours takes beside Camunda's. */
export const BULK = {
  dryRun: Maybe(Type.Boolean({ description: 'Only answer what would be touched' })),
  annotation: Maybe(Type.String({ description: 'Why, for the user operation log' })),
};

export const BatchPriorityDto = Dto('BatchPriorityDto', { priority: Type.Integer() });
export type BatchPriorityDto = Static<typeof BatchPriorityDto>;

export const BatchSuspensionDto = Dto('BatchSuspensionStateDto', { suspended: Maybe(Type.Boolean()) });
export type BatchSuspensionDto = Static<typeof BatchSuspensionDto>;

export const BatchQuery = defineQuery({
  name: 'BatchQueryDto',
  filters: {
    batchId: text,
    type: text,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    suspended: boolean,
    createdBy: text,
    startedBefore: date,
    startedAfter: date,
    withFailures: boolean,
    withoutFailures: boolean,
  },
  sortBy: ['batchId', 'tenantId'],
});
export type BatchQuery = typeof BatchQuery;

export const HistoricBatchQuery = defineQuery({
  name: 'HistoricBatchQueryDto',
  filters: { batchId: text, type: text, completed: boolean, tenantIdIn: texts, withoutTenantId: boolean },
  sortBy: ['batchId', 'startTime', 'endTime', 'tenantId'],
});
export type HistoricBatchQuery = typeof HistoricBatchQuery;

function common(batch: BatchEntity) {
  return {
    id: batch.id,
    type: batch.type,
    totalJobs: batch.totalJobs,
    batchJobsPerSeed: BATCH_JOBS_PER_SEED,
    invocationsPerBatchJob: INVOCATIONS_PER_BATCH_JOB,
    seedJobDefinitionId: batch.seedJobDefinitionId,
    monitorJobDefinitionId: batch.monitorJobDefinitionId,
    batchJobDefinitionId: batch.batchJobDefinitionId,
    tenantId: batch.tenantId,
    createUserId: batch.createUserId,
    startTime: formatDate(batch.startedAt),
    executionStartTime: formatDate(batch.executionStartedAt),
  };
}

export function toBatchDto(batch: BatchEntity): BatchDto {
  return { ...common(batch), jobsCreated: batch.jobsCreated, suspended: batch.suspended };
}

export function toHistoricBatchDto(batch: BatchEntity): HistoricBatchDto {
  return { ...common(batch), endTime: formatDate(batch.endedAt), removalTime: null };
}
