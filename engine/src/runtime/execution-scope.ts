import type { Element } from '../model/process-model.js';
import type { Run } from './run.js';
import type { ActivityNode } from './state.js';

/**
 * The node whose variables `execution.setVariableLocal` and its kin mean, as Camunda's executions have them: an activity
 * without a scope of its own shares the execution of the scope around it, unless other tokens are in there too; an
 * instance of a loop has the place of its loop variables.
 */
export function executionScopeOf(run: Run, node: ActivityNode): string {
  const { parentId } = node;
  if (parentId === null || isScope(run.elementOf(node))) return node.id;
  const isAlone = run.state.childrenOf(parentId).length === 1 && !run.hasTokenOnTheWay(parentId);
  return isAlone || run.state.node(parentId).phase === 'token' ? parentId : node.id;
}

/** What Camunda has an execution of its own for: it holds variables or activities, or waits for something. */
export function isScope(element: Element): boolean {
  const { children, repeats, boundaryEvents, inputs, outputs, isForCompensation, behavior, config } = element;
  const holds = [children, boundaryEvents, inputs, outputs].some(({ length }) => length > 0);
  const waits =
    behavior.awaitsNext === true || Boolean(behavior.trigger?.(config)) || behavior.topic?.(element) !== undefined;
  const isWatched = behavior.taskListeners?.(element).some(({ timer }) => timer !== null) ?? false;
  return holds || waits || isWatched || behavior.isScope === true || repeats !== null || isForCompensation;
}
