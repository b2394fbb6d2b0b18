import type { Element } from '../model/process-model.js';
import { catchingErrors } from './catching-errors.js';
import { cancel, cancelInside, end } from './ending.js';
import { arrive, listenersOfFlow, resume } from './lifecycle.js';
import { endWorkerTask, runListeners } from './listeners.js';
import type { Run } from './run.js';
import { setVariables } from './scope-variables.js';
import type { ActivityNode } from './state.js';
import type { Variables } from './typed-value.js';
import { disarmEventSubProcesses, endOwnWaits } from './waits.js';

/**
 * An event has happened that a node was armed with: its own, a boundary event's, an event sub-process's, or one behind
 * an event-based gateway.
 */
export function eventHappened(run: Run, node: ActivityNode, event: Element, variables?: Variables): void {
  setVariables(run, node.id, variables);
  if (event.id === node.elementId) resume(run, node.id, { kind: 'event', variables });
  else if (event.attachedTo) fireBoundaryEvent(run, node.id, event);
  else if (event.scope && run.elementOf(node).eventSubProcesses.includes(event.scope))
    fireEventSubProcess(run, node.id, event);
  else proceedTo(run, node, event);
}

/** Source: BPMN 2.0.2 §13.5.3. */
export function fireBoundaryEvent(run: Run, hostId: string, event: Element): void {
  const { parentId } = run.state.node(hostId);
  if (event.interrupting) because(run, event, () => cancel(run, hostId));
  run.next({ op: 'arrive', element: event, scopeId: parentId ?? '', flowId: null, hasHappened: true });
}

/** Source: BPMN 2.0.2 §13.5.4. */
export function fireEventSubProcess(run: Run, scopeId: string, start: Element): void {
  if (!start.scope) return;
  if (start.interrupting) {
    run.dropSteps([scopeId]);
    because(run, start, () => cancelInside(run, scopeId));
    disarmEventSubProcesses(run, scopeId);
    run.state.edit(scopeId).data = undefined; // what was still to begin never will
    if (run.state.node(scopeId).listener) endWorkerTask(run, scopeId);
  }
  run.next({ op: 'arrive', element: start.scope, scopeId, flowId: null, hasHappened: true, starts: [start] });
}

/** What an interrupting event does to instances that were called is put down to it. */
function because(run: Run, event: Element, work: () => void): void {
  const { deleteReason } = run;
  run.deleteReason = interruptionReason(event);
  work();
  run.deleteReason = deleteReason;
}

/** The delete reason in the history of a called instance that an event has ended; Camunda's words. */
export function interruptionReason({ id, attachedTo, scope }: Element): string {
  return attachedTo
    ? `Cancel scope activity Activity(${id}) executed.`
    : `Interrupting activity Activity(${scope?.id ?? id}) executed.`;
}

/** From an event-based gateway to the event that has happened. */
function proceedTo(run: Run, gateway: ActivityNode, event: Element): void {
  catchingErrors(run, gateway.id, () => {
    const then = { do: 'proceed', eventId: event.id } as const;
    if (runListeners(run, gateway, run.elementOf(gateway).listeners, 'end', then)) proceed(run, gateway, event);
    else endOwnWaits(run, gateway.id);
  });
}

/** The gateway is left; the token goes on to the event, which has happened. */
export function proceed(run: Run, gateway: ActivityNode, event: Element): void {
  const scopeId = gateway.parentId ?? '';
  const flow = event.incoming.find(({ source }) => source.id === gateway.elementId);
  end(run, gateway.id, { canceled: true, completeScope: false }); // the history calls it so, as Camunda's does
  if (flow && !listenersOfFlow(run, flow, scopeId, { hasHappened: true })) return;
  arrive(run, { op: 'arrive', element: event, scopeId, flowId: flow?.id ?? null, hasHappened: true });
}
