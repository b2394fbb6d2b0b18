import type { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { Path } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { plainText, type SetStatus, Status, TakesText } from '../variable-instance/answers.js';
import { ExternalTaskLogDto, ExternalTaskLogQuery } from './external-task-log.dto.js';
import { ExternalTaskLogQueries } from './external-task-log.query.js';

type Input = QueryInput<ExternalTaskLogQuery>;
const COUNT = 'How many entries the log has';

@Resource('history/external-task-log', 'Historic External Task Log')
export class ExternalTaskLogController {
  constructor(private readonly queries: ExternalTaskLogQueries) {}

  @Route({
    method: 'GET',
    operationId: 'getHistoricExternalTaskLogs',
    summary: 'What happened to external tasks',
    response: Type.Array(ExternalTaskLogDto),
  })
  list(@QueryInput(ExternalTaskLogQuery) input: Input): Promise<ExternalTaskLogDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'POST',
    operationId: 'queryHistoricExternalTaskLogs',
    summary: 'What happened to external tasks',
    response: Type.Array(ExternalTaskLogDto),
  })
  query(@QueryInput(ExternalTaskLogQuery) input: Input): Promise<ExternalTaskLogDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getHistoricExternalTaskLogsCount',
    summary: COUNT,
    response: CountDto,
  })
  count(@QueryInput(ExternalTaskLogQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryHistoricExternalTaskLogsCount',
    summary: COUNT,
    response: CountDto,
  })
  queryCount(@QueryInput(ExternalTaskLogQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getHistoricExternalTaskLog',
    summary: 'An entry of the log',
    response: ExternalTaskLogDto,
  })
  get(@Path('id') id: string): Promise<ExternalTaskLogDto> {
    return this.queries.get(id);
  }

  @Route({
    method: 'GET',
    path: ':id/error-details',
    operationId: 'getErrorDetailsHistoricExternalTaskLog',
    summary: 'What the worker said of the failure',
    produces: 'text/plain',
  })
  async errorDetails(
    @TakesText() _: true,
    @Path('id') id: string,
    @Status() setStatus: SetStatus,
  ): Promise<StreamableFile | null> {
    return plainText(await this.queries.errorDetails(id), setStatus);
  }
}
