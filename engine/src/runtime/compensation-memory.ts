import type { Element } from '../model/process-model.js';
import { activityInstanceOf, ofInstance } from './history.js';
import type { Run } from './run.js';
import { keepVariables } from './scope-variables.js';
import type { ActivityNode, CompensationState } from './state.js';

/**
 * An activity was completed: what undoes it is remembered in its scope. A scope is kept as it is at its end, when there
 * is something to undo inside; like in Camunda a handler of its own is remembered beside that.
 * Source: BPMN 2.0.2 §10.7.1, §13.5.5.
 */
export function rememberCompleted(run: Run, node: ActivityNode, element: Element): void {
  if (node.parentId === null || element.isForCompensation || node.compensatedFor !== undefined) return;
  const scopeId = activityInstanceOf(run, node.parentId);
  const inside = node.compensations ?? [];
  const eventSubProcess = compensationSubProcess(element);
  if (inside.length > 0 || eventSubProcess) {
    const variables = keepVariables(run, node, isAlone(run, node) ? node.id : scopeId);
    const snapshot = { nodeId: node.id, startedAt: node.startedAt, variables, compensations: inside };
    remember(run, scopeId, { elementId: element.id, handlerId: (eventSubProcess ?? element).id, snapshot });
    run.state.edit(node.id).compensations = undefined; // they go on there
  }
  const handler = element.compensationHandler;
  if (handler) remember(run, scopeId, { elementId: element.id, handlerId: handler.id, snapshot: null });
}

/** No other token is in its scope: there the history shows what was kept at the activity, else at the scope. */
function isAlone(run: Run, { parentId }: ActivityNode): boolean {
  if (parentId === null || run.state.node(parentId).phase === 'token') return false;
  return run.state.childrenOf(parentId).length === 1 && !run.hasTokenOnTheWay(parentId);
}

function remember(run: Run, scopeId: string, remembered: Omit<CompensationState, 'id'>): void {
  const state: CompensationState = { id: run.env.newId(), ...remembered };
  const scope = run.state.edit(scopeId);
  const before = (scope.compensations ?? []) as CompensationState[];
  const compensations = run.state.editPart(before, (shared) => [...shared]);
  compensations.push(state);
  scope.compensations = compensations;
  run.changes.insert('eventSubscription', subscriptionOf(run, scopeId, state));
}

/** As clients see it. */
export function subscriptionOf(run: Run, scopeId: string, { id, handlerId }: CompensationState) {
  return {
    ...ofInstance(run),
    id,
    activityInstanceId: scopeId,
    eventType: 'compensate',
    eventName: null,
    elementId: handlerId,
    createdAt: run.now,
  } as const;
}

/** The event sub-process of a scope that undoes it. */
export function compensationSubProcess(element: Element): Element | null {
  const triggered = (start: Element) => start.behavior.trigger?.(start.config)?.kind === 'compensation';
  return element.eventSubProcesses.find(({ startEvents }) => startEvents.some(triggered)) ?? null;
}

/** What a throwing event means that names an activity: all instances of a multi-instance one, else its own handler. */
export function handlerOf(activity: Element): Element {
  return activity.body ?? activity.compensationHandler ?? compensationSubProcess(activity) ?? activity;
}

/** What is undone now, or can't be any more. */
export function forget(run: Run, scopeId: string, forgotten: readonly CompensationState[]): void {
  const ids = new Set(forgotten.map(({ id }) => id));
  const scope = run.state.edit(scopeId);
  scope.compensations = scope.compensations?.filter(({ id }) => !ids.has(id));
  unsubscribe(run, forgotten);
}

/** The scope is gone for good: what it remembered has no subscriptions any more. */
export function forgetCompensations(run: Run, node: ActivityNode): void {
  unsubscribe(run, node.compensations ?? []);
}

/** With what was completed inside. */
function unsubscribe(run: Run, states: readonly CompensationState[]): void {
  for (const { id, snapshot } of states) {
    run.changes.delete('eventSubscription', id);
    if (snapshot) unsubscribe(run, snapshot.compensations);
  }
}
