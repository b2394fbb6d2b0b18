import { Type } from '@sinclair/typebox';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { ApiResource, Route } from '../http/route.js';
import { Canaries } from './canaries.service.js';
import { CanaryDto, CanaryEndDto, CanaryParameters, toCanaryDto } from './canary.dto.js';

/** New versions that get a share of the starts; each is named by its process definition's id. */
@ApiResource('canary', 'Canary')
export class CanaryController {
  constructor(private readonly canaries: Canaries) {}

  @Route({
    method: 'GET',
    operationId: 'getCanaries',
    summary: 'Canaries and how they fare, the newest first; those that have ended are among them',
    response: Type.Array(CanaryDto),
  })
  async list(@QueryParams(CanaryParameters) parameters: CanaryParameters): Promise<CanaryDto[]> {
    return (await this.canaries.list(parameters)).map(toCanaryDto);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getCanary',
    summary: 'A canary, how it fares or why it has ended',
    response: CanaryDto,
  })
  async get(@Path('id') id: string): Promise<CanaryDto> {
    return toCanaryDto(await this.canaries.get(id));
  }

  @Route({
    method: 'POST',
    path: ':id/promote',
    operationId: 'promoteCanary',
    summary: 'Let the canary take all starts; the older versions drain',
    response: CanaryDto,
  })
  async promote(
    @Path('id') id: string,
    @Body(CanaryEndDto) { reason }: CanaryEndDto,
    @UserId() userId: string | null,
  ): Promise<CanaryDto> {
    return toCanaryDto(await this.canaries.promote(id, userId, reason ?? null));
  }

  @Route({
    method: 'POST',
    path: ':id/stop',
    operationId: 'stopCanary',
    summary: 'Let the version before take all starts again; the canary drains',
    response: CanaryDto,
  })
  async stop(
    @Path('id') id: string,
    @Body(CanaryEndDto) { reason }: CanaryEndDto,
    @UserId() userId: string | null,
  ): Promise<CanaryDto> {
    return toCanaryDto(await this.canaries.stop(id, userId, reason ?? null));
  }
}
