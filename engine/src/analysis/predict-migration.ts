import { EngineError, MissingResource } from '../errors.js';
import { compilePlan } from '../migration/compile-plan.js';
import { canMigrate, type InstanceReport, type MigrationPlan, type NodeReport } from '../migration/plan.js';
import { validateInstance } from '../migration/validate-instance.js';
import type { Element, ProcessModel } from '../model/process-model.js';
import type { Environment } from '../ports.js';
import { execute } from '../runtime/execute.js';
import type { InstanceState } from '../runtime/state.js';

/** What would become of an instance. */
export interface Prediction {
  /**
   * `moves`: the plan moves it, and it can go on. `needs-mapping`: it would with instructions that the plan lacks.
   * `stays`: where it is now it can't move, whatever the plan. `breaks`: it would fail when it moves, or could never end.
   */
  readonly outcome: 'moves' | 'needs-mapping' | 'stays' | 'breaks';
  readonly reasons: readonly { readonly elementId: string | null; readonly message: string }[];
}

/**
 * Tries a migration on a copy; nothing changes. The plan itself must be valid.
 * @throws MissingResource when the environment hasn't loaded something; MigrationPlanError
 */
export function predictMigration(state: InstanceState, plan: MigrationPlan, env: Environment): Prediction {
  const compiled = compilePlan(plan, env);
  const report = validateInstance(state, compiled);
  if (!canMigrate(report)) return refusal(state, report);
  try {
    const { state: after } = execute(state.id, state, { kind: 'migrate', plan }, env);
    const reasons = after ? stuckJoins(after, compiled.target) : [];
    return { outcome: reasons.length > 0 ? 'breaks' : 'moves', reasons };
  } catch (error) {
    if (error instanceof MissingResource || !(error instanceof EngineError)) throw error;
    return { outcome: 'breaks', reasons: [{ elementId: elementOf(error), message: error.message }] };
  }
}

function refusal(state: InstanceState, report: InstanceReport): Prediction {
  const nodes = [...report.activityInstances, ...report.transitionInstances];
  const reasons = [
    ...report.failures.map((message) => ({ elementId: null, message })),
    ...nodes.flatMap(({ instanceId, failures }) =>
      failures.map((message) => ({ elementId: state.nodes.get(instanceId)?.elementId ?? null, message })),
    ),
  ];
  const isMapping = report.failures.length === 0 && nodes.every((node) => lacksInstruction(state, node));
  return { outcome: isMapping ? 'needs-mapping' : 'stays', reasons };
}

/** Only an instruction is missing: nothing else is in the way of this activity instance. */
function lacksInstruction(state: InstanceState, { instanceId, instruction, failures }: NodeReport): boolean {
  const node = state.nodes.get(instanceId);
  return instruction === null && failures.length === 1 && node?.parentId != null && !node.listener;
}

/** Joins that wait for more tokens than can ever come. */
function stuckJoins(state: InstanceState, model: ProcessModel): Prediction['reasons'] {
  const joining = [...state.nodes.values()].filter(({ phase }) => phase === 'joining');
  const places = new Map(joining.map((node) => [`${node.parentId} ${node.elementId}`, node]));
  return [...places.values()].flatMap(({ elementId, parentId }) => {
    const gateway = model.elements.get(elementId);
    const inScope = [...state.nodes.values()].filter((other) => other.parentId === parentId);
    const here = inScope.filter((other) => other.elementId === elementId && other.phase === 'joining').length;
    const coming = inScope.some((other) => {
      const at = model.elements.get(other.elementId);
      const waitsHere = other.elementId === elementId && other.phase === 'joining';
      return at !== undefined && gateway !== undefined && !waitsHere && (at === gateway || reaches(at, gateway));
    });
    if (!gateway || coming || here >= gateway.incoming.length) return [];
    const message = `This join waits for ${gateway.incoming.length} tokens, but ${here} ${here === 1 ? 'has' : 'have'} come and no other can come any more`;
    return [{ elementId, message }];
  });
}

/** Along flows, links and the boundary events on the way. */
function reaches(from: Element, target: Element): boolean {
  const seen = new Set<Element>([from]);
  for (const element of seen) {
    const next = [
      ...element.outgoing.map((flow) => flow.target),
      ...(element.behavior.leadsTo?.(element) ?? []),
      ...element.boundaryEvents,
    ];
    for (const reached of next) {
      if (reached === target) return true;
      seen.add(reached);
    }
  }
  return false;
}

function elementOf({ details }: EngineError): string | null {
  const id = details['elementId'];
  return typeof id === 'string' ? id : null;
}
