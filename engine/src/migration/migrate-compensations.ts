import type { Element } from '../model/process-model.js';
import { compensationSubProcess, subscriptionOf } from '../runtime/compensation-memory.js';
import type { Run } from '../runtime/run.js';
import type { CompensationState } from '../runtime/state.js';
import type { CompiledPlan } from './compile-plan.js';
import { triggerElement } from './validate-instance.js';

/** What was completed in a scope, as the target would have remembered it. */
export function migrateCompensations(run: Run, plan: CompiledPlan, scopeId: string): void {
  const scope = run.state.edit(scopeId);
  if (!scope.compensations?.length) return;
  scope.compensations = migrated(run, plan, scope.compensations, run.elementOf(scope), scopeId);
}

/** @param around the scope of the target that they are remembered in */
function migrated(
  run: Run,
  plan: CompiledPlan,
  states: readonly CompensationState[],
  around: Element,
  scopeId: string,
): CompensationState[] {
  const result: CompensationState[] = [];
  const added = new Map<Element, CompensationState[]>([[around, result]]);
  for (const state of unfolded(run, plan, states)) {
    const target = targetOf(plan, state);
    if (!target) continue;
    const { snapshot } = state;
    const handler = snapshot ? (compensationSubProcess(target) ?? target) : (target.compensationHandler ?? target);
    const list = listIn(run, target.scope, added, scopeId) ?? result;
    const inner = snapshot && migrated(run, plan, snapshot.compensations, target, snapshot.nodeId);
    list.push({
      id: state.id,
      elementId: target.id,
      handlerId: handler.id,
      snapshot: snapshot && { ...snapshot, compensations: inner ?? [] },
    });
    run.changes.update('eventSubscription', state.id, {
      ...plan.definition,
      elementId: handler.id,
    });
  }
  return result;
}

/** Completed scopes that the target doesn't have are dissolved: their handlers are found in the scope around. */
function unfolded(run: Run, plan: CompiledPlan, states: readonly CompensationState[]): readonly CompensationState[] {
  return states.flatMap((state) => {
    if (!state.snapshot || plan.targetOf(state.elementId)) return [state];
    run.changes.delete('eventSubscription', state.id);
    return unfolded(run, plan, state.snapshot.compensations);
  });
}

/** The activity of the target that counts as completed. */
function targetOf(plan: CompiledPlan, state: CompensationState): Element | null {
  if (state.snapshot) return plan.targetOf(state.elementId) ?? null;
  const trigger = triggerElement(plan, state);
  return (trigger === null ? undefined : plan.targetOf(trigger))?.attachedTo ?? null;
}

/** Completed scopes that only the target has are made up, once for all that was completed in them. */
function listIn(
  run: Run,
  scope: Element | null,
  added: Map<Element, CompensationState[]>,
  scopeId: string,
): CompensationState[] | null {
  if (!scope) return null;
  const known = added.get(scope);
  if (known) return known;
  const outer = listIn(run, scope.scope, added, scopeId);
  if (!outer) return null;
  const compensations: CompensationState[] = [];
  const handlerId = (compensationSubProcess(scope) ?? scope).id;
  const snapshot = { nodeId: run.env.newId(), startedAt: run.now.getTime(), variables: {}, compensations };
  const state: CompensationState = { id: run.env.newId(), elementId: scope.id, handlerId, snapshot };
  outer.push(state);
  run.changes.insert('eventSubscription', subscriptionOf(run, scopeId, state));
  added.set(scope, compensations);
  return compensations;
}
