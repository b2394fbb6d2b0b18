import { Type } from '@sinclair/typebox';
import { BulkParameters, type BulkPreviewDto, previewOrNothing } from '../http/bulk-preview.js';
import { AnswerStatus, type SetStatus } from '../http/file-answer.js';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import {
  JobDefinitionDto,
  JobDefinitionPriorityDto,
  JobDefinitionQuery,
  JobDefinitionRetriesDto,
  JobDefinitionSuspensionStateDto,
  JobDefinitionsSuspensionStateDto,
} from './job-definition.dto.js';
import { JobDefinitionQueries } from './job-definition.query.js';
import { JobDefinitionService } from './job-definition.service.js';

@Resource('job-definition', 'Job Definition')
export class JobDefinitionController {
  constructor(
    private readonly definitions: JobDefinitionService,
    private readonly queries: JobDefinitionQueries,
  ) {}

  @Route({
    method: 'GET',
    operationId: 'getJobDefinitions',
    summary: 'Job definitions',
    response: Type.Array(JobDefinitionDto),
  })
  list(@QueryInput(JobDefinitionQuery) input: QueryInput<JobDefinitionQuery>): Promise<JobDefinitionDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'POST',
    operationId: 'queryJobDefinitions',
    summary: 'Job definitions',
    response: Type.Array(JobDefinitionDto),
  })
  query(@QueryInput(JobDefinitionQuery) input: QueryInput<JobDefinitionQuery>): Promise<JobDefinitionDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getJobDefinitionsCount',
    summary: 'How many job definitions there are',
    response: CountDto,
  })
  count(
    @QueryInput(JobDefinitionQuery, { paged: false }) input: QueryInput<JobDefinitionQuery>,
  ): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryJobDefinitionsCount',
    summary: 'How many job definitions there are',
    response: CountDto,
  })
  queryCount(
    @QueryInput(JobDefinitionQuery, { paged: false }) input: QueryInput<JobDefinitionQuery>,
  ): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'PUT',
    path: 'suspended',
    operationId: 'updateSuspensionStateJobDefinitions',
    summary: 'Suspend or activate the job definitions of a process',
  })
  async setSuspendedOfMany(
    @Body(JobDefinitionsSuspensionStateDto) body: JobDefinitionsSuspensionStateDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @AnswerStatus() setStatus: SetStatus,
    @UserId() userId: string | null,
  ): Promise<BulkPreviewDto | null> {
    return previewOrNothing(await this.definitions.setSuspendedOfMany(body, userId, dryRun ?? false), setStatus);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getJobDefinition',
    summary: 'A job definition',
    response: JobDefinitionDto,
  })
  get(@Path('id') id: string): Promise<JobDefinitionDto> {
    return this.queries.get(id);
  }

  @Route({
    method: 'PUT',
    path: ':id/suspended',
    operationId: 'updateSuspensionStateJobDefinition',
    summary: 'Suspend or activate a job definition',
  })
  async setSuspended(
    @Path('id') id: string,
    @Body(JobDefinitionSuspensionStateDto) body: JobDefinitionSuspensionStateDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @AnswerStatus() setStatus: SetStatus,
    @UserId() userId: string | null,
  ): Promise<BulkPreviewDto | null> {
    return previewOrNothing(await this.definitions.setSuspended(id, body, userId, dryRun ?? false), setStatus);
  }

  @Route({
    method: 'PUT',
    path: ':id/retries',
    operationId: 'setJobRetriesJobDefinition',
    summary: 'Set how many attempts the failed jobs of a definition get',
  })
  async setRetries(
    @Path('id') id: string,
    @Body(JobDefinitionRetriesDto) body: JobDefinitionRetriesDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @AnswerStatus() setStatus: SetStatus,
    @UserId() userId: string | null,
  ): Promise<BulkPreviewDto | null> {
    const answer = await this.definitions.setRetries(id, body.retries, userId, dryRun ?? false);
    return previewOrNothing(answer, setStatus);
  }

  @Route({
    method: 'PUT',
    path: ':id/jobPriority',
    operationId: 'setJobPriorityJobDefinition',
    summary: 'Override the priority of the jobs to come',
  })
  async setPriority(
    @Path('id') id: string,
    @Body(JobDefinitionPriorityDto) body: JobDefinitionPriorityDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @AnswerStatus() setStatus: SetStatus,
    @UserId() userId: string | null,
  ): Promise<BulkPreviewDto | null> {
    return previewOrNothing(await this.definitions.setPriority(id, body, userId, dryRun ?? false), setStatus);
  }
}
