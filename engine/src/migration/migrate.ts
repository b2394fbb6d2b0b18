import { InvalidCommandError, MigratingInstanceError } from '../errors.js';
import type { Element } from '../model/process-model.js';
import type { Command } from '../runtime/commands.js';
import { activityInstanceOf, leavesHistory } from '../runtime/history.js';
import { enterScope } from '../runtime/lifecycle.js';
import type { Run } from '../runtime/run.js';
import { setVariables } from '../runtime/scope-variables.js';
import type { ActivityNode } from '../runtime/state.js';
import { type CompiledPlan, compilePlan } from './compile-plan.js';
import { migrateCompensations } from './migrate-compensations.js';
import { migrateWaits } from './migrate-waits.js';
import { canMigrate } from './plan.js';
import { removeUnmapped } from './remove-scopes.js';
import { isTransition, validateInstance } from './validate-instance.js';

/**
 * The instance goes on as one of the target definition. Scopes that have no counterpart end with their listeners and
 * output mappings, those that are new begin with theirs; whatever waits stays or is created anew, as the plan says.
 * @throws MigrationPlanError, MigratingInstanceError; InvalidCommandError for an instance of another definition
 */
export function migrate(run: Run, command: Extract<Command, { kind: 'migrate' }>): void {
  const { header } = run.state;
  const plan = compilePlan(command.plan, run.env);
  const report = validateInstance(run.state.toState(), plan);
  if (report.failures.length > 0)
    throw new InvalidCommandError(`Process instance '${header.id}' cannot be migrated. ${report.failures.join('. ')}`);
  if (!canMigrate(report)) throw new MigratingInstanceError(report);
  run.skipListeners = command.skipCustomListeners ?? false;
  run.skipIoMappings = command.skipIoMappings ?? false;
  removeUnmapped(run, plan);
  run.model = plan.target;
  header.definitionId = plan.plan.targetDefinitionId;
  header.definitionKey = plan.target.key;
  run.changes.update('historicProcessInstance', header.id, plan.definition);
  moveNode(run, plan, run.state.root);
  // scope by scope, the outer ones first
  const scopes = [header.id];
  for (const scopeId of scopes) {
    const scopeElement = elementAround(run, scopeId);
    const added = new Map<Element, string>();
    for (const child of run.state.childrenOf(scopeId)) {
      const target = targetOf(plan, child);
      const parentId = child.phase === 'token' ? scopeId : scopeFor(run, target, scopeElement, scopeId, added);
      if (parentId !== scopeId) run.state.move(child.id, parentId);
      moveNode(run, plan, child);
      if (child.phase !== 'token') beginBeside(run, plan.from(child.elementId)?.beside, parentId);
      scopes.push(child.id);
    }
  }
  run.takeChanges(); // as in Camunda what scopes set when they end and begin makes no condition hold
  setVariables(run, header.id, plan.plan.variables);
}

function targetOf(plan: CompiledPlan, { elementId, id }: ActivityNode): Element {
  const target = plan.targetOf(elementId);
  if (target) return target;
  throw new Error(`Activity instance '${id}' at '${elementId}' has no target`);
}

/** What a node's children lie in; a place in a multi-instance is no scope of the model. */
function elementAround(run: Run, nodeId: string): Element {
  const node = run.state.node(nodeId);
  return run.elementOf(node.phase === 'token' ? run.state.node(node.parentId ?? '') : node);
}

/** The scope that a child of a node lies in now. New ones between them are begun once for all children. */
function scopeFor(run: Run, target: Element, around: Element, aroundId: string, added: Map<Element, string>): string {
  const missing: Element[] = [];
  let scope = target.scope;
  for (; scope && scope !== around && !added.has(scope); { scope } = scope) missing.push(scope);
  if (!scope) throw new Error(`'${target.id}' isn't inside '${around.id}'`);
  let parentId = added.get(scope) ?? aroundId;
  for (const element of missing.reverse()) {
    parentId = enterScope(run, element, parentId).id;
    added.set(element, parentId);
  }
  return parentId;
}

/** One activity has become several: the others begin when the whole instance has migrated. */
function beginBeside(run: Run, elements: readonly Element[] = [], scopeId: string): void {
  for (const element of elements) run.next({ op: 'arrive', element, scopeId, flowId: null });
}

/** The node stands at its target now, with everything that hangs on it. */
function moveNode(run: Run, plan: CompiledPlan, before: ActivityNode): void {
  const source = plan.source.elements.get(before.elementId);
  const target = targetOf(plan, before);
  const node = run.state.edit(before.id);
  node.elementId = target.id;
  if (node.data) node.data = renamed(node.data, plan);
  const isActivity = node.parentId !== null && (node.phase === 'active' || node.phase === 'joining');
  if (isActivity && leavesHistory(target)) {
    const parentActivityInstanceId = activityInstanceOf(run, node.parentId ?? '');
    run.changes.update('historicActivityInstance', node.id, {
      ...plan.definition,
      elementId: target.id,
      elementName: target.name,
      elementType: target.activityType,
      parentActivityInstanceId,
    });
  }
  if (source) migrateWaits(run, plan, node.id, source, target);
  if (isTransition(node)) node.flowId = flowAfter(node, target);
  migrateCompensations(run, plan, node.id);
}

/** As in Camunda, a single flow is the one to go, whatever its id. */
function flowAfter({ flowId, phase }: ActivityNode, target: Element): string | undefined {
  if (phase === 'async-before') return flowId;
  return target.outgoing.length === 1 ? target.outgoing[0]?.id : target.outgoing.find(({ id }) => id === flowId)?.id;
}

/** Behaviors keep ids of elements here. */
function renamed(data: Readonly<Record<string, unknown>>, plan: CompiledPlan): Record<string, unknown> {
  const idOf = (id: unknown) => (typeof id === 'string' ? (plan.from(id)?.target.id ?? id) : id);
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Array.isArray(value) ? value.map(idOf) : value]),
  );
}
