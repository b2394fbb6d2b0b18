import type { Element } from '../model/process-model.js';
import { besideFailures } from './beside-checks.js';
import {
  eventScopeOf,
  hasTrigger,
  isArmed,
  isInside,
  kindOf,
  startsEventSubProcess,
  triggerOf,
} from './element-kinds.js';
import type { Refresh } from './plan.js';
import { refreshFailures } from './refresh-checks.js';

/** An instruction whose two elements exist. */
export interface Mapping {
  readonly source: Element;
  readonly target: Element;
  readonly updateEventTrigger: boolean;
  readonly refresh?: Refresh;
  /** What begins beside the target. */
  readonly beside?: readonly Element[];
}

/** The instructions of a plan, found by either end. */
export class Mappings {
  private readonly sources = new Map<Element, Mapping[]>();
  private readonly targets = new Map<Element, Mapping[]>();

  constructor(readonly all: readonly Mapping[]) {
    for (const mapping of all) {
      add(this.sources, mapping.source, mapping);
      add(this.targets, mapping.target, mapping);
    }
  }

  from(source: Element): readonly Mapping[] {
    return this.sources.get(source) ?? [];
  }

  to(target: Element): readonly Mapping[] {
    return this.targets.get(target) ?? [];
  }
}

function add(index: Map<Element, Mapping[]>, element: Element, mapping: Mapping): void {
  const known = index.get(element);
  if (known) known.push(mapping);
  else index.set(element, [mapping]);
}

/** Says what is wrong with one instruction among all of them; null when nothing is. */
export type InstructionCheck = (mapping: Mapping, all: Mappings) => string | readonly string[] | null;

const sameKind: InstructionCheck = ({ source, target }) =>
  kindOf(source) === kindOf(target)
    ? null
    : `Activities have incompatible types ('${source.activityType}' is not compatible with '${target.activityType}')`;

const sameEvent: InstructionCheck = ({ source, target }) => {
  const isAttached = source.attachedTo !== null || startsEventSubProcess(source);
  return !isAttached || kindOf(source) !== kindOf(target) || triggerOf(source)?.kind === triggerOf(target)?.kind
    ? null
    : `Events are not of the same type ('${source.activityType}' is not '${target.activityType}')`;
};

const mappedOnce: InstructionCheck = ({ source }, all) =>
  all.from(source).length > 1 ? `There are multiple mappings for source activity '${source.id}'` : null;

/** A body that is new would have no counters. */
const noBodyAdded: InstructionCheck = ({ target }, all) => {
  for (let scope = target.scope; scope && all.to(scope).length === 0; scope = scope.scope)
    if (scope.repeats)
      return `Target activity '${target.id}' is a descendant of multi-instance body '${scope.id}' that is not mapped from the source process definition`;
  return null;
};

const noInnerAdded: InstructionCheck = ({ target: { repeats, id } }, all) =>
  repeats && all.to(repeats).length === 0
    ? `The activity inside multi-instance body '${id}' must be mapped to, because its body is`
    : null;

const noInnerRemoved: InstructionCheck = ({ source: { repeats, id } }, all) =>
  repeats && all.from(repeats).length === 0
    ? `The activity inside multi-instance body '${id}' cannot be removed, because its body is mapped`
    : null;

/** Tokens that wait at a join must find each other again. */
const joins: InstructionCheck = ({ source, target }, all) => {
  if (!target.behavior.joins) return null;
  const failures: string[] = [];
  if (source.incoming.length > target.incoming.length)
    failures.push(
      `The target gateway must have at least as many incoming sequence flows as the source gateway, but has ${target.incoming.length} instead of ${source.incoming.length}`,
    );
  if (source.scope?.scope && all.from(source.scope).length === 0)
    failures.push(`The gateway's flow scope '${source.scope.id}' must be mapped`);
  if (all.to(target).length > 1) failures.push(`Only one gateway can be mapped to gateway '${target.id}'`);
  return failures;
};

const sameEventScope: InstructionCheck = ({ source, target }, all) => {
  if (triggerOf(source)?.kind === 'compensation') return null;
  const scope = eventScopeOf(source);
  if (!scope || scope === source.scope) return null;
  const targetScope = eventScopeOf(target);
  if (!targetScope)
    return `The source activity's event scope (${scope.id}) must be mapped, but the target activity has no event scope`;
  const mapped = scope === source ? target : scope.scope === null ? rootOf(target) : all.from(scope)[0]?.target;
  return mapped === targetScope
    ? null
    : `The source activity's event scope (${scope.id}) must be mapped to the target activity's event scope (${targetScope.id})`;
};

function rootOf(element: Element): Element {
  let root = element;
  while (root.scope) root = root.scope;
  return root;
}

const updatable: InstructionCheck = ({ source, updateEventTrigger }) =>
  updateEventTrigger && !hasTrigger(source)
    ? 'Cannot update the event trigger, because the activity does not define a persistent event trigger'
    : null;

/** Scopes may come and go between an activity and its closest mapped scope, but it must stay inside that one. */
const staysInside: InstructionCheck = ({ source, target }, all) => {
  let scope = source.scope;
  while (scope && all.from(scope).length === 0) ({ scope } = scope);
  const mapped = scope && all.from(scope)[0];
  return !mapped || isInside(target, mapped.target)
    ? null
    : `The closest mapped ancestor '${mapped.source.id}' is mapped to scope '${mapped.target.id}', which is not an ancestor of target scope '${target.id}'`;
};

const conditionUpdated: InstructionCheck = ({ source, updateEventTrigger }) =>
  triggerOf(source)?.kind === 'conditional' && isArmed(source) && !updateEventTrigger
    ? 'Conditional event activities must be mapped with updateEventTrigger'
    : null;

const refreshable: InstructionCheck = ({ source, target, refresh }) => refreshFailures(source, target, refresh);

const besides: InstructionCheck = ({ source, target, beside }) => besideFailures(source, target, beside);

/** Those that a plan in the making can keep already. */
export const PARTIAL_CHECKS: readonly InstructionCheck[] = [
  sameKind,
  sameEvent,
  mappedOnce,
  noBodyAdded,
  joins,
  sameEventScope,
  updatable,
  staysInside,
  conditionUpdated,
  refreshable,
  besides,
];

export const ALL_CHECKS: readonly InstructionCheck[] = [...PARTIAL_CHECKS, noInnerAdded, noInnerRemoved];

export function failuresOf(checks: readonly InstructionCheck[], mapping: Mapping, all: Mappings): string[] {
  return checks.flatMap((check) => check(mapping, all) ?? []);
}
