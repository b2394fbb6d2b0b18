import { ExecutionError } from '../errors.js';
import type { Element } from '../model/process-model.js';
import { compensationSubProcess, forget, handlerOf } from './compensation-memory.js';
import { cancel, end } from './ending.js';
import { fireBoundaryEvent } from './events.js';
import { activityInstanceOf } from './history.js';
import { resume } from './lifecycle.js';
import type { Op, Run } from './run.js';
import { restoreVariables } from './scope-variables.js';
import type { ActivityNode, CompensationState, ScopeSnapshot } from './state.js';

/**
 * Undoes completed activities, the latest first, and resumes the throwing event when the last handler has ended.
 * @param activityId only this one; null for all in the scope
 */
export function throwCompensation(run: Run, { nodeId, activityId }: Extract<Op, { op: 'compensate' }>): void {
  const activity = activityId === null ? undefined : run.model.elements.get(activityId);
  const isMeant = ({ handlerId }: CompensationState) => !activity || handlerId === handlerOf(activity).id;
  const handlers = scopesInReach(run, nodeId).flatMap((scope) => {
    const meant = (scope.compensations ?? []).filter(isMeant);
    forget(run, scope.id, meant);
    return meant.map((state): Op => ({ op: 'runHandler', scopeId: scope.id, state, waitingId: nodeId }));
  });
  run.next(...handlers.reverse(), { op: 'handlerEnded', waitingId: nodeId });
}

/** The throwing event's scope, and outwards from event sub-processes: they undo what the scope around them has done. */
function scopesInReach(run: Run, nodeId: string): ActivityNode[] {
  const scopes: ActivityNode[] = [];
  const { parentId } = run.state.node(nodeId);
  for (const scope of parentId === null ? [] : run.state.pathToRoot(parentId)) {
    scopes.push(scope);
    const element = run.elementOf(scope);
    if (!element.scope?.eventSubProcesses.includes(element)) break;
  }
  return scopes.reverse();
}

/** Starts what undoes one activity, beside everything else in its scope. */
export function runHandler(run: Run, { scopeId, state, waitingId }: Extract<Op, { op: 'runHandler' }>): void {
  if (state.snapshot) return compensateInside(run, scopeId, state.elementId, state.snapshot, waitingId);
  const element = run.model.elements.get(state.handlerId);
  if (element) run.next({ op: 'arrive', element, scopeId, flowId: null, compensatedFor: waitingId });
}

/** The completed scope comes back as it was. Its event sub-process undoes it, or everything that was done in it is undone. */
function compensateInside(
  run: Run,
  scopeId: string,
  elementId: string,
  snapshot: ScopeSnapshot,
  waitingId: string,
): void {
  const id = snapshot.nodeId;
  const { startedAt, compensations } = snapshot;
  const node = {
    id,
    elementId,
    parentId: scopeId,
    phase: 'compensating',
    startedAt,
    compensatedFor: waitingId,
  } as const;
  run.state.add({ ...node, variables: {} });
  restoreVariables(run, id, snapshot.variables);
  const element = compensationSubProcess(run.elementOf(run.state.node(id)));
  const { startEvents: starts } = element ?? {};
  if (element) run.state.edit(id).compensations = compensations;
  const handlers: Op[] = element
    ? [{ op: 'arrive', element, scopeId: id, flowId: null, starts, compensatedFor: id }]
    : compensations.map((state): Op => ({ op: 'runHandler', scopeId: id, state, waitingId: id })).reverse();
  run.next(...handlers, { op: 'handlerEnded', waitingId: id });
}

/** Whoever waits goes on when nothing is being undone for it any more: the throwing event, or a scope that came back. */
export function handlerEnded(run: Run, waitingId: string): void {
  const node = run.state.find(waitingId);
  if (!node || isAwaited(run, waitingId)) return;
  if (node.phase !== 'compensating') return resume(run, waitingId, { kind: 'compensated' });
  for (const child of run.state.childrenOf(waitingId).reverse()) cancel(run, child.id);
  end(run, waitingId, null); // its own history ended long ago
}

function isAwaited(run: Run, waitingId: string): boolean {
  return run.state.isAwaitingUndo(waitingId) || run.hasUndoingToDo(waitingId);
}

/**
 * A cancel end event: everything else in the transaction stops, and what was done in it is undone.
 * @throws ExecutionError when the transaction has no cancel boundary event, as in Camunda
 */
export function cancelTransaction(run: Run, nodeId: string): void {
  cancelBoundary(run, nodeId);
  const scopeId = run.state.node(nodeId).parentId ?? '';
  run.dropSteps([scopeId]);
  for (const sibling of run.state.childrenOf(scopeId).reverse()) if (sibling.id !== nodeId) cancel(run, sibling.id);
  run.next({ op: 'compensate', nodeId, activityId: null });
}

/** The token goes on at the cancel boundary event. */
export function leaveTransaction(run: Run, nodeId: string): void {
  const { hostId, event } = cancelBoundary(run, nodeId);
  fireBoundaryEvent(run, hostId, event);
}

/** The event, and the activity instance that has it; of a multi-instance transaction that is the body. */
function cancelBoundary(run: Run, nodeId: string): { readonly hostId: string; readonly event: Element } {
  const scope = run.state.node(run.state.node(nodeId).parentId ?? '');
  const { body } = run.elementOf(scope);
  const hostId = body && scope.parentId !== null ? activityInstanceOf(run, scope.parentId) : scope.id;
  const host = run.elementOf(run.state.node(hostId));
  const event = host.boundaryEvents.find((each) => each.behavior.trigger?.(each.config)?.kind === 'cancel');
  if (event) return { hostId, event };
  throw new ExecutionError(
    `Expected transaction '${host.id}' to have a cancel boundary event, but it was cancelled without one`,
    { elementId: host.id },
  );
}
