import type { Element } from '../model/process-model.js';
import type { Run } from './run.js';
import type { ActivityNode } from './state.js';

/** Whether a token elsewhere in the same scope could still come to this element. Source: BPMN 2.0.2 §13.4.3. */
export function canStillArrive(run: Run, node: ActivityNode): boolean {
  if (node.parentId === null) return false;
  const target = run.elementOf(node);
  // a token that waits at this very element for its asynchronous continuation or a listener hasn't come yet
  const isOnTheWay = ({ elementId, phase, listener }: ActivityNode) =>
    elementId !== node.elementId || phase === 'async-before' || phase === 'taking' || listener?.event === 'start';
  const others = run.state.childrenOf(node.parentId).filter(isOnTheWay);
  if (others.some((other) => canComeTo(target, other, run.elementOf(other)))) return true;
  return run.agenda.some((op) => {
    if (op.op === 'take')
      return op.scopeId === node.parentId && (op.flow.target === target || leadsTo(op.flow.target, target));
    return op.op === 'arrive' && op.scopeId === node.parentId && (op.element === target || leadsTo(op.element, target));
  });
}

function canComeTo(target: Element, { phase, flowId }: ActivityNode, at: Element): boolean {
  if (phase !== 'taking') return at === target || leadsTo(at, target);
  const next = at.outgoing.find(({ id }) => id === flowId)?.target;
  return next !== undefined && (next === target || leadsTo(next, target));
}

/** Along flows and links, without going through the target. As in Camunda a boundary event's path doesn't count. */
function leadsTo(from: Element, target: Element): boolean {
  const seen = new Set<Element>([from]);
  const queue = [from];
  for (let element = queue.pop(); element; element = queue.pop()) {
    const next = [...element.outgoing.map((flow) => flow.target), ...(element.behavior.leadsTo?.(element) ?? [])];
    for (const reached of next) {
      if (reached === target) return true;
      if (!seen.has(reached)) {
        seen.add(reached);
        queue.push(reached);
      }
    }
  }
  return false;
}
