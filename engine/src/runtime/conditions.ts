import { EvaluationError } from '../errors.js';
import type { Condition } from '../model/process-model.js';
import type { EvaluationContext } from '../ports.js';
import { viewOf } from './evaluation.js';
import { eventHappened } from './events.js';
import type { Run, VariableChange } from './run.js';
import type { ActivityNode } from './state.js';

/**
 * Conditional events whose variables have changed happen when their condition holds now. A change is seen by its scope
 * and by everything inside, as far as no scope between has a variable of the same name.
 * Source: BPMN 2.0.2 §10.5.5, conditional event definition.
 */
export function checkConditions(run: Run, changes: readonly VariableChange[]): void {
  for (const node of [...run.state.all()])
    for (const { id, eventType, elementId } of node.subscriptions ?? []) {
      const event = run.model.elements.get(elementId);
      const trigger = event?.behavior.trigger?.(event.config);
      if (eventType !== 'conditional' || !event || trigger?.kind !== 'conditional') continue;
      const isArmed = run.state.find(node.id)?.subscriptions?.some((subscription) => subscription.id === id);
      if (!isArmed) continue; // an event before it has cancelled the node
      const { variableName, variableEvents } = trigger;
      const concerns = (change: VariableChange) =>
        (variableName === null || variableName === change.name) &&
        variableEvents.includes(change.event) &&
        isVisible(run, node, change);
      if (changes.some(concerns) && conditionHolds(trigger.condition, viewOf(run, run.state.node(node.id))))
        eventHappened(run, run.state.node(node.id), event);
    }
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
