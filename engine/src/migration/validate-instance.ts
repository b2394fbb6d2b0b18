import { compensationBoundary } from '../model/compensation-boundary.js';
import { compensationSubProcess } from '../runtime/compensation-memory.js';
import type { ActivityNode, CompensationState, InstanceState } from '../runtime/state.js';
import type { CompiledPlan } from './compile-plan.js';
import { canMigrateActive } from './element-kinds.js';
import type { InstanceReport, NodeReport } from './plan.js';

const UNMAPPED = "There is no migration instruction for this instance's activity";

/** Whether an instance can migrate as it stands now; nothing changes. */
export function validateInstance(state: InstanceState, plan: CompiledPlan): InstanceReport {
  const report = { processInstanceId: state.id, activityInstances: [], transitionInstances: [] };
  if (state.definitionId !== plan.plan.sourceDefinitionId)
    return {
      ...report,
      failures: [
        `Its process definition '${state.definitionId}' does not match the source process definition of the migration plan '${plan.plan.sourceDefinitionId}'`,
      ],
    };
  const nodes = [...state.nodes.values()].filter(({ phase }) => phase !== 'token');
  const parents = parentsOf(state);
  const reports = nodes.map((node) => ({
    node,
    report: reportOf(
      plan,
      node,
      isTransition(node) ? transitionFailures(plan, node) : activityFailures(plan, node, parents),
    ),
  }));
  const failed = reports.filter(({ report: { failures } }) => failures.length > 0);
  return {
    ...report,
    failures: [],
    activityInstances: failed.filter(({ node }) => !isTransition(node)).map((each) => each.report),
    transitionInstances: failed.filter(({ node }) => isTransition(node)).map((each) => each.report),
  };
}

/** Nodes that something is in; the place of a multi-instance that has ended is nothing. */
function parentsOf({ nodes }: InstanceState): ReadonlySet<string> {
  const parents = new Set<string>();
  for (const { parentId, phase } of nodes.values()) {
    if (parentId === null || phase === 'token') continue;
    parents.add(parentId);
    const parent = nodes.get(parentId);
    if (parent?.phase === 'token' && parent.parentId !== null) parents.add(parent.parentId);
  }
  return parents;
}

export function isTransition({ phase }: ActivityNode): boolean {
  return phase === 'async-before' || phase === 'async-after';
}

function reportOf(plan: CompiledPlan, node: ActivityNode, failures: readonly string[]): NodeReport {
  const mapping = plan.from(node.elementId);
  return {
    instanceId: node.id,
    sourceScopeId: node.parentId === null ? plan.plan.sourceDefinitionId : node.elementId,
    instruction: mapping
      ? {
          sourceActivityId: mapping.source.id,
          targetActivityId: mapping.target.id,
          updateEventTrigger: mapping.updateEventTrigger,
          ...(mapping.refresh && { refresh: mapping.refresh }),
          ...(mapping.beside && { alsoStartActivityIds: mapping.beside.map(({ id }) => id) }),
        }
      : null,
    failures,
  };
}

function activityFailures(plan: CompiledPlan, node: ActivityNode, parents: ReadonlySet<string>): string[] {
  const failures = handlerFailures(plan, node.compensations);
  if (node.listener)
    failures.push(`A worker is at work on a listener of '${node.elementId}'; it can migrate when that is done`);
  if (node.parentId === null) return failures;
  const element = plan.source.elements.get(node.elementId);
  const isLeaf = !parents.has(node.id) && !node.compensations?.length;
  if (isLeaf && !plan.from(node.elementId)) failures.push(UNMAPPED);
  if (element && !canMigrateActive(element))
    failures.push('The type of the source activity is not supported for activity instance migration');
  return failures;
}

function transitionFailures(plan: CompiledPlan, node: ActivityNode): string[] {
  const { target, beside } = plan.from(node.elementId) ?? {};
  if (!target) return [UNMAPPED];
  const failures: string[] = [];
  if (beside && node.phase === 'async-after')
    failures.push('The activity is done already, so it cannot become several');
  if (node.phase === 'async-before') {
    const startsProcess = plan.source.root.startEvents.some(({ id }) => id === node.elementId);
    if (startsProcess && target.scope?.scope)
      failures.push(
        'A transition instance that instantiates the process can only be migrated to a process-level flow node',
      );
    if (!target.asyncBefore) failures.push('Target activity is not asyncBefore');
    return failures;
  }
  if (target.outgoing.length > 1 && !target.outgoing.some(({ id }) => id === node.flowId))
    failures.push(
      node.flowId === undefined
        ? 'Transition instance is assigned to no sequence flow and target activity has more than one outgoing sequence flow'
        : 'Transition instance is assigned to a sequence flow that cannot be matched in the target activity',
    );
  if (!target.asyncAfter) failures.push('Target activity is not asyncAfter');
  return failures;
}

/** What was done in a scope and can be undone must be undone in the target too, or nobody could say what it would take. */
function handlerFailures(plan: CompiledPlan, states: readonly CompensationState[] = []): string[] {
  return states.flatMap((state) => {
    const inner = handlerFailures(plan, state.snapshot?.compensations);
    const trigger = triggerElement(plan, state);
    if (trigger === null || plan.from(trigger)) return inner;
    const failure = `Cannot migrate the subscription for compensation handler '${state.handlerId}'. There is no migration instruction for the compensation start event`;
    return [failure, ...inner];
  });
}

/** The event by which a handler is found: a boundary event, or the start of an event sub-process; null for a whole scope. */
export function triggerElement({ source }: CompiledPlan, { elementId, snapshot }: CompensationState): string | null {
  const element = source.elements.get(elementId);
  if (!element) return null;
  if (snapshot) return compensationSubProcess(element)?.startEvents[0]?.id ?? null;
  return compensationBoundary(element)?.id ?? null;
}
