import { type BackoffOptions, isCallersFault, isLoginProblem, pause, pauseAfter } from './backoff.js';
import type { LockedTaskDto } from './engine-client.js';
import { BpmnError, ConnectionError, EngineRestError, FailedTask, LockLostError } from './errors.js';
import { LockKeeper } from './lock-keeper.js';
import type { Logger } from './logger.js';
import type { RetryPolicy } from './retry-policy.js';
import { type Handler, type Task, TaskResult, type WorkerEvent } from './task.js';
import type { TaskReports } from './transport.js';
import { decodeVariables, encodeVariables } from './variables.js';

/** A 500 can be the process's own fault (a script behind the task throws): after so many it is reported as a failure. */
const SERVER_ERRORS_UNTIL_FAILURE = 5;

export interface TaskRunOptions {
  readonly reports: TaskReports;
  readonly logger: Logger;
  readonly emit: (event: WorkerEvent) => void;
  readonly backoff: BackoffOptions;
  readonly handler: Handler;
  readonly retryPolicy: RetryPolicy;
  readonly lockDurationMs: number;
}

/** What became of a report: taken, refused for its content, or pointless because the task isn't ours any more. */
type Delivery = { readonly kind: 'accepted' | 'gone' } | { readonly kind: 'refused'; readonly error: EngineRestError };

/** One delivery of a task: runs the handler under a lock that is kept, and reports how it ended. */
export class TaskRun {
  private readonly abortion = new AbortController();
  private readonly keeper: LockKeeper;
  /** True once the server has taken a report: what it says about the lock after that means nothing. */
  private isReported = false;

  constructor(
    private readonly dto: LockedTaskDto,
    private readonly options: TaskRunOptions,
  ) {
    const { reports, lockDurationMs, logger } = options;
    this.keeper = new LockKeeper(reports, dto, lockDurationMs, logger, (error) => this.abortion.abort(error));
  }

  /** Aborts the handler's signal; nothing is reported any more. */
  abort(reason: Error): void {
    this.abortion.abort(reason);
  }

  /** Never rejects: whatever goes wrong is reported to the server or logged. */
  async run(): Promise<void> {
    const { emit, logger } = this.options;
    const { id: taskId, topicName: topic } = this.dto;
    try {
      emit({ type: 'started', taskId, topic });
      await this.work();
    } catch (error) {
      logger.error('a task could not be reported', { taskId, topic, reason: String(error) });
    } finally {
      this.keeper.end();
    }
    if (!this.isReported && this.abortion.signal.reason instanceof LockLostError) {
      logger.warn('result not sent, the lock is lost', { taskId, topic, reason: this.abortion.signal.reason.message });
      emit({ type: 'lockLost', taskId, topic });
    }
  }

  private async work(): Promise<void> {
    const outcome = await this.callHandler();
    if (this.abortion.signal.aborted) return;
    if ('error' in outcome) {
      if (outcome.error instanceof BpmnError) return this.reportBpmnError(outcome.error);
      return this.reportFailure(outcome.error);
    }
    const { reports, emit } = this.options;
    const { id: taskId, topicName: topic } = this.dto;
    const ifRefused = () => this.decide(new Error('the result was refused'));
    const delivery = await this.deliver(() => reports.complete(this.dto, { ...outcome, ifRefused }));
    if (delivery.kind === 'accepted') emit({ type: 'completed', taskId, topic });
    // When the refusal was about the result, the failure is taken and seen; when the lock is lost, it's refused as well.
    else if (delivery.kind === 'refused') await this.reportFailure(delivery.error);
  }

  private async callHandler() {
    try {
      const result = await this.options.handler(this.task(), {
        signal: this.abortion.signal,
        logger: this.options.logger,
        extendLock: (lockDurationMs) => this.keeper.extendTo(lockDurationMs),
      });
      const { variables, localVariables } =
        result instanceof TaskResult ? result : new TaskResult(requireObject(result ?? {}), {});
      return { variables: encodeVariables(variables), localVariables: encodeVariables(localVariables) };
    } catch (error) {
      return { error };
    }
  }

  private task(): Task {
    const typedVariables = this.dto.variables ?? {};
    const { reports } = this.options;
    const variables = decodeVariables(typedVariables, (name) => reports.readFile(this.dto.processInstanceId, name));
    return { ...this.dto, typedVariables, variables };
  }

  private async reportBpmnError(error: BpmnError): Promise<void> {
    const { reports, emit } = this.options;
    const { id: taskId, topicName: topic } = this.dto;
    const ifRefused = () => this.decide(error);
    const { errorCode, message: errorMessage } = error;
    let variables: ReturnType<typeof encodeVariables>;
    try {
      variables = encodeVariables(error.variables);
    } catch (encodingError) {
      return this.reportFailure(encodingError);
    }
    const delivery = await this.deliver(() =>
      reports.bpmnError(this.dto, { errorCode, errorMessage, variables, ifRefused }),
    );
    if (delivery.kind === 'accepted') emit({ type: 'bpmnError', taskId, topic, errorCode });
    else if (delivery.kind === 'refused') await this.reportFailure(delivery.error);
  }

  private async reportFailure(error: unknown): Promise<void> {
    const { reports, emit, logger } = this.options;
    const { id: taskId, topicName: topic } = this.dto;
    const { retries, retryTimeoutMs } = this.decide(error);
    const errorMessage = error instanceof Error ? error.message || error.name : String(error);
    const report = { errorMessage, errorDetails: detailsOf(error), retries, retryTimeout: retryTimeoutMs };
    const delivery = await this.deliver(() => reports.failure(this.dto, report));
    if (delivery.kind === 'refused') {
      this.abortion.abort(new LockLostError(taskId, delivery.error.message));
    } else if (delivery.kind === 'accepted') {
      logger.warn('task failed', { taskId, topic, retries, retryTimeoutMs, reason: errorMessage });
      emit({ type: 'failed', taskId, topic, retries });
    }
  }

  private decide(error: unknown) {
    const decision = this.options.retryPolicy(this.dto.retries, error);
    if (!(error instanceof FailedTask)) return decision;
    const retries = error.retries ?? decision.retries;
    return { retries, retryTimeoutMs: error.retryTimeoutMs ?? (retries === 0 ? 0 : decision.retryTimeoutMs) };
  }

  /**
   * Sends a report until the server has taken or refused it. After a request without an answer the server may have acted
   * on it, so a refusal of the repeated request then means that it's done, or that the task is another worker's.
   */
  private async deliver(send: () => Promise<void>): Promise<Delivery> {
    const { backoff, logger } = this.options;
    let uncertain = false;
    let serverErrors = 0;
    for (let failures = 1; !this.abortion.signal.aborted; failures++) {
      try {
        await send();
        this.isReported = true;
        return { kind: 'accepted' };
      } catch (error) {
        if (isCallersFault(error) && !isLoginProblem(error)) {
          if (uncertain) {
            this.isReported = true;
            logger.info('an earlier request was taken, or the task is gone', { taskId: this.dto.id });
            return { kind: 'gone' };
          }
          if ((error as EngineRestError).status !== 404) return { kind: 'refused', error: error as EngineRestError };
          this.abortion.abort(new LockLostError(this.dto.id, (error as Error).message));
          return { kind: 'gone' };
        }
        if (error instanceof EngineRestError && error.status === 500 && ++serverErrors >= SERVER_ERRORS_UNTIL_FAILURE) {
          return { kind: 'refused', error };
        }
        uncertain ||= mayHaveActed(error);
        const pauseMs = pauseAfter(error, failures, backoff);
        logger.warn('result not delivered, trying again', {
          taskId: this.dto.id,
          pauseMs,
          reason: (error as Error).message,
        });
        await pause(pauseMs, this.abortion.signal);
      }
    }
    return { kind: 'gone' };
  }
}

function mayHaveActed(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof EngineRestError && [502, 504].includes(error.status));
}

function requireObject(result: unknown): Record<string, unknown> {
  if (typeof result === 'object' && result !== null && !Array.isArray(result)) return result as Record<string, unknown>;
  const got = Array.isArray(result) ? 'an array' : `a ${typeof result}`;
  throw new TypeError(`Expected the handler to return an object of variables, but it returned ${got}`);
}

/** The stack with those of its causes. */
function detailsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? String(error);
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${detailsOf(error.cause)}`;
}
