import { BatchDto } from '../batch/batch.dto.js';
import { Body, Path, UserId } from '../http/parameters.js';
import { Resource, Route } from '../http/route.js';
import { InstanceModificationDto, ModificationDto, RestartDto } from './modification.dto.js';
import { ModificationService } from './modification.service.js';
import { RestartService } from './restart.service.js';

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
  execute(@Body(ModificationDto) body: ModificationDto, @UserId() userId: string | null): Promise<void> {
    return this.modifications.modifySome(body, userId);
  }

  @Route({
    method: 'POST',
    path: 'executeAsync',
    operationId: 'executeModificationAsync',
    summary: 'Start and cancel activities of several instances, as a batch',
    response: BatchDto,
  })
  executeAsync(@Body(ModificationDto) body: ModificationDto, @UserId() userId: string | null): Promise<BatchDto> {
    return this.modifications.modifySomeAsync(body, userId);
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
  restart(@Path('id') id: string, @Body(RestartDto) body: RestartDto, @UserId() userId: string | null): Promise<void> {
    return this.restarts.restart(id, body, userId);
  }

  @Route({
    method: 'POST',
    path: ':id/restart-async',
    operationId: 'restartProcessInstanceAsyncOperation',
    summary: 'Start finished instances anew at given activities, as a batch',
    response: BatchDto,
  })
  restartAsync(
    @Path('id') id: string,
    @Body(RestartDto) body: RestartDto,
    @UserId() userId: string | null,
  ): Promise<BatchDto> {
    return this.restarts.restartAsync(id, body, userId);
  }
}
