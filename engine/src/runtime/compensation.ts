import { fireBoundaryEvent } from './events.js';
import { compensationSubProcess } from './compensation-memory.js';
import { cancel, end } from './lifecycle.js';
import type { Op, Run } from './run.js';
import { activityInstanceOf, setVariablesLocal } from './scope-variables.js';
import type { ActivityNode, CompensationState } from './state.js';

/**
 * Undoes completed activities, the latest first, and waits until the last handler has ended.
 * @param activityId only this one; null for all in the scope
 */
export function throwCompensation(run: Run, { nodeId, activityId, ends }: Extract<Op, { op: 'compensate' }>): void {
  const found = reachable(run, nodeId).filter(({ state }) => activityId === null || matches(state, activityId));
  for (const { scopeId, state } of found) forget(run, scopeId, state.id);
  run.state.edit(nodeId).data = { ends };
  run.next(
    ...found.reverse().map(({ scopeId, state }): Op => ({ op: 'runHandler', scopeId, state, waitingId: nodeId })),
    { op: 'handlersEnded', waitingId: nodeId },
  );
}

/** A multi-instance activity is meant by its own id, and by its body's. */
function matches({ elementId }: CompensationState, activityId: string): boolean {
  return elementId === activityId || elementId === `${activityId}#multiInstanceBody`;
}

/** What the throwing event's scope remembers; inside an event sub-process also what the scope around it does. */
function reachable(run: Run, nodeId: string): { scopeId: string; state: CompensationState }[] {
  const found: { scopeId: string; state: CompensationState }[] = [];
  for (const scope of run.state.pathToRoot(run.state.node(nodeId).parentId ?? nodeId)) {
    found.push(...(scope.compensations ?? []).map((state) => ({ scopeId: scope.id, state })));
    const { scope: outer, id } = run.elementOf(scope);
    if (!outer?.eventSubProcesses.some((subProcess) => subProcess.id === id)) break;
  }
  return found;
}

function forget(run: Run, scopeId: string, id: string): void {
  const scope = run.state.edit(scopeId);
  scope.compensations = scope.compensations?.filter((state) => state.id !== id);
  run.changes.delete('eventSubscription', id);
}

/** Starts what undoes one activity, beside everything else in its scope. */
export function runHandler(run: Run, { scopeId, state, waitingId }: Extract<Op, { op: 'runHandler' }>): void {
  const element = run.model.elements.get(state.elementId);
  const handler = run.model.elements.get(state.handlerId);
  if (!element || !handler) return;
  const { snapshot } = state;
  if (!snapshot) return run.next({ op: 'arrive', element: handler, scopeId, flowId: null, compensatedFor: waitingId });
  // The completed scope comes back as it was, to undo in it.
  const node: ActivityNode = {
    id: snapshot.nodeId,
    elementId: element.id,
    parentId: scopeId,
    phase: 'active',
    startedAt: snapshot.startedAt,
    variables: {},
    compensatedFor: waitingId,
  };
  run.state.add(node);
  setVariablesLocal(run, node.id, snapshot.variables);
  const subProcess = compensationSubProcess(element);
  if (handler !== element) {
    run.state.edit(node.id).compensations = undefined;
    return run.next({ op: 'arrive', element: handler, scopeId: node.id, flowId: null, compensatedFor: node.id }, { op: 'handlersEnded', waitingId: node.id });
  }
  run.state.edit(node.id).compensations = snapshot.compensations;
  if (subProcess)
    return run.next(
      { op: 'arrive', element: subProcess, scopeId: node.id, flowId: null, starts: subProcess.startEvents, compensatedFor: node.id },
      { op: 'handlersEnded', waitingId: node.id },
    );
  run.next({ op: 'compensate', nodeId: node.id, activityId: null, ends: null });
}

/** The throwing event goes on when nothing is being undone for it any more. */
export function handlersEnded(run: Run, waitingId: string): void {
  const node = run.state.find(waitingId);
  if (!node) return;
  for (const other of run.state.all()) if (other.compensatedFor === waitingId) return;
  if (run.agenda.some((op) => 'compensatedFor' in op && op.compensatedFor === waitingId)) return;
  if (run.agenda.some((op) => op.op === 'runHandler' && op.waitingId === waitingId)) return;
  if (node.compensatedFor !== undefined) return endRestored(run, node);
  const { ends } = (node.data ?? {}) as { ends?: boolean | 'transaction' };
  if (ends === 'transaction') return leaveTransaction(run, node);
  run.next(ends ? { op: 'complete', nodeId: waitingId, flows: [] } : { op: 'complete', nodeId: waitingId });
}

/** A scope that came back only to undo what was done in it goes again; its own history ended long ago. */
function endRestored(run: Run, node: ActivityNode): void {
  const { compensatedFor, id } = node;
  for (const child of run.state.childrenOf(id).reverse()) cancel(run, child.id);
  end(run, id, null);
  run.next({ op: 'handlersEnded', waitingId: compensatedFor ?? '' });
}

/** A cancel end event: everything else in the transaction stops, what was done is undone, then the transaction is left. */
export function cancelTransaction(run: Run, nodeId: string): void {
  const scopeId = run.state.node(nodeId).parentId ?? '';
  run.dropSteps(scopeId);
  for (const sibling of run.state.childrenOf(scopeId).reverse()) if (sibling.id !== nodeId) cancel(run, sibling.id);
  run.next({ op: 'compensate', nodeId, activityId: null, ends: 'transaction' });
}

function leaveTransaction(run: Run, { parentId }: ActivityNode): void {
  const scopeId = parentId ?? '';
  const element = run.elementOf(run.state.node(scopeId));
  // A multi-instance transaction has its boundary events at the body.
  const hostId = element.boundaryEvents.length > 0 ? scopeId : hostOf(run, scopeId);
  const event = run
    .elementOf(run.state.node(hostId))
    .boundaryEvents.find((boundary) => boundary.behavior.trigger?.(boundary.config)?.kind === 'cancel');
  if (event) fireBoundaryEvent(run, hostId, event);
  else {
    const { parentId: outer } = run.state.node(scopeId);
    cancel(run, scopeId);
    run.next({ op: 'settle', scopeId: outer ?? '' });
  }
}

function hostOf(run: Run, scopeId: string): string {
  const { parentId } = run.state.node(scopeId);
  if (parentId === null) return scopeId;
  const outer = run.state.node(activityInstanceOf(run, parentId));
  return run.elementOf(outer).children.includes(run.elementOf(run.state.node(scopeId))) && run.elementOf(outer).type === 'multiInstanceBody'
    ? outer.id
    : scopeId;
}

