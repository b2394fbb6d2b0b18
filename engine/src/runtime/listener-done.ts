import { ExecutionError } from '../errors.js';
import { catchingErrors } from './catching-errors.js';
import { end } from './ending.js';
import { proceed } from './events.js';
import { afterStart, leave, listenersOfFlow, resume } from './lifecycle.js';
import { endWorkerTask, runListeners } from './listeners.js';
import type { Run } from './run.js';
import { openProcess } from './start-instance.js';
import type { ListenerState } from './state.js';
import { hearTaskEvents } from './task-listeners.js';

/** A worker has done a listener: those behind it follow, then the life cycle goes on where it stood still. */
export function listenerDone(run: Run, nodeId: string, listener: ListenerState): void {
  endWorkerTask(run, nodeId);
  // as in Camunda nothing catches what listeners of the process itself throw
  if (run.state.node(nodeId).parentId === null) return goOn(run, nodeId, listener);
  catchingErrors(run, nodeId, () => goOn(run, nodeId, listener));
}

/**
 * A worker answers a listener with a BPMN error: it goes outwards as if the listener had thrown it.
 * @throws ExecutionError at a listener of the process itself, as in Camunda
 */
export function listenerThrewError(
  run: Run,
  nodeId: string,
  { event }: ListenerState,
  errorCode: string,
  errorMessage: string | null,
): void {
  const { parentId } = run.state.node(nodeId);
  if (parentId === null)
    throw new ExecutionError(
      `Expected BPMN error '${errorCode}' to be thrown where it can be caught, but it comes from the process's own listener for ${event}`,
      { errorCode },
    );
  endWorkerTask(run, nodeId);
  if (event === 'end') run.ending.add(nodeId);
  run.next({ op: 'throwError', nodeId, errorCode, errorMessage });
}

function goOn(run: Run, nodeId: string, { index, then }: ListenerState): void {
  const node = run.state.node(nodeId);
  const element = run.elementOf(node);
  const from = index + 1;
  switch (then.do) {
    case 'enter': {
      if (!runListeners(run, node, element.listeners, 'start', then, from)) return;
      const starts = then.starts?.flatMap((id) => run.model.elements.get(id) ?? []);
      return afterStart(run, { nodeId, hasHappened: then.hasHappened, starts });
    }
    case 'open': {
      const start = run.model.elements.get(then.startId);
      if (runListeners(run, node, element.listeners, 'start', then, from) && start) openProcess(run, start);
      return;
    }
    case 'leave': {
      run.ending.add(nodeId);
      if (!runListeners(run, node, element.listeners, 'end', then, from)) return;
      if (then.endElementId !== undefined) run.endElementId = then.endElementId;
      const flows = then.flows.flatMap((id) => element.outgoing.find((flow) => flow.id === id) ?? []);
      return leave(run, run.state.node(nodeId), element, flows);
    }
    case 'proceed': {
      run.ending.add(nodeId);
      const event = run.model.elements.get(then.eventId);
      if (runListeners(run, node, element.listeners, 'end', then, from) && event) proceed(run, node, event);
      return;
    }
    case 'arrive': {
      const flow = element.outgoing.find(({ id }) => id === node.flowId);
      const scopeId = node.parentId ?? '';
      const { hasHappened } = then;
      if (!flow || !listenersOfFlow(run, flow, scopeId, { hasHappened, waitingId: nodeId, from })) return;
      end(run, nodeId, null);
      return run.next({ op: 'arrive', element: flow.target, scopeId, flowId: flow.id, hasHappened });
    }
    case 'task': {
      const areDone = hearTaskEvents(run, nodeId, [then.current, ...then.waiting], from);
      if (areDone && then.current.event === 'complete') resume(run, nodeId, { kind: 'task' });
      return;
    }
  }
}
