import { Type } from '@sinclair/typebox';
import { BatchDto } from '../batch/batch.dto.js';
import { BulkParameters, BulkPreviewDto, previewOrNothing } from '../http/bulk-preview.js';
import { AnswerStatus, type SetStatus } from '../http/file-answer.js';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { Resource, Route } from '../http/route.js';
import { InstanceModificationDto, ModificationDto, RestartDto } from './modification.dto.js';
import { ModificationService } from './modification.service.js';
import { RestartService } from './restart.service.js';

const ANSWER = Type.Union([BatchDto, BulkPreviewDto]);

@Resource('process-instance', 'Process Instance')
export class InstanceModificationController {
  constructor(private readonly modifications: ModificationService) {}

  @Route({
    method: 'POST',
    path: ':id/modification',
    operationId: 'modifyProcessInstance',
    summary: 'Start and cancel activities of an instance by hand',
  })
  modify(
    @Path('id') id: string,
    @Body(InstanceModificationDto) body: InstanceModificationDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.modifications.modify(id, body, userId);
  }

  @Route({
    method: 'POST',
    path: ':id/modification-async',
    operationId: 'modifyProcessInstanceAsyncOperation',
    summary: 'Start and cancel activities of an instance by hand, as a batch',
    response: BatchDto,
  })
  modifyAsync(
    @Path('id') id: string,
    @Body(InstanceModificationDto) body: InstanceModificationDto,
    @UserId() userId: string | null,
  ): Promise<BatchDto> {
    return this.modifications.modifyAsync(id, body, userId);
  }
}

@Resource('modification', 'Modification')
export class ModificationController {
  constructor(private readonly modifications: ModificationService) {}

  @Route({
    method: 'POST',
    path: 'execute',
    operationId: 'executeModification',
    summary: 'Start and cancel activities of several instances, all of them or none',
  })
  async execute(
    @Body(ModificationDto) body: ModificationDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @AnswerStatus() setStatus: SetStatus,
    @UserId() userId: string | null,
  ): Promise<BulkPreviewDto | null> {
    return previewOrNothing(await this.modifications.modifySome(body, userId, dryRun ?? false), setStatus);
  }

  @Route({
    method: 'POST',
    path: 'executeAsync',
    operationId: 'executeModificationAsync',
    summary: 'Start and cancel activities of several instances, as a batch',
    response: ANSWER,
  })
  executeAsync(
    @Body(ModificationDto) body: ModificationDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @UserId() userId: string | null,
  ): Promise<BatchDto | BulkPreviewDto> {
    return this.modifications.modifySomeAsync(body, userId, dryRun ?? false);
  }
}

@Resource('process-definition', 'Process Definition')
export class RestartController {
  constructor(private readonly restarts: RestartService) {}

  @Route({
    method: 'POST',
    path: ':id/restart',
    operationId: 'restartProcessInstance',
    summary: 'Start finished instances anew at given activities, all of them or none',
  })
  async restart(
    @Path('id') id: string,
    @Body(RestartDto) body: RestartDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @AnswerStatus() setStatus: SetStatus,
    @UserId() userId: string | null,
  ): Promise<BulkPreviewDto | null> {
    return previewOrNothing(await this.restarts.restart(id, body, userId, dryRun ?? false), setStatus);
  }

  @Route({
    method: 'POST',
    path: ':id/restart-async',
    operationId: 'restartProcessInstanceAsyncOperation',
    summary: 'Start finished instances anew at given activities, as a batch',
    response: ANSWER,
  })
  restartAsync(
    @Path('id') id: string,
    @Body(RestartDto) body: RestartDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @UserId() userId: string | null,
  ): Promise<BatchDto | BulkPreviewDto> {
    return this.restarts.restartAsync(id, body, userId, dryRun ?? false);
  }
}
