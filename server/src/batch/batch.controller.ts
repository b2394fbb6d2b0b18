import { Type } from '@sinclair/typebox';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { PAGING, QueryInput } from '../http/query-input.js';
import { ApiResource, Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import {
  BatchDto,
  BatchFailureDto,
  BatchPriorityDto,
  BatchProgressDto,
  BatchQuery,
  BatchStatisticsDto,
  BatchSuspensionDto,
  HistoricBatchDto,
  HistoricBatchQuery,
} from './batch.dto.js';
import { BatchQueries } from './batch.query.js';
import { BatchService } from './batch.service.js';

type Input = QueryInput<BatchQuery>;
type HistoricInput = QueryInput<HistoricBatchQuery>;
const DeletionParameters = Type.Object({ cascade: Type.Optional(Type.Boolean()) });

@Resource('batch', 'Batch')
export class BatchController {
  constructor(
    private readonly batches: BatchService,
    private readonly queries: BatchQueries,
  ) {}

  @Route({ method: 'GET', operationId: 'getBatches', summary: 'Running batches', response: Type.Array(BatchDto) })
  list(@QueryInput(BatchQuery) input: Input): Promise<BatchDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getBatchesCount',
    summary: 'How many batches run',
    response: CountDto,
  })
  count(@QueryInput(BatchQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'GET',
    path: 'statistics',
    operationId: 'getBatchStatistics',
    summary: 'Running batches with their progress',
    response: Type.Array(BatchStatisticsDto),
  })
  statistics(@QueryInput(BatchQuery) input: Input): Promise<BatchStatisticsDto[]> {
    return this.queries.statistics(input);
  }

  @Route({
    method: 'GET',
    path: 'statistics/count',
    operationId: 'getBatchStatisticsCount',
    summary: 'How many batches run',
    response: CountDto,
  })
  statisticsCount(@QueryInput(BatchQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({ method: 'GET', path: ':id', operationId: 'getBatch', summary: 'A running batch', response: BatchDto })
  get(@Path('id') id: string): Promise<BatchDto> {
    return this.queries.get(id);
  }

  @Route({
    method: 'PUT',
    path: ':id/suspended',
    operationId: 'updateBatchSuspensionState',
    summary: 'Pause a batch, or let it go on',
  })
  setSuspended(
    @Path('id') id: string,
    @Body(BatchSuspensionDto) body: BatchSuspensionDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.batches.setSuspended(id, body.suspended ?? false, userId);
  }

  @Route({ method: 'DELETE', path: ':id', operationId: 'deleteBatch', summary: 'Cancel a batch' })
  delete(
    @Path('id') id: string,
    @QueryParams(DeletionParameters) { cascade }: { cascade?: boolean },
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.batches.delete(id, cascade ?? false, userId);
  }
}

@Resource('history/batch', 'Historic Batch')
export class HistoricBatchController {
  constructor(
    private readonly batches: BatchService,
    private readonly queries: BatchQueries,
  ) {}

  @Route({
    method: 'GET',
    operationId: 'getHistoricBatches',
    summary: 'Running and past batches',
    response: Type.Array(HistoricBatchDto),
  })
  list(@QueryInput(HistoricBatchQuery) input: HistoricInput): Promise<HistoricBatchDto[]> {
    return this.queries.listHistoric(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getHistoricBatchesCount',
    summary: 'How many batches there are',
    response: CountDto,
  })
  count(@QueryInput(HistoricBatchQuery, { paged: false }) input: HistoricInput): Promise<{ count: number }> {
    return this.queries.countHistoric(input);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getHistoricBatch',
    summary: 'A running or past batch',
    response: HistoricBatchDto,
  })
  get(@Path('id') id: string): Promise<HistoricBatchDto> {
    return this.queries.getHistoric(id);
  }

  @Route({
    method: 'DELETE',
    path: ':id',
    operationId: 'deleteHistoricBatch',
    summary: 'Delete what is recorded of a past batch',
  })
  delete(@Path('id') id: string, @UserId() userId: string | null): Promise<void> {
    return this.batches.deleteHistoric(id, userId);
  }
}

/** What Camunda 7 has no word for. */
@ApiResource('batch', 'Batch')
export class BatchApiController {
  constructor(
    private readonly batches: BatchService,
    private readonly queries: BatchQueries,
  ) {}

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getBatchProgress',
    summary: 'How far a running or past batch is: total = open + done + failed + skipped',
    response: BatchProgressDto,
  })
  progress(@Path('id') id: string): Promise<BatchProgressDto> {
    return this.queries.progress(id);
  }

  @Route({
    method: 'GET',
    path: ':id/failures',
    operationId: 'getBatchFailures',
    summary: 'What failed or was skipped, and why',
    response: Type.Array(BatchFailureDto),
  })
  failures(
    @Path('id') id: string,
    @QueryParams(PAGING) { firstResult, maxResults }: { firstResult?: number; maxResults?: number },
  ): Promise<BatchFailureDto[]> {
    return this.queries.failures(id, firstResult, maxResults);
  }

  @Route({ method: 'POST', path: ':id/retry', operationId: 'retryBatch', summary: 'Try again what failed' })
  retry(@Path('id') id: string, @UserId() userId: string | null): Promise<void> {
    return this.batches.retry(id, userId);
  }

  @Route({ method: 'PUT', path: ':id/priority', operationId: 'setBatchPriority', summary: 'Set the priority' })
  setPriority(
    @Path('id') id: string,
    @Body(BatchPriorityDto) { priority }: BatchPriorityDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.batches.setPriority(id, priority, userId);
  }
}
