import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { date, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';
import type { UserOperationEntity } from '../persistence/entities/user-operation.js';

const Text = Nullable(Type.String());

export const UserOperationDto = Dto('UserOperationLogEntryDto', {
  id: Type.String(),
  userId: Text,
  timestamp: DateText(),
  operationId: Type.String(),
  operationType: Type.String(),
  entityType: Type.String(),
  category: Type.String(),
  annotation: Text,
  property: Text,
  orgValue: Text,
  newValue: Text,
  deploymentId: Text,
  processDefinitionId: Text,
  processDefinitionKey: Text,
  processInstanceId: Text,
  executionId: Text,
  caseDefinitionId: Type.Null(),
  caseInstanceId: Type.Null(),
  caseExecutionId: Type.Null(),
  taskId: Text,
  externalTaskId: Text,
  batchId: Text,
  jobId: Text,
  jobDefinitionId: Text,
  removalTime: Type.Null(),
  rootProcessInstanceId: Text,
});
export type UserOperationDto = Static<typeof UserOperationDto>;

export const OperationAnnotationDto = Dto('OperationAnnotationDto', { annotation: Maybe(Type.String()) });
export type OperationAnnotationDto = Static<typeof OperationAnnotationDto>;

export const UserOperationQuery = defineQuery({
  name: 'UserOperationLogQueryDto',
  filters: {
    deploymentId: text,
    processDefinitionId: text,
    processDefinitionKey: text,
    processInstanceId: text,
    executionId: text,
    caseDefinitionId: text,
    caseInstanceId: text,
    caseExecutionId: text,
    taskId: text,
    externalTaskId: text,
    batchId: text,
    jobId: text,
    jobDefinitionId: text,
    userId: text,
    operationId: text,
    operationType: text,
    entityType: text,
    entityTypeIn: texts,
    category: text,
    categoryIn: texts,
    property: text,
    afterTimestamp: date,
    beforeTimestamp: date,
  },
  sortBy: ['timestamp'],
});
export type UserOperationQuery = typeof UserOperationQuery;

export function toUserOperationDto(entity: UserOperationEntity): UserOperationDto {
  const { createdAt, tenantId: _, ...operation } = entity;
  return {
    ...operation,
    timestamp: formatDate(createdAt),
    caseDefinitionId: null,
    caseInstanceId: null,
    caseExecutionId: null,
    removalTime: null,
  };
}
