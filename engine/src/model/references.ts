import type { ModdleElement, ModdleResult } from './moddle.js';
import type { ParseContext } from './parse-context.js';

interface Unresolved {
  readonly element: ModdleElement;
  readonly property: string;
  readonly value: string;
}

/** What a process can't be connected without. */
const connections = new Set(['attachedToRef', 'sourceRef', 'targetRef', 'default', 'activityRef']);

/**
 * A reference that the reader of the document couldn't follow: a qualified name (`tns:order`) of an element of this document is
 * followed, what the process needs is refused, and all else is only drawn or judged by the element that reads it.
 */
export function noteReference(
  { element, property, value }: Unresolved,
  result: ModdleResult,
  context: ParseContext,
): void {
  const name = property.replace(/^\w+:/, '');
  const target = result.elementsById[value.slice(value.indexOf(':') + 1)];
  if (target && value.includes(':') && element.$descriptor.propertiesByName[property]?.isMany !== true) {
    element.set(name, target);
    return;
  }
  context.unresolved(element, name, value);
  const reason = `Expected '${name}' to name an element of this document, but there is no '${value}'`;
  if (element.$type === 'bpmndi:BPMNShape' || element.$type === 'bpmndi:BPMNEdge') {
    if (name === 'bpmnElement') context.refuse(element, reason);
  } else if (connections.has(name) && isExecuted(element)) context.refuse(element, reason);
  else context.warn(element, reason);
}

/** Collaborations and processes that are only drawn may point at anything. */
function isExecuted(element: ModdleElement): boolean {
  for (let e: ModdleElement | undefined = element; e; e = e.$parent) {
    if (e.$type === 'bpmn:Process') return e.get('isExecutable') === true;
    if (e.$type === 'bpmn:Collaboration') return false;
  }
  return true;
}
