import type { BackoffOptions } from './backoff.js';
import type { FailureReport, LockedTaskDto } from './engine-client.js';
import type { Logger } from './logger.js';
import type { RetryDecision } from './retry-policy.js';
import type { WorkerEvent } from './task.js';
import type { VariableDtos } from './typed-value.js';

/** What a transport needs to know about a subscription. */
export interface SubscribedTopic {
  readonly topicName: string;
  /** False once it's unsubscribed; its handlers may still run. */
  readonly isActive: boolean;
  /** How many of its tasks may run at once, and how many do. */
  readonly maxTasks: number;
  readonly running: number;
  readonly lockDurationMs: number;
  /** The names of the variables that are wanted; undefined for all. */
  readonly variables: readonly string[] | undefined;
  /** The topic's entry in the body of fetchAndLock. */
  readonly request: Readonly<Record<string, unknown>>;
}

/** What a worker's own side offers to its transport. */
export interface TransportOptions {
  readonly logger: Logger;
  readonly emit: (event: WorkerEvent) => void;
  readonly backoff: BackoffOptions;
  readonly maxTasks: number;
  /** Gets every task, and counts it as running before it returns; resolves when its handler ended and was reported. */
  readonly onTask: (topicName: string, task: LockedTaskDto) => Promise<void>;
}

/** How a task ended well, with what is to be done if the server can't take it. */
export interface Outcome {
  readonly variables: VariableDtos;
  /** What the subscription's retry policy says of a result that is refused. */
  readonly ifRefused: () => RetryDecision;
}

/**
 * Tells the server about a task. Each call resolves once the report is in safe hands, and rejects with EngineRestError
 * (refused) or ConnectionError (nobody there, or nobody knows).
 */
export interface TaskReports {
  complete(task: LockedTaskDto, outcome: Outcome & { readonly localVariables: VariableDtos }): Promise<void>;
  failure(task: LockedTaskDto, report: FailureReport): Promise<void>;
  bpmnError(
    task: LockedTaskDto,
    error: Outcome & { readonly errorCode: string; readonly errorMessage: string },
  ): Promise<void>;
  /** Sets the lock to this time from now, in milliseconds. */
  extendLock(task: LockedTaskDto, lockDurationMs: number): Promise<void>;
  /** The content of a File or Bytes variable of the process instance. */
  readFile(processInstanceId: string, variableName: string): Promise<Uint8Array>;
}

/** How tasks come in and reports go out. */
export interface Transport {
  readonly reports: TaskReports;
  /** Looks for tasks of every topic that can take some; called again whenever that may have changed. */
  pump(): void;
  topicAdded(): void;
  topicRemoved(topic: SubscribedTopic): void;
  /** Takes nothing more. Resolves when nothing is under way but the handlers. */
  end(): Promise<void>;
  /** Lets go of connections, once the last report was sent or given up. Never rejects. */
  close(): Promise<void>;
}
