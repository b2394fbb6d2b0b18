import type { Element, SequenceFlow } from '../model/process-model.js';
import type { ActivityNode } from '../runtime/state.js';

/** What tokens can come to: flows that they can take, elements that they can enter. */
export interface Ways {
  readonly flows: ReadonlySet<SequenceFlow>;
  readonly elements: ReadonlySet<Element>;
}

/**
 * Everything in its scope that a token can still come to, by flows, links and boundary events, whatever the conditions say.
 * @param blocked elements that no token gets through, however it comes to them
 */
export function waysFrom(node: ActivityNode, at: Element, blocked: ReadonlySet<Element> = new Set()): Ways {
  const flows = new Set<SequenceFlow>();
  const elements = new Set<Element>();
  const queue: Element[] = [];
  if (node.phase === 'async-before') reach(at);
  else if (!(node.phase === 'joining' && blocked.has(at))) leave(at, flowsOut(node, at));
  for (let next = queue.pop(); next; next = queue.pop()) if (!blocked.has(next)) leave(next, next.outgoing);
  return { flows, elements };

  function leave(element: Element, outgoing: readonly SequenceFlow[]): void {
    for (const flow of outgoing) {
      flows.add(flow);
      reach(flow.target);
    }
    for (const reached of [...(element.behavior.leadsTo?.(element) ?? []), ...element.boundaryEvents]) reach(reached);
  }

  function reach(element: Element): void {
    if (elements.has(element)) return;
    elements.add(element);
    queue.push(element);
  }
}

/** A token between two activities is bound to one flow. */
function flowsOut({ phase, flowId }: ActivityNode, at: Element): readonly SequenceFlow[] {
  const isBound = phase === 'taking' || (phase === 'async-after' && flowId !== undefined);
  return isBound ? at.outgoing.filter(({ id }) => id === flowId) : at.outgoing;
}
