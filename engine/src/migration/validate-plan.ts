import type { ProcessModel } from '../model/process-model.js';
import { ALL_CHECKS, failuresOf, type Mapping, Mappings } from './instruction-checks.js';
import type { MigrationInstruction, PlanReport } from './plan.js';

export interface CheckedPlan {
  readonly report: PlanReport;
  readonly mappings: Mappings;
}

/** What is wrong with the instructions, whatever the instances. */
export function validatePlan(
  source: ProcessModel,
  target: ProcessModel,
  instructions: readonly MigrationInstruction[],
): PlanReport {
  return checkPlan(source, target, instructions).report;
}

/** The report, and the instructions whose elements exist. */
export function checkPlan(
  source: ProcessModel,
  target: ProcessModel,
  instructions: readonly MigrationInstruction[],
): CheckedPlan {
  const resolved = instructions.map((instruction) => ({ instruction, ...resolve(source, target, instruction) }));
  const mappings = new Mappings(resolved.flatMap(({ mapping }) => mapping ?? []));
  const reports = resolved.map(({ instruction, mapping, failures }) => ({
    instruction,
    failures: mapping ? failuresOf(ALL_CHECKS, mapping, mappings) : failures,
  }));
  return { report: { instructions: reports.filter(({ failures }) => failures.length > 0) }, mappings };
}

function resolve(
  source: ProcessModel,
  target: ProcessModel,
  { sourceActivityId, targetActivityId, updateEventTrigger, refresh, alsoStartActivityIds = [] }: MigrationInstruction,
): { readonly mapping: Mapping | null; readonly failures: readonly string[] } {
  const from = activity(source, sourceActivityId);
  const to = activity(target, targetActivityId);
  const beside = alsoStartActivityIds.map((id) => activity(target, id));
  const unknown = alsoStartActivityIds.filter((_, index) => !beside[index]).map((id) => missing('Target', id));
  if (from && to && unknown.length === 0) {
    const more = {
      ...(refresh && { refresh }),
      ...(beside.length > 0 && { beside: beside.flatMap((each) => each ?? []) }),
    };
    return { mapping: { source: from, target: to, updateEventTrigger, ...more }, failures: [] };
  }
  const bothNamed = sourceActivityId !== null && targetActivityId !== null;
  return {
    mapping: null,
    failures: [
      ...(from || (sourceActivityId !== null && !bothNamed) ? [] : [missing('Source', sourceActivityId)]),
      ...(to || (targetActivityId !== null && !bothNamed) ? [] : [missing('Target', targetActivityId)]),
      ...unknown,
    ],
  };
}

/** The process itself is always mapped; it isn't an activity. */
function activity(model: ProcessModel, id: string | null) {
  const element = id === null ? undefined : model.elements.get(id);
  return element === model.root ? undefined : element;
}

function missing(end: string, id: string | null): string {
  return id === null ? `${end} activity id is null` : `${end} activity '${id}' does not exist`;
}
