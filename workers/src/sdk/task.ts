import type { LockedTaskDto } from './engine-client.js';
import type { Logger } from './logger.js';
import type { RetryBackoff, RetryPolicy } from './retry-policy.js';
import type { VariableDtos } from './typed-value.js';

/** One delivery of an external task. The same task can be delivered again: after a failure, a lost lock, a crash. */
export interface Task<In extends object = Record<string, unknown>> extends Omit<LockedTaskDto, 'variables'> {
  /** Native values, e.g. `task.variables.amount`. A variable that the process doesn't have is missing. */
  readonly variables: Readonly<In>;
  /** The same variables as the server sent them, with their types. */
  readonly typedVariables: VariableDtos;
}

export interface TaskContext {
  /**
   * Aborted when the lock is lost or `stop` ran out of time: then the result is not sent any more, so a handler had
   * better end. Hand it to `fetch` and the like.
   */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Sets the lock to this time from now and keeps it at that from then on, in milliseconds. */
  extendLock(lockDurationMs: number): Promise<void>;
}

/** What a handler returns when it also sets variables that only the task's own activity sees. */
export class TaskResult<Out extends object = Record<string, unknown>> {
  constructor(
    readonly variables: Out,
    readonly localVariables: object,
  ) {}
}

/** The variables to set in the process, and those to set in the task's own scope (e.g. for output mappings). */
export function withLocal<Out extends object>(variables: Out, localVariables: object): TaskResult<Out> {
  return new TaskResult(variables, localVariables);
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler may simply end without a return
export type HandlerResult<Out extends object> = Out | TaskResult<Out> | void;

/**
 * Does the work of one task and returns the variables to set. Throws BpmnError for a modelled outcome, FailedTask for a
 * failure with its own retries; anything else that is thrown is a failure under the subscription's retry policy.
 */
export type Handler<In extends object = Record<string, unknown>, Out extends object = Record<string, unknown>> = (
  task: Task<In>,
  context: TaskContext,
) => HandlerResult<Out> | Promise<HandlerResult<Out>>;

/** How a topic is fetched and worked on. Filters are engine-rest's own; see its fetchAndLock. */
export interface SubscriptionOptions {
  /** How many tasks of this topic run at once. Default: as many as the worker's `maxTasks`. */
  readonly maxTasks?: number;
  /** Default: the worker's. The lock is extended at half of this time as long as the handler runs. */
  readonly lockDurationMs?: number;
  readonly retry?: RetryBackoff | RetryPolicy;
  /** The variables to fetch. Default: all that the task sees. */
  readonly variables?: readonly string[];
  /** Fetch only the variables of the task's own scope. */
  readonly localVariables?: boolean;
  readonly includeExtensionProperties?: boolean;
  readonly businessKey?: string;
  readonly processDefinitionId?: string;
  readonly processDefinitionIdIn?: readonly string[];
  readonly processDefinitionKey?: string;
  readonly processDefinitionKeyIn?: readonly string[];
  readonly processDefinitionVersionTag?: string;
  readonly withoutTenantId?: boolean;
  readonly tenantIdIn?: readonly string[];
}

/** What happened, for metrics and tests. Listeners are called synchronously; what they throw is logged. */
export type WorkerEvent =
  | { readonly type: 'fetched'; readonly taskIds: readonly string[] }
  | { readonly type: 'started' | 'completed'; readonly taskId: string; readonly topic: string }
  | { readonly type: 'failed'; readonly taskId: string; readonly topic: string; readonly retries: number }
  | { readonly type: 'bpmnError'; readonly taskId: string; readonly topic: string; readonly errorCode: string }
  | { readonly type: 'lockLost'; readonly taskId: string; readonly topic: string }
  | { readonly type: 'disconnected'; readonly pauseMs: number; readonly error: unknown }
  | { readonly type: 'reconnected' };
