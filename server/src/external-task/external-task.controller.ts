import type { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { BulkParameters, type BulkPreviewDto, previewOrNothing } from '../http/bulk-preview.js';
import { Body, fromRequest, Path, QueryParams, UserId } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { plainText, type SetStatus, Status, TakesText } from '../variable-instance/answers.js';
import { RestWorkers } from '../worker/rest-workers.js';
import {
  CompleteExternalTaskDto,
  ExtendLockDto,
  ExternalTaskBpmnErrorDto,
  ExternalTaskDto,
  ExternalTaskFailureDto,
  ExternalTaskPriorityDto,
  ExternalTaskQuery,
  ExternalTaskRetriesDto,
  FetchExternalTasksDto,
  LockExternalTaskDto,
  LockedExternalTaskDto,
  MAX_WAIT_MS,
  SetExternalTaskRetriesDto,
  TopicNamesQuery,
} from './external-task.dto.js';
import { ExternalTaskQueries } from './external-task.query.js';
import { ExternalTaskService } from './external-task.service.js';

/** Aborted when the connection closes before its answer was sent. */
function ClientSignal(): ParameterDecorator {
  return fromRequest((_, reply) => {
    const controller = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort();
    });
    return controller.signal;
  });
}

interface FromHeaders {
  readonly version: string | null;
  readonly build: string | null;
}

/** What a worker says of itself with every request. */
function WorkerHeaders(): ParameterDecorator {
  const text = (header: string | string[] | undefined) => (typeof header === 'string' && header !== '' ? header : null);
  return fromRequest(
    ({ headers }): FromHeaders => ({
      version: text(headers['x-worker-version']),
      build: text(headers['x-worker-build']),
    }),
  );
}

@Resource('external-task', 'External Task')
export class ExternalTaskController {
  constructor(
    private readonly tasks: ExternalTaskService,
    private readonly queries: ExternalTaskQueries,
    private readonly workers: RestWorkers,
  ) {}

  @Route({
    method: 'GET',
    operationId: 'getExternalTasks',
    summary: 'External tasks',
    response: Type.Array(ExternalTaskDto),
  })
  list(@QueryInput(ExternalTaskQuery) input: QueryInput<ExternalTaskQuery>): Promise<ExternalTaskDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'POST',
    operationId: 'queryExternalTasks',
    summary: 'External tasks',
    response: Type.Array(ExternalTaskDto),
  })
  query(@QueryInput(ExternalTaskQuery) input: QueryInput<ExternalTaskQuery>): Promise<ExternalTaskDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getExternalTasksCount',
    summary: 'How many external tasks there are',
    response: CountDto,
  })
  count(
    @QueryInput(ExternalTaskQuery, { paged: false }) input: QueryInput<ExternalTaskQuery>,
  ): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryExternalTasksCount',
    summary: 'How many external tasks there are',
    response: CountDto,
  })
  queryCount(
    @QueryInput(ExternalTaskQuery, { paged: false }) input: QueryInput<ExternalTaskQuery>,
  ): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'fetchAndLock',
    status: 200,
    operationId: 'fetchAndLock',
    summary: 'Lock tasks for a worker; waits for them when asked to',
    response: Type.Array(LockedExternalTaskDto),
  })
  fetchAndLock(
    @Body(FetchExternalTasksDto) body: FetchExternalTasksDto,
    @ClientSignal() signal: AbortSignal,
    @WorkerHeaders() { version, build }: FromHeaders,
  ): Promise<LockedExternalTaskDto[]> {
    const { workerId, maxTasks, topics, asyncResponseTimeout } = body;
    const concurrency = Math.max(1, maxTasks ?? 1);
    const asked = topics?.map(({ topicName, lockDuration }) => [
      topicName,
      { concurrency, lockDurationMs: lockDuration },
    ]);
    const sighting = { workerId, version, build, topics: Object.fromEntries(asked ?? []) };
    this.workers.see({ ...sighting, waitMs: Math.min(asyncResponseTimeout ?? 0, MAX_WAIT_MS) });
    return this.tasks.fetchAndLock(body, signal, { version });
  }

  @Route({
    method: 'PUT',
    path: 'retries',
    operationId: 'setExternalTaskRetries',
    summary: 'Set the retries of several tasks',
  })
  async setRetriesOfMany(
    @Body(SetExternalTaskRetriesDto) body: SetExternalTaskRetriesDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @UserId() userId: string | null,
    @Status() setStatus: SetStatus,
  ): Promise<BulkPreviewDto | null> {
    return previewOrNothing(await this.tasks.setRetriesOfMany(body, userId, dryRun ?? false), setStatus);
  }

  @Route({
    method: 'GET',
    path: 'topic-names',
    operationId: 'getTopicNames',
    summary: 'Topics that have tasks now',
    response: Type.Array(Type.String()),
  })
  topicNames(@QueryParams(TopicNamesQuery) query: TopicNamesQuery): Promise<string[]> {
    return this.queries.topicNames(query);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getExternalTask',
    summary: 'An external task',
    response: ExternalTaskDto,
  })
  get(@Path('id') id: string): Promise<ExternalTaskDto> {
    return this.queries.get(id);
  }

  @Route({
    method: 'POST',
    path: ':id/complete',
    operationId: 'completeExternalTaskResource',
    summary: 'Complete a task',
  })
  complete(
    @Path('id') id: string,
    @Body(CompleteExternalTaskDto) body: CompleteExternalTaskDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.complete(id, body, userId);
  }

  @Route({ method: 'POST', path: ':id/failure', operationId: 'handleFailure', summary: 'Report that the work failed' })
  fail(
    @Path('id') id: string,
    @Body(ExternalTaskFailureDto) body: ExternalTaskFailureDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.fail(id, body, userId);
  }

  @Route({
    method: 'POST',
    path: ':id/bpmnError',
    operationId: 'handleExternalTaskBpmnError',
    summary: 'Throw a BPMN error',
  })
  throwError(
    @Path('id') id: string,
    @Body(ExternalTaskBpmnErrorDto) body: ExternalTaskBpmnErrorDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.throwError(id, body, userId);
  }

  @Route({ method: 'POST', path: ':id/extendLock', operationId: 'extendLock', summary: 'Keep a lock for longer' })
  extendLock(@Path('id') id: string, @Body(ExtendLockDto) body: ExtendLockDto): Promise<void> {
    return this.tasks.extendLock(id, body.workerId, body.newDuration);
  }

  @Route({ method: 'POST', path: ':id/lock', operationId: 'lock', summary: 'Lock one task for a worker' })
  lock(
    @Path('id') id: string,
    @Body(LockExternalTaskDto) body: LockExternalTaskDto,
    @WorkerHeaders() { version }: FromHeaders,
  ): Promise<void> {
    return this.tasks.lock(id, body.workerId, body.lockDuration, version);
  }

  @Route({ method: 'POST', path: ':id/unlock', operationId: 'unlock', summary: 'Give a task back' })
  unlock(@Path('id') id: string): Promise<void> {
    return this.tasks.unlock(id);
  }

  @Route({
    method: 'PUT',
    path: ':id/retries',
    operationId: 'setExternalTaskResourceRetries',
    summary: 'Set how many attempts are left',
  })
  setRetries(
    @Path('id') id: string,
    @Body(ExternalTaskRetriesDto) body: ExternalTaskRetriesDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.setRetries(id, body.retries, userId);
  }

  @Route({
    method: 'PUT',
    path: ':id/priority',
    operationId: 'setExternalTaskResourcePriority',
    summary: 'Set the priority',
  })
  setPriority(@Path('id') id: string, @Body(ExternalTaskPriorityDto) body: ExternalTaskPriorityDto): Promise<void> {
    return this.tasks.setPriority(id, body.priority);
  }

  @Route({
    method: 'GET',
    path: ':id/errorDetails',
    operationId: 'getExternalTaskErrorDetails',
    summary: 'The details of the last failure',
    produces: 'text/plain',
  })
  async errorDetails(
    @TakesText() _: true,
    @Path('id') id: string,
    @Status() setStatus: SetStatus,
  ): Promise<StreamableFile | null> {
    return plainText(await this.tasks.errorDetails(id), setStatus);
  }
}
