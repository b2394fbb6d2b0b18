import { EvaluationError } from '../errors.js';
import type { Condition, Element } from '../model/process-model.js';
import type { EvaluationContext } from '../ports.js';
import { viewOf } from './evaluation.js';
import { eventHappened } from './events.js';
import type { Run, VariableChange } from './run.js';
import type { ActivityNode } from './state.js';

/**
 * A conditional event happens at each change of a variable after which its condition holds. A change is seen by its
 * scope and by everything inside, as far as no scope between has a variable of the same name.
 * Source: BPMN 2.0.2 §10.5.5, conditional event definition.
 */
export function checkConditions(run: Run, changes: readonly VariableChange[]): void {
  for (const change of changes) {
    for (const { node, event, trigger, id } of waiting(run, run.state.withConditionsInside(change.scopeId))) {
      const { variableName, variableEvents } = trigger;
      if (variableName !== null && variableName !== change.name) continue;
      if (!variableEvents.includes(change.event) || run.starting.has(node.id)) continue;
      if (isArmed(run, node.id, id) && isVisible(run, node, change)) offer(run, node.id, event, trigger.condition);
    }
  }
}

/** What waits at an activity instance that has just been set up happens at once if its condition holds already. */
export function offerConditions(run: Run, nodeId: string): void {
  run.starting.delete(nodeId);
  for (const { event, trigger, id } of waiting(run, [run.state.node(nodeId)]))
    if (isArmed(run, nodeId, id)) offer(run, nodeId, event, trigger.condition);
}

/** The conditional events that are waited for, as it is before any of them happens. */
function waiting(run: Run, nodes: Iterable<ActivityNode>) {
  return [...nodes].flatMap((node) =>
    (node.subscriptions ?? []).flatMap(({ id, elementId }) => {
      const event = run.model.elements.get(elementId);
      const trigger = event?.behavior.trigger?.(event.config);
      return event && trigger?.kind === 'conditional' ? [{ node, event, trigger, id }] : [];
    }),
  );
}

function isArmed(run: Run, nodeId: string, subscriptionId: string): boolean {
  return run.state.find(nodeId)?.subscriptions?.some(({ id }) => id === subscriptionId) ?? false;
}

function offer(run: Run, nodeId: string, event: Element, condition: Condition): void {
  const node = run.state.node(nodeId);
  if (conditionHolds(condition, viewOf(run, node))) eventHappened(run, node, event);
}

function isVisible(run: Run, node: ActivityNode, { scopeId, name }: VariableChange): boolean {
  for (const scope of run.state.pathToRoot(node.id)) {
    if (scope.id === scopeId) return true;
    if (Object.hasOwn(scope.variables, name)) return false;
  }
  return false;
}

/** A condition about a variable that isn't there yet doesn't hold. @throws EvaluationError for any other failure */
export function conditionHolds(condition: Condition, context: EvaluationContext): boolean {
  try {
    return condition(context);
  } catch (error) {
    if (error instanceof EvaluationError && error.details.identifier !== undefined) return false;
    throw error;
  }
}
