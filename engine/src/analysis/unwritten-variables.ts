import type { Element, ProcessModel } from '../model/process-model.js';
import type { InstanceState } from '../runtime/state.js';
import { isLoopVariable, useAtEnd, useOf, type VariableUse } from './element-variables.js';
import { waysFrom } from './ways.js';

/** A variable that is read, though the instance doesn't have it and nothing in the model on the way writes it. */
export interface UnwrittenVariable {
  readonly name: string;
  /** Where it's read first, in the model's order. */
  readonly elementId: string;
}

/** Uses of elements by element: models are shared by many instances. */
const ahead = new WeakMap<Element, VariableUse>();
const atEnd = new WeakMap<Element, VariableUse>();

/** From this state on. Parallel and later writers count as much as earlier ones, so little is listed in vain. */
export function unwrittenVariables(state: InstanceState, model: ProcessModel): readonly UnwrittenVariable[] {
  const uses = usesFrom(state, model);
  const written = new Set<string>();
  for (const { variables, task } of state.nodes.values())
    for (const name of [...Object.keys(variables), ...Object.keys(task?.variables ?? {})]) written.add(name);
  for (const { writes } of uses.values()) for (const name of writes) written.add(name);
  const found = new Map<string, string>();
  for (const element of model.elements.values())
    for (const name of uses.get(element)?.reads ?? [])
      if (!written.has(name) && !isLoopVariable(name) && !found.has(name)) found.set(name, element.id);
  return [...found].map(([name, elementId]) => ({ name, elementId }));
}

function usesFrom(state: InstanceState, model: ProcessModel): ReadonlyMap<Element, VariableUse> {
  const uses = new Map<Element, VariableUse>();
  const parents = new Set([...state.nodes.values()].map(({ parentId }) => parentId));
  for (const node of state.nodes.values()) {
    const at = model.elements.get(node.elementId);
    if (!at || node.phase === 'token') continue;
    if (node.phase === 'active' && node.parentId !== null) {
      // A scope reads its conditions again and again.
      uses.set(at, parents.has(node.id) ? cached(ahead, at, useOf) : cached(atEnd, at, useAtEnd));
      for (const inner of at.eventSubProcesses) enter(inner);
    }
    for (const element of waysFrom(node, at).elements) enter(element);
  }
  for (const inner of model.root.eventSubProcesses) enter(inner);
  return uses;

  function enter(element: Element): void {
    uses.set(element, cached(ahead, element, useOf));
    for (const child of [...element.children, ...(element.repeats ? [element.repeats] : [])]) enter(child);
  }
}

function cached(cache: WeakMap<Element, VariableUse>, element: Element, find: (element: Element) => VariableUse) {
  const known = cache.get(element);
  if (known) return known;
  const found = find(element);
  cache.set(element, found);
  return found;
}
