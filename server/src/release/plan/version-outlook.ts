import {
  type CallTargetQuery,
  type Decision,
  type DecisionQuery,
  generatePlan,
  type InstanceState,
  type MigrationPlan,
  type Prediction,
  type ProcessModel,
  predictMigration,
} from '@millrace/engine';
import { CommandEnvironment, complete } from '../../persistence/command-environment.js';
import type { Queryable } from '../../persistence/database.js';
import { Family } from '../../persistence/family.js';
import { loadInstance } from '../../persistence/instance-store.js';
import type { Resources } from '../../persistence/resources.js';
import type { InstanceGroup } from './instance-groups.query.js';

export type Outcome = Prediction['outcome'];
export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** What would become of the running instances of one version. */
export interface VersionOutlook {
  readonly instances: number;
  readonly outcomes: OutcomeCounts;
  /** Where instances are now; one that is at several places counts at each of them. */
  readonly elements: readonly ElementOutlook[];
  readonly groups: readonly GroupOutlook[];
}

interface ElementOutlook {
  readonly elementId: string;
  readonly instances: number;
  readonly outcomes: OutcomeCounts;
  readonly reasons: readonly string[];
}

interface GroupOutlook extends Prediction {
  readonly activeElementIds: readonly string[];
  readonly instances: number;
  readonly sampleId: string;
}

/** A version that isn't deployed, in the place of one that is. */
export interface PlannedVersion {
  readonly id: string;
  readonly model: ProcessModel;
}

const NONE: OutcomeCounts = { moves: 0, 'needs-mapping': 0, stays: 0, breaks: 0 };

/** Tries the generated migration plan on a copy of one instance of each group. Instances that end meanwhile aren't counted. */
export async function versionOutlook(
  on: Queryable,
  resources: Resources,
  source: PlannedVersion,
  target: PlannedVersion,
  groups: readonly InstanceGroup[],
): Promise<VersionOutlook> {
  const plan: MigrationPlan = {
    sourceDefinitionId: source.id,
    targetDefinitionId: target.id,
    instructions: generatePlan(source.model, target.model),
  };
  const predicted: GroupOutlook[] = [];
  for (const { count, sampleId } of groups) {
    const state = await loadInstance(on, sampleId);
    if (!state || state.definitionId !== source.id) continue;
    const family = new Family((id) => loadInstance(on, id));
    const env = new CommandEnvironment(new WithPlanned(resources, target), family, new Date(), null);
    const prediction = await complete(env, () => predictMigration(state, plan, env));
    predicted.push({ ...prediction, activeElementIds: activeElements(state), instances: count, sampleId });
  }
  return {
    instances: predicted.reduce((sum, { instances }) => sum + instances, 0),
    outcomes: predicted.reduce(add, NONE),
    elements: byElement(predicted),
    groups: predicted,
  };
}

function add(
  counts: OutcomeCounts,
  { outcome, instances }: Pick<GroupOutlook, 'outcome' | 'instances'>,
): OutcomeCounts {
  return { ...counts, [outcome]: counts[outcome] + instances };
}

function byElement(groups: readonly GroupOutlook[]): ElementOutlook[] {
  const ids = new Set(groups.flatMap(({ activeElementIds }) => activeElementIds));
  return [...ids].sort().map((elementId) => {
    const here = groups.filter(({ activeElementIds }) => activeElementIds.includes(elementId));
    const reasons = here.flatMap((group) => group.reasons.filter((reason) => reason.elementId === elementId));
    return {
      elementId,
      instances: here.reduce((sum, { instances }) => sum + instances, 0),
      outcomes: here.reduce(add, NONE),
      reasons: [...new Set(reasons.map(({ message }) => message))],
    };
  });
}

/** The leaves of the tree. */
function activeElements({ nodes }: InstanceState): string[] {
  const parents = new Set([...nodes.values()].map(({ parentId }) => parentId));
  const leaves = [...nodes.values()].filter(({ id, parentId }) => parentId !== null && !parents.has(id));
  return [...new Set(leaves.map(({ elementId }) => elementId))].sort();
}

/** The deployed definitions, and one that isn't. */
class WithPlanned implements Resources {
  constructor(
    private readonly deployed: Resources,
    private readonly planned: PlannedVersion,
  ) {}

  get scripts() {
    return this.deployed.scripts;
  }

  async model(definitionId: string): Promise<ProcessModel> {
    return definitionId === this.planned.id ? this.planned.model : this.deployed.model(definitionId);
  }

  loadedModel(definitionId: string): ProcessModel | undefined {
    return definitionId === this.planned.id ? this.planned.model : this.deployed.loadedModel(definitionId);
  }

  callTarget(query: CallTargetQuery): Promise<string> {
    return this.deployed.callTarget(query);
  }

  decision(query: DecisionQuery): Promise<Decision> {
    return this.deployed.decision(query);
  }
}
