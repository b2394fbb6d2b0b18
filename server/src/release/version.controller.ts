import { Type } from '@sinclair/typebox';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { ApiResource, Route } from '../http/route.js';
import { toVersionReportDto, VersionParameters, VersionReportDto, VersionStateDto } from './release.dto.js';
import { VersionStates } from './version-states.service.js';

/** Which versions of a process take new instances. */
@ApiResource('process-definition', 'Process Version')
export class ProcessVersionController {
  constructor(private readonly states: VersionStates) {}

  @Route({
    method: 'GET',
    operationId: 'getProcessVersions',
    summary: 'Versions of processes with their states, archived ones among them',
    response: Type.Array(VersionReportDto),
  })
  async list(@QueryParams(VersionParameters) parameters: VersionParameters): Promise<VersionReportDto[]> {
    return (await this.states.list(parameters)).map(toVersionReportDto);
  }

  @Route({
    method: 'GET',
    path: ':id/state',
    operationId: 'getProcessVersionState',
    summary: 'The state of a version, and who keeps it from being drained',
    response: VersionReportDto,
  })
  async get(@Path('id') id: string): Promise<VersionReportDto> {
    return toVersionReportDto(await this.states.get(id));
  }

  @Route({
    method: 'PUT',
    path: ':id/state',
    operationId: 'setProcessVersionState',
    summary: 'Let a version take new instances, drain it, or archive it once it is drained',
    response: VersionReportDto,
  })
  async set(
    @Path('id') id: string,
    @Body(VersionStateDto) { state }: VersionStateDto,
    @UserId() userId: string | null,
  ): Promise<VersionReportDto> {
    return toVersionReportDto(await this.states.set(id, state, userId));
  }
}
