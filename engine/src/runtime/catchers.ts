import type { EventTrigger } from '../behaviors/behavior.js';
import type { Element, ProcessModel } from '../model/process-model.js';
import type { Environment } from '../ports.js';
import type { ActivityNode, InstanceState } from './state.js';

/** Who catches what is thrown inside: an event sub-process's start in a scope, or a boundary event at its border. */
export interface Catcher {
  /** The activity instance at whose border, or inside which, it is caught. */
  readonly nodeId: string;
  readonly event: Element;
}

/** Whether a trigger catches what was thrown: by name, because it catches all, or not. */
export type Matches = (trigger: EventTrigger) => 'exact' | 'any' | null;

interface Path {
  pathToRoot(id: string): Iterable<ActivityNode>;
}

/** The innermost catcher, seen from an activity instance outwards. Source: BPMN 2.0.2 §10.5.1. */
export function findCatcher(state: Path, from: string, model: ProcessModel, matches: Matches): Catcher | null {
  const passed = new Set<string>();
  for (const node of state.pathToRoot(from)) {
    const element = model.elements.get(node.elementId);
    passed.add(node.elementId);
    if (!element || node.phase !== 'active') continue;
    const inside = element.eventSubProcesses
      .filter(({ id }) => !passed.has(id))
      .flatMap(({ startEvents }) => startEvents);
    const event = bestMatch(inside, matches) ?? bestMatch(element.boundaryEvents, matches);
    if (event) return { nodeId: node.id, event };
  }
  return null;
}

/** An event for this very code goes before one that catches all. */
function bestMatch(events: readonly Element[], matches: Matches): Element | null {
  const found = events.flatMap((event) => {
    const trigger = event.behavior.trigger?.(event.config);
    const match = trigger ? matches(trigger) : null;
    return match ? [{ event, match }] : [];
  });
  return (found.find(({ match }) => match === 'exact') ?? found[0])?.event ?? null;
}

/** Who would catch it among the calling instances. They are asked, not changed. */
export function findCatcherAbove(
  called: Pick<InstanceState, 'superProcessInstanceId' | 'superActivityInstanceId'>,
  env: Environment,
  matches: Matches,
): Catcher | null {
  const { superProcessInstanceId, superActivityInstanceId } = called;
  if (superProcessInstanceId === null || superActivityInstanceId === null) return null;
  const state = env.instance(superProcessInstanceId);
  const path: Path = { pathToRoot: (id) => pathIn(state, id) };
  return (
    findCatcher(path, superActivityInstanceId, env.model(state.definitionId), matches) ??
    findCatcherAbove(state, env, matches)
  );
}

function* pathIn(state: InstanceState, id: string): Iterable<ActivityNode> {
  for (let node = state.nodes.get(id); node; node = node.parentId === null ? undefined : state.nodes.get(node.parentId))
    yield node;
}
