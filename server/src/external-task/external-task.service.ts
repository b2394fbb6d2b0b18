import { type Command, NotFoundError, SuspendedError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { type BulkPreviewDto, preview } from '../http/bulk-preview.js';
import { invalidRequest, RestError, refused } from '../http/rest-error.js';
import { toVariables } from '../http/variable-value.js';
import { CommitEvents } from '../persistence/commit-events.js';
import { Database } from '../persistence/database.js';
import { GuardFailed } from '../persistence/guard-failed.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { isAllowed, WorkerVersionPins } from '../worker/worker-version-pins.js';
import {
  type CompleteExternalTaskDto,
  type ExternalTaskBpmnErrorDto,
  type ExternalTaskFailureDto,
  type FetchExternalTasksDto,
  type FetchTopicDto,
  type LockedExternalTaskDto,
  MAX_WAIT_MS,
  type SetExternalTaskRetriesDto,
  toLockedDto,
} from './external-task.dto.js';
import { FetchQueue, type FetchRequest } from './fetch-queue.js';
import type { FetchTopic } from './lock-external-tasks.js';

interface Held {
  readonly processInstanceId: string;
  readonly topicName: string;
  readonly workerId: string | null;
  readonly lockExpiresAt: Date | null;
  readonly suspended: boolean;
}

/** Of the one that fetches, beside what the body says. */
interface Asking {
  readonly version?: string | null;
  /** Wants nothing but what is pinned to versions of workers among which its own is. */
  readonly onlyPinned?: boolean;
}

@Injectable()
export class ExternalTaskService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: CommitEvents,
    private readonly queue: FetchQueue,
    private readonly pins: WorkerVersionPins,
  ) {}

  /**
   * @param signal aborted when the client has gone
   * @param asking the version where the request tells it; else what the worker announced counts. Of an unknown version
   * it gets no task that is pinned
   * @throws RestError (400)
   */
  async fetchAndLock(
    body: FetchExternalTasksDto,
    signal: AbortSignal,
    asking: Asking = {},
  ): Promise<LockedExternalTaskDto[]> {
    const waitMs = body.asyncResponseTimeout ?? 0;
    if (waitMs > MAX_WAIT_MS)
      throw invalidRequest(`asyncResponseTimeout must not be more than ${MAX_WAIT_MS} milliseconds, got ${waitMs}`);
    const request = toFetchRequest(body, asking);
    const tasks = await this.queue.fetch(request, waitMs, signal);
    const withProperties = new Set(
      (body.topics ?? []).filter((topic) => topic.includeExtensionProperties).map(({ topicName }) => topicName),
    );
    return tasks.map((fetched) => toLockedDto(fetched, withProperties.has(fetched.task.topicName)));
  }

  async complete(id: string, body: CompleteExternalTaskDto, userId: string | null): Promise<void> {
    await this.finish(id, body.workerId, userId, 'cannot be completed by worker', {
      kind: 'completeExternalTask',
      externalTaskId: id,
      workerId: body.workerId,
      variables: toVariables(body.variables),
      localVariables: toVariables(body.localVariables),
    });
  }

  async fail(id: string, body: ExternalTaskFailureDto, userId: string | null): Promise<void> {
    await this.finish(id, body.workerId, userId, 'cannot be failed by worker', {
      kind: 'failExternalTask',
      externalTaskId: id,
      workerId: body.workerId,
      retries: body.retries ?? 0,
      retryTimeoutMs: body.retryTimeout ?? 0,
      errorMessage: body.errorMessage ?? null,
      errorDetails: body.errorDetails ?? null,
      variables: toVariables(body.variables),
      localVariables: toVariables(body.localVariables),
    });
  }

  async throwError(id: string, body: ExternalTaskBpmnErrorDto, userId: string | null): Promise<void> {
    await this.finish(id, body.workerId, userId, 'cannot throw a BPMN error for worker', {
      kind: 'throwExternalTaskError',
      externalTaskId: id,
      errorCode: body.errorCode,
      errorMessage: body.errorMessage ?? null,
      variables: toVariables(body.variables),
    });
  }

  /** A lock that has expired can't be extended: somebody else may be at work already. */
  async extendLock(id: string, workerId: string, durationMs: number): Promise<void> {
    const now = new Date();
    const done = await this.database.query(
      `UPDATE external_task SET lock_expires_at = $4
       WHERE id = $1 AND worker_id = $2 AND lock_expires_at >= $3 AND NOT suspended RETURNING id`,
      [id, workerId, now, new Date(now.getTime() + durationMs)],
    );
    if (done.length > 0) return;
    const held = await this.find(id);
    if (held.workerId !== workerId) throw lockedByOther(id, held, workerId, 'cannot have its lock extended by worker');
    if (held.suspended) throw refused(`External task ${id} is suspended`);
    throw refused(`The lock of external task ${id} has expired, so it cannot be extended`);
  }

  async lock(id: string, workerId: string, durationMs: number, workerVersion: string | null): Promise<void> {
    const now = new Date();
    const { ranges } = await this.pins.allowedFor(workerId, workerVersion, null);
    const done = await this.database.query(
      `UPDATE external_task t SET worker_id = $2, lock_expires_at = $4
       WHERE id = $1 AND (worker_id IS NULL OR worker_id = $2 OR lock_expires_at IS NULL OR lock_expires_at <= $3)
         AND ${isAllowed('$5::text[]')}
       RETURNING id`,
      [id, workerId, now, new Date(now.getTime() + durationMs), ranges],
    );
    if (done.length > 0) return;
    const held = await this.find(id);
    const isFree = held.lockExpiresAt === null || held.lockExpiresAt <= now || held.workerId === workerId;
    if (isFree) throw refused(`External task ${id} is for workers of other versions than that of '${workerId}'`);
    throw lockedByOther(id, held, workerId, 'cannot be locked by worker');
  }

  async unlock(id: string): Promise<void> {
    const [released] = await this.database.query<{ topic_name: string }>(
      'UPDATE external_task SET worker_id = NULL, lock_expires_at = NULL WHERE id = $1 RETURNING topic_name',
      [id],
    );
    if (!released) throw unknownTask(id);
    this.events.emitExternalTasks(new Set([released.topic_name]));
  }

  async setRetries(id: string, retries: number | null | undefined, userId: string | null): Promise<void> {
    const checked = checkRetries(retries);
    const { processInstanceId } = await this.find(id);
    await this.unitOfWork.run(
      processInstanceId,
      { kind: 'setExternalTaskRetries', externalTaskId: id, retries: checked },
      { userId },
    );
  }

  /** All of them must be there, else none is changed; each is then changed in its own transaction. */
  async setRetriesOfMany(
    body: SetExternalTaskRetriesDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    const retries = checkRetries(body.retries);
    if (body.externalTaskQuery || body.processInstanceQuery || body.historicProcessInstanceQuery)
      throw invalidRequest('Retries cannot be set by a query, only by externalTaskIds and processInstanceIds');
    const ids = body.externalTaskIds ?? [];
    const instanceIds = body.processInstanceIds ?? [];
    if (ids.length + instanceIds.length === 0) throw invalidRequest('externalTaskIds is empty');
    if (ids.includes(null) || instanceIds.includes(null))
      throw invalidRequest('Ids of external tasks and process instances cannot be null');
    const found = await this.database.query<{ id: string; process_instance_id: string }>(
      'SELECT id, process_instance_id FROM external_task WHERE id = ANY($1) OR process_instance_id = ANY($2) ORDER BY id',
      [ids, instanceIds],
    );
    const known = new Set(found.map(({ id }) => id));
    const missing = ids.find((id) => id !== null && !known.has(id));
    if (missing) throw new RestError(404, 'InvalidRequestException', `Cannot find external task with id ${missing}`);
    if (dryRun)
      return preview(
        'set-external-task-retries',
        found.map(({ id }) => id),
      );
    for (const { id, process_instance_id } of found)
      await this.unitOfWork.run(
        process_instance_id,
        { kind: 'setExternalTaskRetries', externalTaskId: id, retries },
        { userId },
      );
    return null;
  }

  async setPriority(id: string, priority: number | null | undefined): Promise<void> {
    if (priority === null || priority === undefined) throw invalidRequest('The priority cannot be null');
    const done = await this.database.query('UPDATE external_task SET priority = $2 WHERE id = $1 RETURNING id', [
      id,
      priority,
    ]);
    if (done.length === 0) throw unknownTask(id);
  }

  /** Null when the task has never failed with details. */
  async errorDetails(id: string): Promise<string | null> {
    const [task] = await this.database.query<{ error_details: string | null }>(
      'SELECT error_details FROM external_task WHERE id = $1',
      [id],
    );
    if (!task) throw unknownTask(id);
    return task.error_details;
  }

  /** The lock's owner is checked by the commit; an expired lock of the worker itself still counts. */
  private async finish(id: string, workerId: string, userId: string | null, refusal: string, command: Command) {
    const known = this.unitOfWork.instanceOf(id);
    const processInstanceId = known ?? (await this.held(id, workerId, refusal)).processInstanceId;
    const guards = [{ kind: 'externalTask', id, holder: workerId } as const];
    try {
      await this.unitOfWork.run(processInstanceId, command, { userId, guards });
    } catch (error) {
      // Says what is wrong: somebody else has the task, or it's gone.
      if (error instanceof GuardFailed || error instanceof NotFoundError) await this.held(id, workerId, refusal);
      throw error instanceof SuspendedError ? refused(error.message) : error;
    }
  }

  private async held(id: string, workerId: string, refusal: string): Promise<Held> {
    const held = await this.find(id);
    if (held.workerId !== workerId) throw lockedByOther(id, held, workerId, refusal);
    return held;
  }

  private async find(id: string): Promise<Held> {
    const [held] = await this.database.query<Held>(
      `SELECT process_instance_id AS "processInstanceId", topic_name AS "topicName", worker_id AS "workerId",
         lock_expires_at AS "lockExpiresAt", suspended
       FROM external_task WHERE id = $1`,
      [id],
    );
    if (!held) throw unknownTask(id);
    return held;
  }
}

function toFetchRequest(body: FetchExternalTasksDto, { version = null, onlyPinned = false }: Asking): FetchRequest {
  return {
    workerId: body.workerId,
    workerVersion: version,
    onlyPinned,
    maxTasks: body.maxTasks ?? 0,
    createTimeOrder: body.sorting?.[0]?.sortOrder ?? null,
    topics: (body.topics ?? []).map(toFetchTopic),
  };
}

function toFetchTopic(topic: FetchTopicDto): FetchTopic {
  const ids = both(topic.processDefinitionId, topic.processDefinitionIdIn);
  const keys = both(topic.processDefinitionKey, topic.processDefinitionKeyIn);
  return {
    topicName: topic.topicName,
    lockDurationMs: topic.lockDuration,
    variables: topic.variables ?? null,
    localVariables: topic.localVariables ?? false,
    deserializeValues: topic.deserializeValues ?? false,
    includeExtensionProperties: topic.includeExtensionProperties ?? false,
    filter: {
      ...(typeof topic.businessKey === 'string' && { businessKey: topic.businessKey }),
      ...(ids && { processDefinitionIds: ids }),
      ...(keys && { processDefinitionKeys: keys }),
      ...(typeof topic.processDefinitionVersionTag === 'string' && { versionTag: topic.processDefinitionVersionTag }),
      ...(topic.withoutTenantId && { withoutTenantId: true }),
      ...(topic.tenantIdIn && { tenantIds: topic.tenantIdIn }),
      ...(topic.processVariables && { processVariables: topic.processVariables }),
    },
  };
}

/** The values that fulfil both the single value and the list; null when neither is given. */
function both(one: string | null | undefined, many: readonly string[] | null | undefined): readonly string[] | null {
  if (one === null || one === undefined) return many ?? null;
  return !many || many.includes(one) ? [one] : [];
}

function checkRetries(retries: number | null | undefined): number {
  if (retries === null || retries === undefined) throw invalidRequest('The number of retries cannot be null');
  if (retries < 0) throw invalidRequest(`The number of retries cannot be negative, got ${retries}`);
  return retries;
}

function unknownTask(id: string): RestError {
  return refused(`External task with id ${id} does not exist`, 404);
}

function lockedByOther(id: string, held: Held, workerId: string, refusal: string): RestError {
  const owner = held.workerId === null ? 'nobody' : `worker '${held.workerId}'`;
  return refused(`External task ${id} ${refusal} '${workerId}': it is locked by ${owner}`);
}
