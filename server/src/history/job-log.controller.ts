import type { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { Path } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { plainText, type SetStatus, Status, TakesText } from '../variable-instance/answers.js';
import { JobLogDto, JobLogQuery } from './job-log.dto.js';
import { JobLogQueries } from './job-log.query.js';

type Input = QueryInput<JobLogQuery>;
const COUNT = 'How many entries the log has';

@Resource('history/job-log', 'Historic Job Log')
export class JobLogController {
  constructor(private readonly queries: JobLogQueries) {}

  @Route({
    method: 'GET',
    operationId: 'getHistoricJobLogs',
    summary: 'What happened to jobs',
    response: Type.Array(JobLogDto),
  })
  list(@QueryInput(JobLogQuery) input: Input): Promise<JobLogDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'POST',
    operationId: 'queryHistoricJobLogs',
    summary: 'What happened to jobs',
    response: Type.Array(JobLogDto),
  })
  query(@QueryInput(JobLogQuery) input: Input): Promise<JobLogDto[]> {
    return this.queries.list(input);
  }

  @Route({ method: 'GET', path: 'count', operationId: 'getHistoricJobLogsCount', summary: COUNT, response: CountDto })
  count(@QueryInput(JobLogQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryHistoricJobLogsCount',
    summary: COUNT,
    response: CountDto,
  })
  queryCount(@QueryInput(JobLogQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getHistoricJobLog',
    summary: 'An entry of the log',
    response: JobLogDto,
  })
  get(@Path('id') id: string): Promise<JobLogDto> {
    return this.queries.get(id);
  }

  @Route({
    method: 'GET',
    path: ':id/stacktrace',
    operationId: 'getStacktraceHistoricJobLog',
    summary: 'What happened when the job failed',
    produces: 'text/plain',
  })
  async stacktrace(
    @TakesText() _: true,
    @Path('id') id: string,
    @Status() setStatus: SetStatus,
  ): Promise<StreamableFile | null> {
    return plainText(await this.queries.stacktrace(id), setStatus);
  }
}
