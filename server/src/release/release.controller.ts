import { Type } from '@sinclair/typebox';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { invalidRequest } from '../http/rest-error.js';
import { ApiResource, Route } from '../http/route.js';
import { ServerSettings } from '../settings.js';
import { RebindService } from './rebind.service.js';
import {
  CallEdgeDto,
  RebindDto,
  ReleaseGraphDto,
  RetentionDto,
  RetentionParameters,
  toCallEdgeDto,
  toReleaseGraphDto,
  toVersionReportDto,
  VersionReportDto,
} from './release.dto.js';
import { ReleaseQueries } from './release.query.js';
import { RetentionService } from './retention.service.js';

/** A release is what one deployment brought, with everything that it calls. */
@ApiResource('release', 'Release')
export class ReleaseController {
  constructor(
    private readonly releases: ReleaseQueries,
    private readonly bindings: RebindService,
    private readonly retention: RetentionService,
    private readonly settings: ServerSettings,
  ) {}

  @Route({
    method: 'GET',
    path: ':id/graph',
    operationId: 'getReleaseGraph',
    summary: 'What a deployment brought and what that calls, at any depth',
    response: ReleaseGraphDto,
  })
  async graph(@Path('id') id: string): Promise<ReleaseGraphDto> {
    return toReleaseGraphDto(await this.releases.graph(id));
  }

  @Route({
    method: 'GET',
    path: ':id/callers',
    operationId: 'getReleaseCallers',
    summary: 'Who calls what a deployment brought',
    response: Type.Array(CallEdgeDto),
  })
  async callers(@Path('id') id: string): Promise<CallEdgeDto[]> {
    return (await this.releases.callers(id)).map(toCallEdgeDto);
  }

  @Route({
    method: 'POST',
    path: ':id/rebind',
    operationId: 'rebindCall',
    summary: 'Let a deployed process call another version than it was pinned to',
    response: CallEdgeDto,
  })
  async rebind(
    @Path('id') id: string,
    @Body(RebindDto) body: RebindDto,
    @UserId() userId: string | null,
  ): Promise<CallEdgeDto> {
    return toCallEdgeDto(await this.bindings.rebind(id, body, userId));
  }

  @Route({
    method: 'GET',
    path: 'retention',
    operationId: 'getVersionsToArchive',
    summary: 'The versions that have been drained for long; nothing happens to them',
    response: Type.Array(VersionReportDto),
  })
  async due(@QueryParams(RetentionParameters) { olderThanDays }: RetentionParameters): Promise<VersionReportDto[]> {
    return (await this.retention.due(this.days(olderThanDays))).map(toVersionReportDto);
  }

  @Route({
    method: 'POST',
    path: 'retention',
    operationId: 'archiveDrainedVersions',
    summary: 'Archive the versions that have been drained for long',
    response: Type.Array(VersionReportDto),
  })
  async archive(
    @Body(RetentionDto) { olderThanDays }: RetentionDto,
    @UserId() userId: string | null,
  ): Promise<VersionReportDto[]> {
    return (await this.retention.archive(this.days(olderThanDays), userId)).map(toVersionReportDto);
  }

  private days(given: number | null | undefined): number {
    const days = given ?? this.settings.config.archiveDrainedAfterDays;
    if (days === null) throw invalidRequest("'olderThanDays' is needed where ARCHIVE_DRAINED_AFTER_DAYS isn't set");
    return days;
  }
}
