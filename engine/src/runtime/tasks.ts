import { ExecutionError, InvalidCommandError, NotFoundError, SuspendedError } from '../errors.js';
import { catchingErrors } from './catching-errors.js';
import type { Command, TaskAttributes } from './commands.js';
import { isCaught } from './escalation.js';
import { linkIdentity, unlinkIdentity } from './identity-links.js';
import { resume } from './lifecycle.js';
import type { Run } from './run.js';
import { removeTaskVariable, setTaskVariable, setVariables, taskVariablesAt } from './scope-variables.js';
import type { ActivityNode, TaskState } from './state.js';
import { taskListenersHear } from './task-listeners.js';

type TaskCommand<K extends Command['kind']> = Extract<Command, { kind: K }>;

function findTask(run: Run, taskId: string): { readonly node: ActivityNode; readonly task: TaskState } {
  const node = run.state.waitingFor(taskId);
  if (node?.task?.id === taskId) return { node, task: node.task };
  throw new NotFoundError(`Expected a task '${taskId}', but there is none`, { taskId });
}

/** A task that can be worked on. @throws SuspendedError */
function activeTask(run: Run, taskId: string) {
  const found = findTask(run, taskId);
  if (run.state.header.suspended)
    throw new SuspendedError(`Expected task '${taskId}' to be active, but its process instance is suspended`, {
      taskId,
    });
  return found;
}

/** A worker's listener comes before the end of its task. @throws InvalidCommandError */
function requireQuiet({ listener, externalTask }: ActivityNode, { id: taskId }: TaskState): void {
  if (!listener) return;
  throw new InvalidCommandError(
    `Expected the listeners of task '${taskId}' to be done, but '${externalTask?.topicName}' for ${listener.event} waits for a worker`,
    { taskId, externalTaskId: externalTask?.id },
  );
}

export function completeTask(run: Run, { taskId, variables }: TaskCommand<'completeTask'>): void {
  const { node, task } = activeTask(run, taskId);
  if (task.delegationState === 'PENDING')
    throw new InvalidCommandError(`Expected task '${taskId}' to be resolved by its delegate before it is completed`, {
      taskId,
    });
  requireQuiet(node, task);
  setVariables(run, node.id, variables);
  catchingErrors(run, node.id, () => {
    const isDone = taskListenersHear(run, node.id, { event: 'complete' });
    if (isDone) resume(run, node.id, { kind: 'task', variables });
  });
}

export function throwTaskError(
  run: Run,
  { taskId, errorCode, errorMessage, variables }: TaskCommand<'throwTaskError'>,
): void {
  const { node } = activeTask(run, taskId);
  setVariables(run, node.id, variables);
  run.next({ op: 'throwError', nodeId: node.id, errorCode, errorMessage });
}

/** Other than in the model, somebody must catch it. @throws ExecutionError */
export function escalateTask(run: Run, { taskId, escalationCode, variables }: TaskCommand<'escalateTask'>): void {
  const { node } = activeTask(run, taskId);
  if (!isCaught(run, node.id, escalationCode))
    throw new ExecutionError(
      `Expected escalation '${escalationCode}' of task '${taskId}' to be caught, but no event catches it`,
      { taskId, escalationCode },
    );
  setVariables(run, node.id, variables);
  run.next({ op: 'escalate', nodeId: node.id, code: escalationCode, ends: null });
}

export function updateTask(run: Run, { taskId, set, operation }: TaskCommand<'updateTask'>): void {
  const { node, task } = activeTask(run, taskId);
  if (operation === 'claim' && task.assignee !== null && task.assignee !== set.assignee)
    throw new InvalidCommandError(`Expected task '${taskId}' to be free, but '${task.assignee}' has claimed it`, {
      taskId,
      assignee: task.assignee,
    });
  const changed = { ...task, ...asState(set) };
  run.state.edit(node.id).task = changed;
  run.changes.update('userTask', taskId, { ...set, updatedAt: run.now });
  const { delegationState: _, ...historic } = set;
  run.changes.update('historicTask', taskId, historic);
  if (set.assignee !== undefined) run.changes.update('historicActivityInstance', node.id, { assignee: set.assignee });
  taskUpdated(run, node.id, task.assignee);
}

/** Tells the listeners that somebody changed the task, and then that it has another assignee than before. */
function taskUpdated(run: Run, nodeId: string, assigneeBefore: string | null): void {
  catchingErrors(run, nodeId, () => taskListenersHear(run, nodeId, { event: 'update', assigneeBefore }));
}

function asState({ dueDate, followUpDate, ...rest }: TaskAttributes): Partial<TaskState> {
  return {
    ...rest,
    ...(dueDate !== undefined && { dueDate: dueDate?.getTime() ?? null }),
    ...(followUpDate !== undefined && { followUpDate: followUpDate?.getTime() ?? null }),
  };
}

export function addIdentityLink(run: Run, { taskId, type, userId, groupId }: TaskCommand<'addIdentityLink'>): void {
  const { node, task } = activeTask(run, taskId);
  if (linkIdentity(run, node.id, { type, userId, groupId })) taskUpdated(run, node.id, task.assignee);
}

export function removeIdentityLink(
  run: Run,
  { taskId, type, userId, groupId }: TaskCommand<'removeIdentityLink'>,
): void {
  const { node, task } = activeTask(run, taskId);
  unlinkIdentity(run, node.id, { type, userId, groupId });
  taskUpdated(run, node.id, task.assignee);
}

export function setTaskVariables(run: Run, { taskId, set, remove, local }: TaskCommand<'setTaskVariables'>): void {
  const { node, task } = findTask(run, taskId);
  const visible = taskVariablesAt(run, node, task);
  for (const [name, value] of Object.entries(set ?? {}))
    if (local) setTaskVariable(run, node.id, name, value);
    else visible.set(name, value);
  for (const name of remove ?? [])
    if (local) removeTaskVariable(run, node.id, name);
    else visible.remove(name);
  taskUpdated(run, node.id, task.assignee);
}
