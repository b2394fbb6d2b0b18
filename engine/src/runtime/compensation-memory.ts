import type { Element } from '../model/process-model.js';
import { ofInstance } from './history.js';
import type { Run } from './run.js';
import { activityInstanceOf, valuesOf } from './scope-variables.js';
import type { ActivityNode, CompensationState, ScopeSnapshot } from './state.js';

/**
 * An activity was completed: if something undoes it, its scope remembers it. A scope that is completed is kept as it is
 * at its end, with all that can be undone inside. Source: BPMN 2.0.2 §10.7.1, §13.5.5.
 */
export function rememberCompleted(run: Run, node: ActivityNode, element: Element): void {
  if (node.parentId === null || element.isForCompensation || node.compensatedFor !== undefined) return;
  const inside = node.compensations ?? [];
  const eventSubProcess = compensationSubProcess(element);
  const handler = element.compensationHandler ?? (inside.length > 0 || eventSubProcess ? element : null);
  if (!handler) return;
  const isScope = element.children.length > 0;
  const snapshot: ScopeSnapshot | null = isScope
    ? { nodeId: node.id, startedAt: node.startedAt, variables: valuesOf(node.variables), compensations: inside }
    : null;
  const scope = run.state.edit(activityInstanceOf(run, node.parentId));
  const state: CompensationState = { id: run.env.newId(), elementId: element.id, handlerId: handler.id, snapshot };
  scope.compensations = [...(scope.compensations ?? []), state];
  run.changes.insert('eventSubscription', {
    ...ofInstance(run),
    id: state.id,
    activityInstanceId: scope.id,
    eventType: 'compensate',
    eventName: null,
    elementId: handler.id,
    createdAt: run.now,
  });
}

/** The event sub-process of a scope that undoes it. */
export function compensationSubProcess(element: Element): Element | null {
  const triggered = (start: Element) => start.behavior.trigger?.(start.config)?.kind === 'compensation';
  return element.eventSubProcesses.find(({ startEvents }) => startEvents.some(triggered)) ?? null;
}

/** The scope is gone for good, or handed over: what it remembered has no subscriptions any more. */
export function forgetCompensations(run: Run, node: ActivityNode): void {
  for (const { id } of node.compensations ?? []) run.changes.delete('eventSubscription', id);
}
