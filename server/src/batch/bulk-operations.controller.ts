import { Type } from '@sinclair/typebox';
import { BulkParameters, BulkPreviewDto } from '../http/bulk-preview.js';
import { Body, QueryParams, UserId } from '../http/parameters.js';
import { Resource, Route } from '../http/route.js';
import { BatchDto } from './batch.dto.js';
import {
  CorrelateMessageDto,
  DeleteHistoricInstancesDto,
  DeleteInstancesDto,
  SetExternalTaskRetriesBatchDto,
  SetJobRetriesByProcessDto,
  SetJobRetriesDto,
  SetVariablesDto,
  SuspendInstancesDto,
} from './bulk-operations.dto.js';
import { BulkOperations } from './bulk-operations.service.js';

const ANSWER = Type.Union([BatchDto, BulkPreviewDto]);

@Resource('process-instance', 'Process Instance')
export class ProcessInstanceBulkController {
  constructor(private readonly operations: BulkOperations) {}

  @Route({
    method: 'POST',
    path: 'delete',
    operationId: 'deleteProcessInstancesAsyncOperation',
    alsoAt: { 'delete-historic-query-based': 'deleteAsyncHistoricQueryBased' },
    summary: 'Delete instances, as a batch',
    response: ANSWER,
  })
  delete(
    @Body(DeleteInstancesDto) body: DeleteInstancesDto,
    @QueryParams(BulkParameters) parameters: BulkParameters,
    @UserId() userId: string | null,
  ) {
    return this.operations.deleteInstances(body, { userId, dryRun: parameters.dryRun ?? false });
  }

  @Route({
    method: 'POST',
    path: 'job-retries',
    operationId: 'setRetriesByProcess',
    alsoAt: { 'job-retries-historic-query-based': 'setRetriesByProcessHistoricQueryBased' },
    summary: 'Set the retries of all jobs of instances, as a batch',
    response: ANSWER,
  })
  setJobRetries(
    @Body(SetJobRetriesByProcessDto) body: SetJobRetriesByProcessDto,
    @QueryParams(BulkParameters) parameters: BulkParameters,
    @UserId() userId: string | null,
  ) {
    return this.operations.setJobRetriesOfInstances(body, { userId, dryRun: parameters.dryRun ?? false });
  }

  @Route({
    method: 'POST',
    path: 'suspended-async',
    operationId: 'updateSuspensionStateAsyncOperation',
    summary: 'Suspend or activate instances, as a batch',
    response: ANSWER,
  })
  suspend(
    @Body(SuspendInstancesDto) body: SuspendInstancesDto,
    @QueryParams(BulkParameters) parameters: BulkParameters,
    @UserId() userId: string | null,
  ) {
    return this.operations.suspendInstances(body, { userId, dryRun: parameters.dryRun ?? false });
  }

  @Route({
    method: 'POST',
    path: 'variables-async',
    operationId: 'setVariablesAsyncOperation',
    summary: 'Set variables of instances, as a batch',
    response: ANSWER,
  })
  setVariables(
    @Body(SetVariablesDto) body: SetVariablesDto,
    @QueryParams(BulkParameters) parameters: BulkParameters,
    @UserId() userId: string | null,
  ) {
    return this.operations.setVariables(body, { userId, dryRun: parameters.dryRun ?? false });
  }

  @Route({
    method: 'POST',
    path: 'message-async',
    operationId: 'correlateMessageAsyncOperation',
    summary: 'Deliver a message to instances, as a batch',
    response: ANSWER,
  })
  correlateMessage(
    @Body(CorrelateMessageDto) body: CorrelateMessageDto,
    @QueryParams(BulkParameters) parameters: BulkParameters,
    @UserId() userId: string | null,
  ) {
    return this.operations.correlateMessage(body, { userId, dryRun: parameters.dryRun ?? false });
  }
}

@Resource('job', 'Job')
export class JobBulkController {
  constructor(private readonly operations: BulkOperations) {}

  @Route({
    method: 'POST',
    path: 'retries',
    operationId: 'setJobRetriesAsyncOperation',
    summary: 'Set the retries of jobs, as a batch',
    response: ANSWER,
  })
  setRetries(
    @Body(SetJobRetriesDto) body: SetJobRetriesDto,
    @QueryParams(BulkParameters) parameters: BulkParameters,
    @UserId() userId: string | null,
  ) {
    return this.operations.setJobRetries(body, { userId, dryRun: parameters.dryRun ?? false });
  }
}

@Resource('external-task', 'External Task')
export class ExternalTaskBulkController {
  constructor(private readonly operations: BulkOperations) {}

  @Route({
    method: 'POST',
    path: 'retries-async',
    operationId: 'setExternalTaskRetriesAsyncOperation',
    summary: 'Set the retries of external tasks, as a batch',
    response: ANSWER,
  })
  setRetries(
    @Body(SetExternalTaskRetriesBatchDto) body: SetExternalTaskRetriesBatchDto,
    @QueryParams(BulkParameters) parameters: BulkParameters,
    @UserId() userId: string | null,
  ) {
    return this.operations.setExternalTaskRetries(body, { userId, dryRun: parameters.dryRun ?? false });
  }
}

@Resource('history/process-instance', 'Historic Process Instance')
export class HistoricProcessInstanceBulkController {
  constructor(private readonly operations: BulkOperations) {}

  @Route({
    method: 'POST',
    path: 'delete',
    operationId: 'deleteHistoricProcessInstancesAsync',
    summary: 'Delete what is recorded of past instances, as a batch',
    response: ANSWER,
  })
  delete(
    @Body(DeleteHistoricInstancesDto) body: DeleteHistoricInstancesDto,
    @QueryParams(BulkParameters) parameters: BulkParameters,
    @UserId() userId: string | null,
  ) {
    return this.operations.deleteHistoricInstances(body, { userId, dryRun: parameters.dryRun ?? false });
  }
}
