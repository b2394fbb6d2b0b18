import { seenWith } from '../behaviors/shared/seen-with.js';
import { EvaluationError, InvalidCommandError, NotFoundError, SuspendedError } from '../errors.js';
import type { Command } from './commands.js';
import { viewOf } from './evaluation.js';
import { closeIncidents, openIncident } from './incidents.js';
import { resume } from './lifecycle.js';
import { listenerDone, listenerThrewError } from './listener-done.js';
import { endWorkerTask } from './listeners.js';
import type { Run } from './run.js';
import { setVariables, setVariablesLocal } from './scope-variables.js';
import type { ActivityNode, ExternalTaskState } from './state.js';
import { fromNative } from './typed-value.js';
import { logExternalTask } from './work-log.js';

type ExternalTaskCommand<K extends Command['kind']> = Extract<Command, { kind: K }>;

interface Found {
  readonly node: ActivityNode;
  readonly task: ExternalTaskState;
}

function findExternalTask(run: Run, id: string): Found {
  const node = run.state.waitingFor(id);
  if (node?.externalTask?.id === id) return { node, task: node.externalTask };
  throw new NotFoundError(`Expected an external task '${id}', but there is none`, { externalTaskId: id });
}

function activeExternalTask(run: Run, id: string): Found {
  if (run.state.header.suspended)
    throw new SuspendedError(`Expected external task '${id}' to be active, but its process instance is suspended`, {
      externalTaskId: id,
    });
  return findExternalTask(run, id);
}

export function completeExternalTask(run: Run, command: ExternalTaskCommand<'completeExternalTask'>): void {
  const { node, task } = activeExternalTask(run, command.externalTaskId);
  if (takesAnswer(run, node)) {
    taskCompleted(run, node, task);
    endWorkerTask(run, node.id);
    resume(run, node.id, { kind: 'externalTask', variables: { ...command.variables, ...command.localVariables } });
    return;
  }
  setVariables(run, node.id, command.variables);
  setVariablesLocal(run, node.id, command.localVariables);
  const errorCode = node.listener ? null : raisedError(run, node.id, { workerId: command.workerId ?? null });
  if (errorCode !== null) return throwRaised(run, node.id, errorCode);
  taskCompleted(run, node, task);
  if (node.listener) listenerDone(run, node.id, node.listener);
  else resume(run, node.id, { kind: 'externalTask', variables: command.variables });
}

/** Whether the behavior itself, instead of the variables, gets what the worker answers; never that of a listener. */
function takesAnswer(run: Run, node: ActivityNode): boolean {
  return !node.listener && run.elementOf(node).behavior.takesAnswer === true;
}

function taskCompleted(run: Run, node: ActivityNode, task: ExternalTaskState): void {
  run.completedTasks.add(task.id);
  logExternalTask(run, node, task, 'successful');
}

/**
 * The error of the first rule of the model that holds. The rules see the task as `externalTask`.
 * @param known what is known of the task beside its state
 * @throws EvaluationError
 */
function raisedError(
  run: Run,
  nodeId: string,
  known: { readonly workerId: string | null; readonly retries?: number },
): string | null {
  const node = run.state.node(nodeId);
  const element = run.elementOf(node);
  const rules = node.listener ? [] : (element.behavior.errorRules?.(element) ?? []);
  if (rules.length === 0) return null;
  const view = viewOf(run, node);
  const { id, topicName, priority, errorMessage = null, errorDetails = null } = node.externalTask!;
  const externalTask = fromNative({
    id,
    topicName,
    priority,
    errorMessage,
    errorDetails,
    activityId: element.id,
    ...known,
  });
  const get = (name: string) => (name === 'externalTask' ? externalTask : view.variables.get(name));
  const seen = seenWith(view, { get });
  return rules.find(({ condition }) => condition(seen))?.errorCode ?? null;
}

function throwRaised(run: Run, nodeId: string, errorCode: string): void {
  const errorMessage = run.state.node(nodeId).externalTask?.errorMessage ?? null;
  run.next({ op: 'throwError', nodeId, errorCode, errorMessage });
}

export function throwExternalTaskError(run: Run, command: ExternalTaskCommand<'throwExternalTaskError'>): void {
  const { node } = activeExternalTask(run, command.externalTaskId);
  const { errorCode, errorMessage } = command;
  const element = run.elementOf(node);
  if (takesAnswer(run, node)) element.behavior.calledFailed?.(element, viewOf(run, node), command.variables ?? {});
  else setVariables(run, node.id, command.variables);
  if (node.listener) return listenerThrewError(run, node.id, node.listener, errorCode, errorMessage);
  run.next({ op: 'throwError', nodeId: node.id, errorCode, errorMessage });
}

/** The worker failed: the task is free again after the timeout, or an incident when no retries are left. */
export function failExternalTask(run: Run, command: ExternalTaskCommand<'failExternalTask'>): void {
  const { externalTaskId, retries, retryTimeoutMs, errorMessage, errorDetails } = command;
  requireRetries(retries);
  if (!(retryTimeoutMs >= 0))
    throw new InvalidCommandError(`Expected a retry timeout of at least 0 ms, but it is ${retryTimeoutMs}`);
  const { node, task } = activeExternalTask(run, externalTaskId);
  if (!takesAnswer(run, node)) setVariables(run, node.id, command.variables);
  setVariablesLocal(run, node.id, command.localVariables);
  const failureLogId = logExternalTask(run, node, task, 'failed', { errorMessage, errorDetails });
  run.state.edit(node.id).externalTask = { ...task, errorMessage, errorDetails, failureLogId };
  const errorCode = raisedErrorOrNone(run, node.id, { workerId: command.workerId ?? null, retries });
  if (errorCode !== null) return throwRaised(run, node.id, errorCode);
  const lockExpiresAt = new Date(run.now.getTime() + retryTimeoutMs);
  run.changes.update('externalTask', externalTaskId, { retries, errorMessage, errorDetails, lockExpiresAt });
  manageIncident(run, node.id, externalTaskId, retries, errorMessage);
}

/** A rule that can't be evaluated must not hide the failure itself. */
function raisedErrorOrNone(...about: Parameters<typeof raisedError>): string | null {
  try {
    return raisedError(...about);
  } catch (error) {
    if (error instanceof EvaluationError) return null;
    throw error;
  }
}

export function setExternalTaskRetries(run: Run, command: ExternalTaskCommand<'setExternalTaskRetries'>): void {
  const { externalTaskId, retries } = command;
  requireRetries(retries);
  const { node } = findExternalTask(run, externalTaskId);
  run.changes.update('externalTask', externalTaskId, { retries });
  manageIncident(run, node.id, externalTaskId, retries, null);
}

function manageIncident(run: Run, nodeId: string, taskId: string, retries: number, message: string | null): void {
  const node = run.state.node(nodeId);
  const fits = ({ configuration }: { configuration: string | null }) => configuration === taskId;
  if (retries > 0) closeIncidents(run, node, fits, 'resolved');
  else if (!node.incidents?.some(fits))
    openIncident(run, nodeId, {
      type: 'failedExternalTask',
      message,
      elementId: node.elementId,
      failedElementId: node.elementId,
      configuration: taskId,
      historyConfiguration: node.externalTask?.failureLogId ?? null,
    });
}

function requireRetries(retries: number): void {
  if (!Number.isInteger(retries) || retries < 0)
    throw new InvalidCommandError(`Expected retries to be a whole number of at least 0, but they are ${retries}`);
}
