import type { ActivityView } from '../behaviors/behavior.js';
import { InvalidCommandError } from '../errors.js';
import type { TaskListener } from '../model/process-model.js';
import type { TaskFacts } from '../ports.js';
import { evaluateSource, viewOf } from './evaluation.js';
import type { Run } from './run.js';
import { taskVariablesAt } from './scope-variables.js';
import type { ActivityNode, TaskState } from './state.js';

type TaskEventName = TaskListener['event'];

export function taskListenersOf(run: Run, node: ActivityNode): readonly TaskListener[] {
  const element = run.elementOf(node);
  return element.behavior.taskListeners?.(element) ?? [];
}

/**
 * Runs the task listeners of an event, in the order of the model.
 * @param listenerId only the one whose timer has come
 * @throws EvaluationError, BpmnErrorSignal
 */
export function runTaskListeners(run: Run, nodeId: string, eventName: TaskEventName, listenerId?: string): void {
  const node = run.state.node(nodeId);
  if (!node.task || run.skipListeners) return;
  for (const { event, id, source } of taskListenersOf(run, node)) {
    const { task } = run.state.node(nodeId);
    if (!task) return;
    if (event !== eventName || (listenerId !== undefined && id !== listenerId)) continue;
    evaluateSource(source, taskView(run, run.state.node(nodeId), task, eventName));
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
    change: (attributes) => changeTask(run, nodeId, attributes),
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
