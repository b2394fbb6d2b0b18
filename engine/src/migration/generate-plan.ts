import type { Element, ProcessModel } from '../model/process-model.js';
import { canMigrateActive, eventScopeOf, hasTrigger, isArmed, triggerOf } from './element-kinds.js';
import { failuresOf, type Mapping, Mappings, PARTIAL_CHECKS } from './instruction-checks.js';
import type { MigrationInstruction } from './plan.js';

export interface GenerateOptions {
  /** Events take their names and dates from the target wherever they can. */
  readonly updateEventTriggers?: boolean;
}

/** The instructions between elements of the same id in corresponding scopes, as far as they are valid together. */
export function generatePlan(
  source: ProcessModel,
  target: ProcessModel,
  { updateEventTriggers = false }: GenerateOptions = {},
): readonly MigrationInstruction[] {
  const events = { source: eventsByScope(source), target: eventsByScope(target) };
  let mappings: readonly Mapping[] = [];
  const scopes: (readonly [Element, Element])[] = [[source.root, target.root]];
  for (const [from, to] of scopes) {
    const inside = matching(from.children, to.children);
    mappings = [...mappings, ...inside];
    mappings = [...mappings, ...matching(events.source.get(from) ?? [], events.target.get(to) ?? [])];
    mappings = valid(mappings);
    scopes.push(
      ...inside.filter((mapping) => mappings.includes(mapping)).map((each) => [each.source, each.target] as const),
    );
  }
  return mappings.map((each) => ({
    sourceActivityId: each.source.id,
    targetActivityId: each.target.id,
    updateEventTrigger: each.updateEventTrigger,
  }));

  function matching(sources: readonly Element[], targets: readonly Element[]): Mapping[] {
    const known = new Mappings(mappings);
    const byId = new Map(targets.filter(isSupported).map((element) => [element.id, element]));
    return sources.flatMap((element) => {
      const same = byId.get(element.id);
      if (!same || !isSupported(element) || known.from(element).length > 0) return [];
      const conditional = triggerOf(element)?.kind === 'conditional' && isArmed(element);
      const updateEventTrigger = conditional || (updateEventTriggers && hasTrigger(element));
      const mapping = { source: element, target: same, updateEventTrigger };
      return failuresOf(PARTIAL_CHECKS, mapping, known).length === 0 ? [mapping] : [];
    });
  }
}

/** One that falls may take others along. */
function valid(mappings: readonly Mapping[]): readonly Mapping[] {
  for (let kept = mappings; ; ) {
    const all = new Mappings(kept);
    const left = kept.filter((mapping) => failuresOf(PARTIAL_CHECKS, mapping, all).length === 0);
    if (left.length === kept.length) return left;
    kept = left;
  }
}

function eventsByScope(model: ProcessModel): ReadonlyMap<Element, readonly Element[]> {
  const events = new Map<Element, Element[]>();
  for (const element of model.elements.values()) {
    const scope = eventScopeOf(element);
    if (scope) events.set(scope, [...(events.get(scope) ?? []), element]);
  }
  return events;
}

function isSupported(element: Element): boolean {
  const isAsync = element.asyncBefore || element.asyncAfter;
  return (canMigrateActive(element) || isAsync) && !element.isForCompensation && !isCaughtOnly(element);
}

/** Whoever throws looks for it; nothing waits, so there is nothing to migrate. */
function isCaughtOnly(element: Element): boolean {
  const kind = triggerOf(element)?.kind;
  return kind === 'error' || kind === 'escalation' || kind === 'cancel';
}
