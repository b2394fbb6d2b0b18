/**
 * Thrown by a handler: a business outcome that the model catches by its error code (an error boundary event, an error
 * event sub-process). Without a catching event the execution ends, as in Camunda 7.
 */
export class BpmnError extends Error {
  constructor(
    readonly errorCode: string,
    message?: string,
    /** Set in the scope that catches the error. */
    readonly variables: Readonly<Record<string, unknown>> = {},
  ) {
    super(message ?? errorCode);
    this.name = 'BpmnError';
    if (errorCode === '') throw new TypeError('Expected a BPMN error code, but it is empty');
  }
}

export interface FailedTaskOptions {
  /** Attempts that are left; 0 makes an incident. Without it the subscription's retry policy decides. */
  readonly retries?: number;
  /** How long nobody gets the task again, in milliseconds. Without it the subscription's retry policy decides. */
  readonly retryTimeoutMs?: number;
  readonly cause?: unknown;
}

/** Thrown by a handler: a technical failure that decides itself whether and when it is tried again. */
export class FailedTask extends Error {
  readonly retries: number | undefined;
  readonly retryTimeoutMs: number | undefined;

  constructor(message: string, options: FailedTaskOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FailedTask';
    this.retries = options.retries;
    this.retryTimeoutMs = options.retryTimeoutMs;
  }
}

/** The reason of an aborted `context.signal` when the task's lock is no longer ours. */
export class LockLostError extends Error {
  constructor(externalTaskId: string, reason: string) {
    super(`The lock of external task '${externalTaskId}' is lost: ${reason}`);
    this.name = 'LockLostError';
  }
}

/** The reason of an aborted `context.signal` when `stop` waited as long as it was allowed to. */
export class WorkerStoppedError extends Error {
  constructor(workerId: string) {
    super(`Worker '${workerId}' was stopped before its handlers ended`);
    this.name = 'WorkerStoppedError';
  }
}

/** The server answered, but not with success. `type` is the server's exception name, e.g. `RestException`. */
export class EngineRestError extends Error {
  constructor(
    readonly request: string,
    readonly status: number,
    readonly type: string | undefined,
    readonly serverMessage: string,
    /** From the `Retry-After` header. */
    readonly retryAfterMs?: number,
  ) {
    super(`${request} was answered with ${status}${type === undefined ? '' : ` ${type}`}: ${serverMessage}`);
    this.name = 'EngineRestError';
  }
}

/** No answer: connection refused or broken, name not found, time limit passed, or an answer that isn't engine-rest's. */
export class ConnectionError extends Error {
  constructor(
    readonly request: string,
    reason: string,
    cause?: unknown,
  ) {
    super(`${request} got no answer: ${reason}`, { cause });
    this.name = 'ConnectionError';
  }
}
