import type { ActivityView } from '../behaviors/behavior.js';
import { InvalidCommandError } from '../errors.js';
import type { TaskListener } from '../model/process-model.js';
import type { TaskFacts } from '../ports.js';
import { viewOf } from './evaluation.js';
import { linkIdentity, unlinkIdentity } from './identity-links.js';
import { evaluate, handToWorker, workerFor } from './listeners.js';
import type { Run } from './run.js';
import { taskVariablesAt } from './scope-variables.js';
import type { ActivityNode, TaskEvent, TaskState } from './state.js';

export function taskListenersOf(run: Run, node: ActivityNode): readonly TaskListener[] {
  const element = run.elementOf(node);
  return element.behavior.taskListeners?.(element) ?? [];
}

/**
 * Tells the task listeners what has happened to their task. While a worker does one of them it waits until they hear it.
 * @returns whether they all have heard it; if not, `listenerDone` goes on
 * @throws EvaluationError, BpmnErrorSignal
 */
export function taskListenersHear(run: Run, nodeId: string, happened: TaskEvent): boolean {
  const { listener } = run.state.node(nodeId);
  if (listener?.then.do !== 'task') return hearTaskEvents(run, nodeId, [happened]);
  const then = { ...listener.then, waiting: [...listener.then.waiting, happened] };
  run.state.edit(nodeId).listener = { ...listener, then };
  return false;
}

/**
 * One event after the other, each with what follows from it: a task that has a new assignee was assigned.
 * @param from the first listener to hear the first event; those before it have
 * @returns whether they all have heard everything; after a completion nothing else matters
 */
export function hearTaskEvents(run: Run, nodeId: string, events: readonly TaskEvent[], from = 0): boolean {
  let first = from;
  for (let waiting = events; waiting.length > 0; first = 0) {
    const [current, ...later] = waiting as readonly [TaskEvent, ...TaskEvent[]];
    if (!runTaskListeners(run, nodeId, current, later, first)) return false;
    if (current.event === 'complete') return true;
    waiting = [...followingFrom(run, nodeId, current), ...later];
  }
  return true;
}

function followingFrom(run: Run, nodeId: string, { event, assigneeBefore = null }: TaskEvent): readonly TaskEvent[] {
  if (event !== 'create' && event !== 'update') return [];
  const assignee = run.state.node(nodeId).task?.assignee ?? null;
  return assignee !== null && assignee !== assigneeBefore ? [{ event: 'assignment' }] : [];
}

/** In the order of the model, until one of them is a worker's. @returns whether all are done */
function runTaskListeners(
  run: Run,
  nodeId: string,
  current: TaskEvent,
  waiting: readonly TaskEvent[],
  from: number,
): boolean {
  const listeners = taskListenersOf(run, run.state.node(nodeId));
  for (let index = from; index < listeners.length; index++) {
    const listener = listeners[index]!;
    if (!hears(listener, current)) continue;
    const node = run.state.node(nodeId);
    if (!node.task) return true;
    const view = taskView(run, node, node.task, current.event);
    const worker = workerFor(listener, view);
    if (worker) {
      const then = { do: 'task', current, waiting } as const;
      handToWorker(run, nodeId, worker, view, { event: current.event, index, then }, { listenerTask: node.task.id });
      return false;
    }
    evaluate(listener, view);
  }
  return true;
}

function hears({ event, id }: TaskListener, happened: TaskEvent): boolean {
  return event === happened.event && (happened.listenerId === undefined || happened.listenerId === id);
}

/** Those of workers are left out: the task is gone, and nothing stays that could wait for them. */
export function taskListenersHearDeletion(run: Run, nodeId: string): void {
  if (run.skipListeners) return;
  const node = run.state.node(nodeId);
  for (const listener of node.task ? taskListenersOf(run, node) : []) {
    const { task } = run.state.node(nodeId);
    if (!task || listener.event !== 'delete') continue;
    const view = taskView(run, run.state.node(nodeId), task, 'delete');
    if (!workerFor(listener, view)) evaluate(listener, view);
  }
}

/** What a listener sees: `task` beside `execution`, and the task's own variables in front. */
function taskView(run: Run, node: ActivityNode, task: TaskState, eventName: string): ActivityView {
  const variables = taskVariablesAt(run, node, task);
  return viewOf(run, node, { eventName, variables, task: taskFacts(run, node, eventName) });
}

function taskFacts(run: Run, { id: nodeId, elementId }: ActivityNode, eventName: string): TaskFacts {
  const current = () => run.state.node(nodeId).task!; // it's there as long as its listeners run
  return {
    taskDefinitionKey: elementId,
    eventName,
    get id() {
      return current().id;
    },
    get name() {
      return current().name;
    },
    get assignee() {
      return current().assignee;
    },
    get owner() {
      return current().owner;
    },
    get priority() {
      return current().priority;
    },
    get description() {
      return current().description;
    },
    get dueDate() {
      return dateOf(current().dueDate);
    },
    get followUpDate() {
      return dateOf(current().followUpDate);
    },
    get createdAt() {
      return new Date(current().createdAt);
    },
    get delegationState() {
      return current().delegationState;
    },
    get identityLinks() {
      return current().identityLinks;
    },
    change: (attributes) => changeTask(run, nodeId, attributes),
    link: (link) => void linkIdentity(run, nodeId, link),
    unlink: (link) => unlinkIdentity(run, nodeId, link),
  };
}

function dateOf(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}

function changeTask(run: Run, nodeId: string, attributes: Parameters<TaskFacts['change']>[0]): void {
  const { dueDate, followUpDate, priority, ...texts } = attributes;
  const set = {
    ...Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, value == null ? null : String(value)])),
    ...('dueDate' in attributes && { dueDate: asDate(dueDate) }),
    ...('followUpDate' in attributes && { followUpDate: asDate(followUpDate) }),
    ...('priority' in attributes && { priority: asPriority(priority) }),
  };
  const node = run.state.edit(nodeId);
  const task = node.task!;
  node.task = {
    ...task,
    ...set,
    dueDate: 'dueDate' in set ? (set.dueDate?.getTime() ?? null) : task.dueDate,
    followUpDate: 'followUpDate' in set ? (set.followUpDate?.getTime() ?? null) : task.followUpDate,
  };
  run.changes.update('userTask', task.id, set);
  run.changes.update('historicTask', task.id, set);
  if ('assignee' in set) run.changes.update('historicActivityInstance', nodeId, { assignee: node.task.assignee });
}

function asDate(value: unknown): Date | null {
  if (value === null || value === undefined) return null;
  const date = value instanceof Date ? value : new Date(String(value));
  if (!Number.isNaN(date.getTime())) return date;
  throw new InvalidCommandError(`Expected a date for the task, but it is '${String(value)}'`);
}

function asPriority(value: unknown): number {
  const priority = Number(value);
  if (Number.isInteger(priority)) return priority;
  throw new InvalidCommandError(`Expected the priority of the task to be a whole number, but it is '${String(value)}'`);
}
