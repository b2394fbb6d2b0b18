import { InvalidCommandError } from '../errors.js';
import { eventScopeOf, isInside, startsEventSubProcess } from '../migration/element-kinds.js';
import type { Element, SequenceFlow } from '../model/process-model.js';
import { addNode } from '../runtime/add-node.js';
import { catchingErrors } from '../runtime/catching-errors.js';
import { cancel, cancelInside } from '../runtime/ending.js';
import { viewOf } from '../runtime/evaluation.js';
import { enterScope } from '../runtime/lifecycle.js';
import type { Run } from '../runtime/run.js';
import { setVariables, setVariablesLocal } from '../runtime/scope-variables.js';
import type { ActivityNode } from '../runtime/state.js';
import type { Variables } from '../runtime/typed-value.js';
import type { StartInstruction } from './instruction.js';

/** Where a token is to begin: at an element, or on a flow. */
interface Goal {
  readonly what: string;
  readonly element: Element | null;
  readonly flow: SequenceFlow | null;
  readonly scope: Element;
}

/** Puts a new token into the instance, with every scope around it that isn't there yet. @throws InvalidCommandError */
export function startToken(run: Run, instruction: StartInstruction): void {
  const goal = goalOf(run, instruction);
  const { missing, found } = findScope(run, goal, instruction.ancestorActivityInstanceId);
  const scopeId = makeWay(run, goal, missing, found);
  const inner = begun(run, goal, missing, scopeId);
  if (inner === null) return; // a listener threw an error
  const { id, isNew } = inner;
  setVariables(run, id, instruction.variables);
  if (isNew) setVariablesLocal(run, id, instruction.localVariables);
  const variables = isNew ? undefined : instruction.localVariables;
  const { flow, element } = goal;
  if (flow) run.next({ op: 'take', flow, scopeId: id, variables });
  else if (element) run.next({ op: 'arrive', element, scopeId: id, flowId: null, hasHappened: true, variables });
}

function goalOf(run: Run, instruction: StartInstruction): Goal {
  const words = {
    startBefore: 'Start before activity',
    startAfter: 'Start after activity',
    startTransition: 'Start transition',
  };
  const id = instruction.type === 'startTransition' ? instruction.transitionId : instruction.activityId;
  const what = `Cannot perform instruction: ${words[instruction.type]} '${id}'`;
  const flow = instruction.type === 'startTransition' ? flowOf(run, id) : undefined;
  const element = instruction.type === 'startTransition' ? undefined : run.model.elements.get(id);
  if (flow?.source.scope) return { what, flow, element: null, scope: flow.source.scope };
  if (!element?.scope)
    throw new InvalidCommandError(
      `${what}; Element '${id}' does not exist in process '${run.state.header.definitionId}'`,
      {
        elementId: id,
      },
    );
  if (instruction.type === 'startBefore') return { what, flow: null, element, scope: element.scope };
  const outermost = element.body ?? element;
  const [only, ...more] = outermost.outgoing;
  if (!only || more.length > 0)
    throw new InvalidCommandError(
      `Cannot start after activity ${id}; activity has ${only ? 'more than one' : 'no'} outgoing sequence flow`,
      { elementId: id },
    );
  return { what, flow: only, element: null, scope: only.source.scope ?? element.scope };
}

function flowOf(run: Run, id: string): SequenceFlow | undefined {
  for (const { outgoing } of run.model.elements.values()) for (const flow of outgoing) if (flow.id === id) return flow;
  return undefined;
}

/** The innermost scope that is at work already, and those that have to begin inside it, the outermost first. */
function findScope(
  run: Run,
  goal: Goal,
  ancestorId: string | undefined,
): { readonly missing: readonly Element[]; readonly found: ActivityNode } {
  const missing: Element[] = [];
  const ancestor = ancestorId === undefined ? undefined : ancestorOf(run, goal, ancestorId);
  for (let scope: Element | null = goal.scope; scope; { scope } = scope) {
    const instances = instancesOf(run, scope);
    const meant = ancestor ? instances.filter(({ id }) => id === ancestor.id) : instances;
    if (meant.length > 1)
      throw new InvalidCommandError(
        `${goal.what}; Ancestor activity execution is ambiguous for activity '${scope.id}', there are ${meant.length}`,
      );
    if (meant[0]) return { missing: missing.reverse(), found: meant[0] };
    missing.push(scope);
  }
  throw new InvalidCommandError(
    `${goal.what}; Scope execution for '${ancestorId}' cannot be found in parent hierarchy of the element`,
  );
}

function ancestorOf(run: Run, { what }: Goal, id: string): ActivityNode {
  const node = run.state.find(id);
  if (node) return node;
  throw new InvalidCommandError(`${what}; Ancestor activity instance '${id}' does not exist`);
}

function instancesOf(run: Run, scope: Element): ActivityNode[] {
  return [...run.state.all()].filter(({ elementId, phase }) => elementId === scope.id && phase === 'active');
}

/** Cancels what an interrupting event ends; the scope in which to go on. */
function makeWay(run: Run, { element }: Goal, missing: readonly Element[], found: ActivityNode): string {
  const [topmost = element, second = element] = missing;
  if (!topmost) return found.id;
  const host = eventScopeOf(topmost);
  const endsHost = topmost.attachedTo ? topmost.interrupting : host?.behavior.awaitsNext === true;
  if (host && endsHost && host !== topmost) {
    const hosts = instancesOf(run, host);
    if (hosts.length > 1)
      throw new InvalidCommandError(`Execution of '${host.id}' is ambiguous, there are ${hosts.length}`);
    if (hosts[0]) {
      cancel(run, hosts[0].id);
      return hosts[0].parentId ?? found.id;
    }
  }
  const start = startOf(topmost, second);
  if (start?.interrupting && run.elementOf(found).eventSubProcesses.includes(topmost)) cancelInside(run, found.id);
  return found.id;
}

/** The start event by which an event sub-process begins here; null when the token begins behind it. */
function startOf(topmost: Element, second: Element | null): Element | null {
  const start = topmost.startEvents.find(startsEventSubProcess);
  return start && (second === start || second === topmost) ? start : null;
}

/** Begins the scopes around the goal. Null when a listener or mapping threw an error, and that goes on instead. */
function begun(
  run: Run,
  goal: Goal,
  missing: readonly Element[],
  scopeId: string,
): { readonly id: string; readonly isNew: boolean } | null {
  let inner: { id: string; isNew: boolean } | null = {
    id: placeIn(run, scopeId, missing[0] ?? goal.element),
    isNew: false,
  };
  for (const element of missing) {
    const parentId: string = inner.id;
    inner = null;
    catchingErrors(run, parentId, () => {
      const node = enterScope(run, element, parentId);
      const place = element.behavior.instances?.first(element, viewOf(run, node));
      inner = { id: place && element.repeats ? placeWith(run, element.repeats, node.id, place) : node.id, isNew: true };
    });
    if (!inner) return null;
  }
  return inner;
}

/** Beside the instances of a multi-instance that there are, another one gets a place of its own. */
function placeIn(run: Run, scopeId: string, inside: Element | null): string {
  const scope = run.state.node(scopeId);
  const element = run.elementOf(scope);
  const { instances } = element.behavior;
  if (!instances || !inside || !element.repeats || !(inside === element.repeats || isInside(inside, element.repeats)))
    return scopeId;
  const variables = instances.another(element, viewOf(run, scope));
  if (variables) return placeWith(run, element.repeats, scopeId, variables);
  throw new InvalidCommandError(`Concurrent instantiation not possible for activities in scope '${element.id}'`);
}

function placeWith(run: Run, element: Element, bodyId: string, variables: Variables): string {
  const place = addNode(run, element, bodyId, 'token', null);
  setVariablesLocal(run, place.id, variables);
  return place.id;
}
