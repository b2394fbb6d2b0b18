export type { BackoffOptions } from './backoff.js';
export type { Auth } from './engine-client.js';
export {
  BpmnError,
  ConnectionError,
  EngineRestError,
  FailedTask,
  type FailedTaskOptions,
  LockLostError,
  WorkerStoppedError,
} from './errors.js';
export { type Logger, stderrLogger } from './logger.js';
export { exponentialRetries, type RetryBackoff, type RetryDecision, type RetryPolicy } from './retry-policy.js';
export {
  type Handler,
  type HandlerResult,
  type SubscriptionOptions,
  type Task,
  type TaskContext,
  TaskResult,
  type WorkerEvent,
  withLocal,
} from './task.js';
export {
  type FileOptions,
  type ObjectOptions,
  TypedValue,
  typed,
  type VariableDto,
  type VariableDtos,
} from './typed-value.js';
export type { FileVariable } from './variables.js';
export {
  type BullmqWorkerOptions,
  createWorker,
  type RestWorkerOptions,
  type StopOptions,
  type Subscription,
  Worker,
  type WorkerOptions,
} from './worker.js';
