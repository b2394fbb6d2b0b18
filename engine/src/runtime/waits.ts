import type { EventTrigger, TaskPlan, Wait } from '../behaviors/behavior.js';
import { timerConfiguration } from '../behaviors/shared/event-definition.js';
import { priorityOf } from '../behaviors/shared/priority.js';
import type { Element, TimerDefinition } from '../model/process-model.js';
import type { EvaluationContext } from '../ports.js';
import { resolveTimer } from '../time/resolve-timer.js';
import { viewOf } from './evaluation.js';
import { createExternalTask } from './external-task-creation.js';
import { insertIdentityLink } from './identity-links.js';
import { closeIncidents } from './incidents.js';
import { retryCycleOf } from './retry-cycles.js';
import type { Run } from './run.js';
import { dropVariables } from './scope-variables.js';
import type {
  ActivityNode,
  EventType,
  IdentityLinkState,
  JobState,
  JobType,
  SubscriptionState,
  TaskState,
} from './state.js';
import { taskListenersHear, taskListenersHearDeletion, taskListenersOf } from './task-listeners.js';
import { externalTaskGone, logJob } from './work-log.js';

export const DEFAULT_RETRIES = 3;

/** Makes an activity instance wait: creates what can wake it. */
export function waitFor(run: Run, nodeId: string, wait: Wait): void {
  switch (wait.kind) {
    case 'userTask':
      createTask(run, nodeId, wait.task);
      break;
    case 'externalTask':
      createExternalTask(run, nodeId, wait);
      break;
    case 'event':
      armEvent(run, nodeId, wait.element, wait.trigger, 'own');
      break;
    case 'nothing':
      break;
  }
}

/** Arms the boundary events of an activity and the event sub-processes of a scope. */
export function armAttachedEvents(run: Run, nodeId: string): void {
  const element = run.elementOf(run.state.node(nodeId));
  for (const boundary of element.boundaryEvents) armAttached(run, nodeId, boundary, 'boundary');
  for (const subProcess of element.eventSubProcesses)
    for (const start of subProcess.startEvents) armAttached(run, nodeId, start, 'eventSubProcess');
}

/** Arms one event at a node: its own, a boundary event's, an event sub-process's, or one behind a gateway. */
export function armAttached(
  run: Run,
  nodeId: string,
  element: Element,
  position = positionOf(run, nodeId, element),
): void {
  const trigger = element.behavior.trigger?.(element.config);
  if (trigger) armEvent(run, nodeId, element, trigger, position);
}

function positionOf(run: Run, nodeId: string, element: Element): Position {
  if (element.attachedTo) return 'boundary';
  const scope = run.elementOf(run.state.node(nodeId));
  return element.scope && scope.eventSubProcesses.includes(element.scope) ? 'eventSubProcess' : 'own';
}

/** The type that the job of a timer event at a node has. */
export function jobTypeOf(run: Run, nodeId: string, element: Element): JobType {
  return timerTypes[positionOf(run, nodeId, element)];
}

type Position = 'own' | 'boundary' | 'eventSubProcess';

const timerTypes: Record<Position, JobType> = {
  own: 'timer-intermediate-transition',
  boundary: 'timer-transition',
  eventSubProcess: 'timer-start-event-subprocess',
};

function armEvent(run: Run, nodeId: string, element: Element, trigger: EventTrigger, position: Position): void {
  const view = viewOf(run, run.state.node(nodeId));
  switch (trigger.kind) {
    case 'message':
      subscribe(run, nodeId, element, 'message', String(trigger.name.evaluate(view)));
      break;
    case 'timer': {
      const { due, cycle } = resolveTimer(trigger.timer.kind, trigger.timer.expression.evaluate(view), run.now);
      createJob(run, nodeId, element, {
        type: timerTypes[position],
        configuration: timerConfiguration(trigger.timer),
        dueDate: due,
        // an interrupting timer fires once, whatever its cycle says
        repeat: position === 'own' || element.interrupting ? null : (cycle ?? null),
      });
      break;
    }
    case 'signal':
      subscribe(run, nodeId, element, 'signal', String(trigger.name.evaluate(view)));
      break;
    case 'conditional':
      subscribe(run, nodeId, element, 'conditional', null);
      break;
    case 'escalation':
    case 'compensation':
    case 'cancel':
    case 'error': // needs no subscription: whoever throws looks for who catches
      break;
  }
}

function subscribe(run: Run, nodeId: string, element: Element, eventType: EventType, eventName: string | null): void {
  const node = run.state.edit(nodeId);
  const subscription: SubscriptionState = {
    id: run.env.newId(),
    eventType,
    eventName,
    elementId: element.id,
  };
  node.subscriptions = [...(node.subscriptions ?? []), subscription];
  const { header } = run.state;
  run.changes.insert('eventSubscription', {
    rootProcessInstanceId: header.rootProcessInstanceId,
    processInstanceId: header.id,
    processDefinitionId: header.definitionId,
    processDefinitionKey: header.definitionKey,
    tenantId: header.tenantId,
    id: subscription.id,
    eventType,
    eventName,
    elementId: element.id,
    activityInstanceId: nodeId,
    createdAt: run.now,
  });
}

export interface JobPlan {
  readonly type: JobType;
  readonly configuration: string;
  readonly dueDate: Date | null;
  readonly repeat: string | null;
}

export function createJob(run: Run, nodeId: string, element: Element, plan: JobPlan, listenerId?: string): void {
  const node = run.state.edit(nodeId);
  const view = viewOf(run, node);
  const id = run.env.newId();
  const retries = Math.max(1, retryCycleOf(run, node, element)?.retries ?? DEFAULT_RETRIES);
  const priority = jobPriority(element, view);
  const { type, dueDate, repeat } = plan;
  const job: JobState = {
    id,
    type,
    elementId: element.id,
    dueDate: dueDate?.getTime() ?? null,
    repeat,
    retries,
    hasFailed: false,
    ...(listenerId !== undefined && { listenerId }),
  };
  node.jobs = [...(node.jobs ?? []), job];
  const { header } = run.state;
  run.changes.insert('job', {
    id,
    rootProcessInstanceId: header.rootProcessInstanceId,
    processInstanceId: header.id,
    processDefinitionId: header.definitionId,
    processDefinitionKey: header.definitionKey,
    tenantId: header.tenantId,
    activityInstanceId: nodeId,
    type,
    configuration: plan.configuration,
    dueDate,
    repeat,
    elementId: element.id,
    retries,
    priority,
    exclusive: element.exclusive,
    suspended: header.suspended,
    createdAt: run.now,
    failedElementId: null,
    exceptionMessage: null,
    exceptionStacktrace: null,
    lockOwner: null,
    lockExpiresAt: null,
  });
  logJob(run, node, job, 'created', { priority });
}

function jobPriority({ id, jobPriority }: Element, view: EvaluationContext): number {
  return jobPriority ? priorityOf(jobPriority, view, { what: 'job priority', elementId: id }) : 0;
}

function createTask(run: Run, nodeId: string, plan: TaskPlan): void {
  const node = run.state.edit(nodeId);
  const links = candidateLinks(run, plan);
  const task: TaskState = {
    id: run.env.newId(),
    name: plan.name,
    description: plan.description,
    assignee: plan.assignee,
    owner: plan.owner,
    priority: plan.priority,
    dueDate: plan.dueDate?.getTime() ?? null,
    followUpDate: plan.followUpDate?.getTime() ?? null,
    delegationState: null,
    createdAt: run.now.getTime(),
    variables: {},
    identityLinks: links,
  };
  node.task = task;
  insertTask(run, node, task, plan);
  run.changes.update('historicActivityInstance', nodeId, { taskId: task.id, assignee: task.assignee });
  for (const link of links) insertIdentityLink(run, task.id, link);
  for (const { id, timer } of taskListenersOf(run, node)) if (timer && id !== null) armTimeout(run, nodeId, id, timer);
  taskListenersHear(run, nodeId, { event: 'create' });
}

/** Links, with new ids, to those who may claim a task. */
export function candidateLinks(run: Run, plan: TaskPlan): IdentityLinkState[] {
  const links: IdentityLinkState[] = [];
  for (const userId of plan.candidateUsers)
    links.push({ id: run.env.newId(), type: 'candidate', userId, groupId: null });
  for (const groupId of plan.candidateGroups)
    links.push({ id: run.env.newId(), type: 'candidate', userId: null, groupId });
  return links;
}

/** The rows of a new task. Written out, because spreading objects of this size costs several times as much. */
function insertTask(run: Run, node: ActivityNode, { id }: TaskState, plan: TaskPlan): void {
  const { header } = run.state;
  run.changes.insert('userTask', {
    id,
    rootProcessInstanceId: header.rootProcessInstanceId,
    processInstanceId: header.id,
    processDefinitionId: header.definitionId,
    processDefinitionKey: header.definitionKey,
    tenantId: header.tenantId,
    elementId: node.elementId,
    activityInstanceId: node.id,
    name: plan.name,
    description: plan.description,
    assignee: plan.assignee,
    owner: plan.owner,
    priority: plan.priority,
    dueDate: plan.dueDate,
    followUpDate: plan.followUpDate,
    delegationState: null,
    formKey: plan.formKey,
    formRef: plan.formRef,
    formRefBinding: plan.formRefBinding,
    formRefVersion: plan.formRefVersion,
    createdAt: run.now,
    updatedAt: null,
    suspended: header.suspended,
  });
  run.changes.insert('historicTask', {
    id,
    rootProcessInstanceId: header.rootProcessInstanceId,
    processInstanceId: header.id,
    processDefinitionId: header.definitionId,
    processDefinitionKey: header.definitionKey,
    tenantId: header.tenantId,
    elementId: node.elementId,
    activityInstanceId: node.id,
    name: plan.name,
    description: plan.description,
    assignee: plan.assignee,
    owner: plan.owner,
    priority: plan.priority,
    dueDate: plan.dueDate,
    followUpDate: plan.followUpDate,
    startedAt: run.now,
    endedAt: null,
    durationMs: null,
    deleteReason: null,
  });
}

/** Sets the timer of a task listener going. */
export function armTimeout(run: Run, nodeId: string, listenerId: string, timer: TimerDefinition): void {
  const node = run.state.node(nodeId);
  const { due, cycle } = resolveTimer(timer.kind, timer.expression.evaluate(viewOf(run, node)), run.now);
  const configuration = timerConfiguration(timer);
  const plan = { type: 'timer-task-listener', configuration, dueDate: due, repeat: cycle ?? null } as const;
  createJob(run, nodeId, run.elementOf(node), plan, listenerId);
}

/** @param event what the log says of it */
export function removeJob(run: Run, nodeId: string, jobId: string, event: 'successful' | 'deleted' = 'deleted'): void {
  const node = run.state.edit(nodeId);
  const job = node.jobs?.find(({ id }) => id === jobId);
  if (job) logJob(run, node, job, event);
  node.jobs = node.jobs?.filter(({ id }) => id !== jobId);
  closeIncidents(run, node, ({ configuration }) => configuration === jobId, 'resolved');
  run.changes.delete('job', jobId);
}

export function removeSubscription(run: Run, nodeId: string, subscriptionId: string): void {
  const node = run.state.edit(nodeId);
  node.subscriptions = node.subscriptions?.filter(({ id }) => id !== subscriptionId);
  run.changes.delete('eventSubscription', subscriptionId);
}

/** Takes away what an event sub-process of this scope waits for. */
export function disarmEventSubProcesses(run: Run, scopeId: string): void {
  const { eventSubProcesses } = run.elementOf(run.state.node(scopeId));
  const starts = new Set(eventSubProcesses.flatMap(({ startEvents }) => startEvents.map(({ id }) => id)));
  const node = run.state.node(scopeId);
  for (const job of node.jobs ?? []) if (starts.has(job.elementId)) removeJob(run, scopeId, job.id);
  for (const subscription of node.subscriptions ?? [])
    if (starts.has(subscription.elementId)) removeSubscription(run, scopeId, subscription.id);
}

/** Takes away everything that could wake an activity instance that ends. */
export function disarm(run: Run, node: ActivityNode, taskEnd: 'completed' | 'deleted'): void {
  for (const job of node.jobs ?? []) {
    run.changes.delete('job', job.id);
    logJob(run, node, job, 'deleted');
  }
  for (const subscription of node.subscriptions ?? []) run.changes.delete('eventSubscription', subscription.id);
  if (node.externalTask) externalTaskGone(run, node, node.externalTask);
  if (taskEnd === 'deleted') taskListenersHearDeletion(run, node.id);
  if (node.task) removeTask(run, run.state.node(node.id).task ?? node.task, taskEnd);
}

/**
 * Takes away what an activity itself waited for, while it stays to do its end listeners. Its boundary events stay armed;
 * what a scope's event sub-processes wait for goes, since the scope is done.
 */
export function endOwnWaits(run: Run, nodeId: string): void {
  const node = run.state.node(nodeId);
  const borders = new Set(run.elementOf(node).boundaryEvents.map(({ id }) => id));
  for (const job of node.jobs ?? []) if (!borders.has(job.elementId)) removeJob(run, nodeId, job.id);
  for (const subscription of node.subscriptions ?? [])
    if (!borders.has(subscription.elementId)) removeSubscription(run, nodeId, subscription.id);
  const { task } = run.state.node(nodeId);
  if (!task) return;
  removeTask(run, task, 'completed');
  run.state.edit(nodeId).task = undefined;
}

function removeTask(run: Run, task: TaskState, deleteReason: string): void {
  run.changes.delete('userTask', task.id);
  for (const link of task.identityLinks) run.changes.delete('identityLink', link.id);
  dropVariables(run, task.variables);
  run.changes.update('historicTask', task.id, {
    endedAt: run.now,
    durationMs: run.now.getTime() - task.createdAt,
    deleteReason,
  });
}
