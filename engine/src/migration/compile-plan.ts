import { MigrationPlanError } from '../errors.js';
import type { Element, ProcessModel } from '../model/process-model.js';
import type { Environment } from '../ports.js';
import type { Mapping, Mappings } from './instruction-checks.js';
import type { MigrationPlan } from './plan.js';
import { checkPlan } from './validate-plan.js';

/** The columns of a row that say by which definition its instance runs; the key only where it becomes another one. */
export interface DefinitionColumns {
  readonly processDefinitionId: string;
  readonly processDefinitionKey?: string;
}

/** A valid plan, ready for any number of instances. */
export class CompiledPlan {
  /** What changes in every row of an instance that migrates. */
  readonly definition: DefinitionColumns;

  constructor(
    readonly plan: MigrationPlan,
    readonly source: ProcessModel,
    readonly target: ProcessModel,
    private readonly mappings: Mappings,
  ) {
    const { targetDefinitionId: processDefinitionId } = plan;
    this.definition =
      source.key === target.key ? { processDefinitionId } : { processDefinitionId, processDefinitionKey: target.key };
  }

  /** What an element of the source is mapped to. */
  from(sourceId: string): Mapping | undefined {
    const element = this.source.elements.get(sourceId);
    return element && this.mappings.from(element)[0];
  }

  /** The target of an element of the source, the process itself included. */
  targetOf(sourceId: string): Element | undefined {
    return sourceId === this.source.root.id ? this.target.root : this.from(sourceId)?.target;
  }
}

const compiled = new WeakMap<MigrationPlan, CompiledPlan>();

/** Once per plan, not per instance. @throws MigrationPlanError when the plan isn't valid; MissingResource */
export function compilePlan(plan: MigrationPlan, env: Pick<Environment, 'model'>): CompiledPlan {
  const source = env.model(plan.sourceDefinitionId);
  const target = env.model(plan.targetDefinitionId);
  const known = compiled.get(plan);
  if (known?.source === source && known.target === target) return known;
  const { report, mappings } = checkPlan(source, target, plan.instructions);
  if (report.instructions.length > 0) throw new MigrationPlanError(plan, report);
  const made = new CompiledPlan(plan, source, target, mappings);
  compiled.set(plan, made);
  return made;
}
