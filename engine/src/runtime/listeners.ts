import type { ActivityView } from '../behaviors/behavior.js';
import { optionalText, workPriority } from '../behaviors/shared/external-work.js';
import type { ExecutionListener, ListenerWork, SequenceFlow, WorkerListener } from '../model/process-model.js';
import { evaluateSource, viewOf } from './evaluation.js';
import { createExternalTask } from './external-task-creation.js';
import { closeIncidents } from './incidents.js';
import type { Run } from './run.js';
import type { ActivityNode, AfterListeners, ListenerState } from './state.js';
import { externalTaskGone } from './work-log.js';

/**
 * Runs the execution listeners of an event, in the order of the model, until one of them is a worker's.
 * @param then what goes on when the last one is done; kept in the state while a worker is at work
 * @param from the first to run; those before it are done
 * @returns whether they are all done; if not, the life cycle stands still, and `listenerDone` goes on with it
 * @throws EvaluationError, BpmnErrorSignal
 */
export function runListeners(
  run: Run,
  node: ActivityNode,
  listeners: readonly ExecutionListener[],
  event: 'start' | 'end',
  then: AfterListeners,
  from = 0,
): boolean {
  if (run.skipListeners) return true;
  for (let index = from; index < listeners.length; index++) {
    const listener = listeners[index]!;
    if (listener.event !== event) continue;
    const view = viewOf(run, node, { eventName: event, activityId: standsAt(run, node, event) });
    const worker = workerFor(listener, view);
    if (worker) {
      handToWorker(run, node.id, worker, view, { event, index, then });
      return false;
    }
    evaluate(listener, view);
  }
  return true;
}

/** As in Camunda a process begins at its start event, and ends at its end event. */
function standsAt({ state: { header }, endElementId }: Run, node: ActivityNode, event: 'start' | 'end'): string | null {
  if (node.parentId !== null) return node.elementId;
  return event === 'start' ? header.startActivityId : endElementId;
}

/**
 * The listeners of what is cancelled, or is put around something that is at work already. Those of workers are left out:
 * nothing stands still that could wait for them.
 */
export function runListenersAtOnce(
  run: Run,
  node: ActivityNode,
  listeners: readonly ExecutionListener[],
  event: 'start' | 'end',
  isCanceled = event === 'end',
): void {
  if (run.skipListeners) return;
  for (const listener of listeners) {
    if (listener.event !== event) continue;
    const view = viewOf(run, node, { eventName: event, isCanceled });
    if (!workerFor(listener, view)) evaluate(listener, view);
  }
}

/**
 * Runs the listeners of a flow until one of them is a worker's. They see the scope; a node for the token on the flow
 * is only made when it has to wait.
 * @param waitingId that node, once there is one
 * @returns whether they are all done
 */
export function runTakeListeners(
  run: Run,
  { id: flowId, source, listeners }: SequenceFlow,
  scopeId: string,
  then: AfterListeners,
  { waitingId, from = 0 }: { readonly waitingId?: string; readonly from?: number } = {},
): boolean {
  if (run.skipListeners) return true;
  const scope = run.state.node(scopeId);
  for (let index = from; index < listeners.length; index++) {
    const listener = listeners[index]!;
    const view = viewOf(run, scope, { eventName: 'take', transitionId: flowId, activityId: source.id });
    const worker = workerFor(listener, view);
    if (worker) {
      const nodeId = waitingId ?? tokenOn(run, flowId, source.id, scopeId);
      const more = { listenerTransition: flowId };
      handToWorker(run, nodeId, worker, view, { event: 'take', index, then }, more);
      return false;
    }
    evaluate(listener, view);
  }
  return true;
}

/** A token that can't go on along its flow yet. @returns the id of its node */
export function tokenOn(run: Run, flowId: string, elementId: string, scopeId: string): string {
  const id = run.env.newId();
  const startedAt = run.now.getTime();
  run.state.add({ id, elementId, parentId: scopeId, phase: 'taking', startedAt, variables: {}, flowId });
  return id;
}

/** A worker is to do the listener; null where it can be done at once. */
export function workerFor({ worker }: ListenerWork, view: ActivityView): WorkerListener | null {
  if (!worker) return null;
  return worker.bean === null || !view.variables.get(worker.bean) ? worker : null;
}

export function evaluate({ source }: ListenerWork, view: ActivityView): void {
  if (source) evaluateSource(source, view);
}

/** The node waits until a worker has done the listener. */
export function handToWorker(
  run: Run,
  nodeId: string,
  worker: WorkerListener,
  view: ActivityView,
  listener: ListenerState,
  more: Readonly<Record<string, string>> = {},
): void {
  const told = Object.entries(worker.properties).map(([name, source]) => [name, optionalText(source, view) ?? '']);
  endWorkerTask(run, nodeId); // at the end of an activity that was a worker's itself
  const properties = { ...Object.fromEntries(told), listenerEvent: listener.event, ...more };
  const priority = worker.priority ? workPriority(worker.priority, view) : 0;
  const modelled = listener.event === 'take' ? null : undefined;
  createExternalTask(run, nodeId, { topic: worker.topic, priority, properties }, modelled);
  run.state.edit(nodeId).listener = listener;
}

/** The node no longer waits for a worker: the work of a listener, or the activity's own, is over. */
export function endWorkerTask(run: Run, nodeId: string): void {
  const node = run.state.node(nodeId);
  const { externalTask } = node;
  if (!externalTask) return;
  externalTaskGone(run, node, externalTask);
  closeIncidents(run, node, ({ configuration }) => configuration === externalTask.id, 'resolved');
  const edited = run.state.edit(nodeId);
  edited.externalTask = undefined;
  edited.listener = undefined;
}
