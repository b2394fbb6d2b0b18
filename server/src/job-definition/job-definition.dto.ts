import { type Static, Type } from '@sinclair/typebox';
import { boolean, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { Dto, Maybe, Nullable } from '../http/schema.js';
import type { JobDefinitionEntity } from '../persistence/entities/job-definition.js';

export const JobDefinitionDto = Dto('JobDefinitionDto', {
  id: Type.String(),
  processDefinitionId: Type.String(),
  processDefinitionKey: Type.String(),
  jobType: Type.String(),
  jobConfiguration: Type.String(),
  activityId: Type.String(),
  suspended: Type.Boolean(),
  overridingJobPriority: Nullable(Type.Integer()),
  tenantId: Nullable(Type.String()),
  deploymentId: Type.Null({ description: 'Always null, as in Camunda: the process definition tells it' }),
});
export type JobDefinitionDto = Static<typeof JobDefinitionDto>;

export const JobDefinitionQuery = defineQuery({
  name: 'JobDefinitionQueryDto',
  filters: {
    jobDefinitionId: text,
    activityIdIn: texts,
    processDefinitionId: text,
    processDefinitionKey: text,
    jobType: text,
    jobConfiguration: text,
    active: boolean,
    suspended: boolean,
    withOverridingJobPriority: boolean,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    includeJobDefinitionsWithoutTenantId: boolean,
  },
  sortBy: [
    'jobDefinitionId',
    'activityId',
    'processDefinitionId',
    'processDefinitionKey',
    'jobType',
    'jobConfiguration',
    'tenantId',
  ],
});
export type JobDefinitionQuery = typeof JobDefinitionQuery;

const SUSPENSION = {
  suspended: Maybe(Type.Boolean()),
  includeJobs: Maybe(Type.Boolean({ description: 'Whether the jobs that are there already change too' })),
  executionDate: Maybe(Type.String({ description: 'When a job is to do it; now when not given' })),
};

export const JobDefinitionSuspensionStateDto = Dto('JobDefinitionSuspensionStateDto', SUSPENSION);
export type JobDefinitionSuspensionStateDto = Static<typeof JobDefinitionSuspensionStateDto>;

export const JobDefinitionsSuspensionStateDto = Dto('JobDefinitionsSuspensionStateDto', {
  ...SUSPENSION,
  processDefinitionId: Maybe(Type.String()),
  processDefinitionKey: Maybe(Type.String()),
  processDefinitionTenantId: Maybe(Type.String()),
  processDefinitionWithoutTenantId: Maybe(Type.Boolean()),
});
export type JobDefinitionsSuspensionStateDto = Static<typeof JobDefinitionsSuspensionStateDto>;

export const JobDefinitionRetriesDto = Dto('JobDefinitionRetriesDto', { retries: Type.Integer({ minimum: 0 }) });
export type JobDefinitionRetriesDto = Static<typeof JobDefinitionRetriesDto>;

export const JobDefinitionPriorityDto = Dto('JobDefinitionPriorityDto', {
  priority: Maybe(Type.Integer({ description: 'Null takes the override away' })),
  includeJobs: Maybe(Type.Boolean()),
});
export type JobDefinitionPriorityDto = Static<typeof JobDefinitionPriorityDto>;

export function toJobDefinitionDto(definition: JobDefinitionEntity): JobDefinitionDto {
  return {
    id: definition.id,
    processDefinitionId: definition.processDefinitionId,
    processDefinitionKey: definition.processDefinitionKey,
    jobType: definition.type,
    jobConfiguration: definition.configuration,
    activityId: definition.elementId,
    suspended: definition.suspended,
    overridingJobPriority: definition.priority,
    tenantId: definition.tenantId,
    deploymentId: null,
  };
}
