import { cancelAlone } from '../runtime/ending.js';
import { activityInstanceOf } from '../runtime/history.js';
import type { Run } from '../runtime/run.js';
import { dropVariables } from '../runtime/scope-variables.js';
import type { ActivityNode } from '../runtime/state.js';
import type { CompiledPlan } from './compile-plan.js';

/** Ends every scope that the plan doesn't map, the innermost first. What is in it goes to the scope around it. */
export function removeUnmapped(run: Run, plan: CompiledPlan): void {
  for (const { id } of run.state.inside(run.state.root.id)) {
    const node = run.state.find(id); // a place goes with its body
    if (node && node.phase !== 'token' && !plan.targetOf(node.elementId)) removeScope(run, node);
  }
}

function removeScope(run: Run, node: ActivityNode): void {
  const parentId = node.parentId ?? '';
  for (const child of run.state.childrenOf(node.id)) {
    if (child.phase === 'token') dissolve(run, child, parentId);
    else run.state.move(child.id, parentId);
  }
  handOver(run, node, activityInstanceOf(run, parentId));
  cancelAlone(run, node.id);
}

/** The place of one instance of a multi-instance: what is in it keeps the variables of the loop. */
function dissolve(run: Run, place: ActivityNode, parentId: string): void {
  const inside = run.state.childrenOf(place.id);
  for (const child of inside) run.state.move(child.id, parentId);
  const [heir] = inside;
  if (heir) inherit(run, place, heir);
  else dropVariables(run, place.variables);
  run.state.remove(place.id);
}

function inherit(run: Run, { variables }: ActivityNode, heir: ActivityNode): void {
  const own = heir.variables;
  run.state.edit(heir.id).variables = { ...variables, ...own };
  for (const [name, variable] of Object.entries(variables)) {
    if (Object.hasOwn(own, name)) dropVariables(run, { [name]: variable });
    else if (!variable.transient) {
      run.changes.update('variable', variable.id, { activityInstanceId: heir.id });
      run.changes.update('historicVariable', variable.id, { activityInstanceId: heir.id });
    }
  }
}

/** What was completed inside can still be undone, from the scope around. */
function handOver(run: Run, { id, compensations = [] }: ActivityNode, scopeId: string): void {
  if (compensations.length === 0) return;
  run.state.edit(id).compensations = undefined;
  const scope = run.state.edit(scopeId);
  scope.compensations = [...(scope.compensations ?? []), ...compensations];
  for (const state of compensations) run.changes.update('eventSubscription', state.id, { activityInstanceId: scopeId });
}
