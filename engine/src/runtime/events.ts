import type { Element } from '../model/process-model.js';
import { runListeners } from './evaluation.js';
import { arrive, cancel, cancelInside, catchingErrors, end, resume } from './lifecycle.js';
import type { Run } from './run.js';
import { setVariables } from './scope-variables.js';
import type { ActivityNode } from './state.js';
import type { Variables } from './typed-value.js';
import { disarmEventSubProcesses } from './waits.js';

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
  const scopeId = gateway.parentId ?? '';
  const flow = event.incoming.find(({ source }) => source.id === gateway.elementId);
  catchingErrors(run, gateway.id, () => {
    runListeners(run, gateway, run.elementOf(gateway).listeners, 'end');
    end(run, gateway.id, { canceled: true, completeScope: false }); // the history calls it so, as Camunda's does
    if (flow) runListeners(run, run.state.node(scopeId), flow.listeners, 'take', flow.id);
    arrive(run, { op: 'arrive', element: event, scopeId, flowId: flow?.id ?? null, hasHappened: true });
  });
}
