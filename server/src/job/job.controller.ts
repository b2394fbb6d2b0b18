import type { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { BulkParameters, type BulkPreviewDto, previewOrNothing } from '../http/bulk-preview.js';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { plainText, type SetStatus, Status, TakesText } from '../variable-instance/answers.js';
import {
  JobDto,
  JobDuedateDto,
  JobPriorityDto,
  JobQuery,
  JobRetriesDto,
  JobSuspensionStateDto,
  RecalculateQuery,
  SuspensionStateDto,
} from './job.dto.js';
import { JobQueries } from './job.query.js';
import { JobService } from './job.service.js';

@Resource('job', 'Job')
export class JobController {
  constructor(
    private readonly jobs: JobService,
    private readonly queries: JobQueries,
  ) {}

  @Route({ method: 'GET', operationId: 'getJobs', summary: 'Jobs', response: Type.Array(JobDto) })
  list(@QueryInput(JobQuery) input: QueryInput<JobQuery>): Promise<JobDto[]> {
    return this.queries.list(input);
  }

  @Route({ method: 'POST', operationId: 'queryJobs', summary: 'Jobs', response: Type.Array(JobDto) })
  query(@QueryInput(JobQuery) input: QueryInput<JobQuery>): Promise<JobDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getJobsCount',
    summary: 'How many jobs there are',
    response: CountDto,
  })
  count(@QueryInput(JobQuery, { paged: false }) input: QueryInput<JobQuery>): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryJobsCount',
    summary: 'How many jobs there are',
    response: CountDto,
  })
  queryCount(@QueryInput(JobQuery, { paged: false }) input: QueryInput<JobQuery>): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'PUT',
    path: 'suspended',
    operationId: 'updateSuspensionStateBy',
    summary: 'Suspend or activate the jobs of a job definition, process instance or process definition',
  })
  async setSuspendedOfMany(
    @Body(JobSuspensionStateDto) body: JobSuspensionStateDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @UserId() userId: string | null,
    @Status() setStatus: SetStatus,
  ): Promise<BulkPreviewDto | null> {
    return previewOrNothing(await this.jobs.setSuspendedOfMany(body, userId, dryRun ?? false), setStatus);
  }

  @Route({ method: 'GET', path: ':id', operationId: 'getJob', summary: 'A job', response: JobDto })
  get(@Path('id') id: string): Promise<JobDto> {
    return this.queries.get(id);
  }

  @Route({ method: 'DELETE', path: ':id', operationId: 'deleteJob', summary: 'Delete a job' })
  delete(@Path('id') id: string, @UserId() userId: string | null): Promise<void> {
    return this.jobs.delete(id, userId);
  }

  @Route({ method: 'POST', path: ':id/execute', operationId: 'executeJob', summary: 'Run a job now' })
  execute(@Path('id') id: string, @UserId() userId: string | null): Promise<void> {
    return this.jobs.execute(id, userId);
  }

  @Route({
    method: 'PUT',
    path: ':id/retries',
    operationId: 'setJobRetries',
    summary: 'Set how many attempts are left',
  })
  setRetries(
    @Path('id') id: string,
    @Body(JobRetriesDto) body: JobRetriesDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.jobs.setRetries(id, body, userId);
  }

  @Route({ method: 'PUT', path: ':id/duedate', operationId: 'setJobDuedate', summary: 'Set when a job is due' })
  setDueDate(
    @Path('id') id: string,
    @Body(JobDuedateDto) body: JobDuedateDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.jobs.setDueDate(id, body, userId);
  }

  @Route({
    method: 'POST',
    path: ':id/duedate/recalculate',
    operationId: 'recalculateDuedate',
    summary: 'Calculate anew from the model when a timer is due',
  })
  recalculateDueDate(
    @Path('id') id: string,
    @QueryParams(RecalculateQuery) query: RecalculateQuery,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.jobs.recalculateDueDate(id, query.creationDateBased ?? true, userId);
  }

  @Route({ method: 'PUT', path: ':id/priority', operationId: 'setJobPriority', summary: 'Set the priority' })
  setPriority(
    @Path('id') id: string,
    @Body(JobPriorityDto) body: JobPriorityDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.jobs.setPriority(id, body.priority, userId);
  }

  @Route({
    method: 'PUT',
    path: ':id/suspended',
    operationId: 'updateJobSuspensionState',
    summary: 'Suspend or activate a job',
  })
  setSuspended(
    @Path('id') id: string,
    @Body(SuspensionStateDto) body: SuspensionStateDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.jobs.setSuspended(id, body.suspended ?? false, userId);
  }

  @Route({
    method: 'GET',
    path: ':id/stacktrace',
    operationId: 'getStacktrace',
    summary: 'What happened when the job failed last',
    produces: 'text/plain',
  })
  async stacktrace(
    @TakesText() _: true,
    @Path('id') id: string,
    @Status() setStatus: SetStatus,
  ): Promise<StreamableFile | null> {
    return plainText(await this.jobs.stacktrace(id), setStatus);
  }
}
