import type { Environment } from '../ports.js';
import { conditionHolds } from './conditions.js';
import { viewOf } from './evaluation.js';
import { setVariablesLocal } from './scope-variables.js';
import { newRun } from './start-instance.js';
import type { Variables } from './typed-value.js';

/**
 * The start events of a process whose conditions hold for an instance that has these variables, the one that the
 * event names among them. Nothing is started.
 * @throws EvaluationError; MissingResource asks for a reload
 */
export function heldStartConditions(definitionId: string, variables: Variables, env: Environment): readonly string[] {
  const model = env.model(definitionId);
  return model.startTriggers.flatMap((trigger) => {
    if (trigger.kind !== 'conditional') return [];
    const { variableName } = trigger;
    if (variableName !== null && !Object.hasOwn(variables, variableName)) return [];
    const run = newRun('', { definitionId, businessKey: null, tenantId: null }, trigger.elementId, env);
    setVariablesLocal(run, '', variables);
    return conditionHolds(trigger.condition, viewOf(run, run.state.root)) ? [trigger.elementId] : [];
  });
}
