import type { Element, SequenceFlow } from '../model/process-model.js';
import type { Run } from './run.js';
import type { ActivityNode } from './state.js';

/**
 * Whether a token elsewhere in the same scope keeps a join waiting: it could come by a flow on which none waits yet, and
 * can't come by one on which a token waits already. The second half matters in loops: whoever can come by every flow
 * would only come on the next turn, and may itself be waiting for this one. Source: BPMN 2.0.2 §13.4.3, table 13.3.
 */
export function canStillArrive(run: Run, node: ActivityNode): boolean {
  if (node.parentId === null) return false;
  const target = run.elementOf(node);
  // a token that waits at this very element for its asynchronous continuation or a listener hasn't come yet
  const isOnTheWay = ({ elementId, phase, listener }: ActivityNode) =>
    elementId !== node.elementId || phase === 'async-before' || phase === 'taking' || listener?.event === 'start';
  const inScope = run.state.childrenOf(node.parentId);
  const arrived = new Set<string | null | undefined>(
    inScope.filter((other) => !isOnTheWay(other)).map(({ flowId }) => flowId),
  );
  arrived.add(node.flowId);
  const keepsWaiting = (flows: ReadonlySet<string>) => {
    const ways = [...flows];
    return ways.some((id) => !arrived.has(id)) && !ways.some((id) => arrived.has(id));
  };
  if (inScope.filter(isOnTheWay).some((other) => keepsWaiting(waysOf(target, other, run.elementOf(other)))))
    return true;
  return run.agenda.some((op) => {
    if ((op.op !== 'take' && op.op !== 'arrive') || op.scopeId !== node.parentId) return false;
    return keepsWaiting(op.op === 'take' ? waysBy(op.flow, target) : waysFrom(op.element, target, op.flowId));
  });
}

/** The flows into the target by which a token can come to it. */
function waysOf(target: Element, { phase, flowId }: ActivityNode, at: Element): ReadonlySet<string> {
  if (phase !== 'taking') return waysFrom(at, target, flowId ?? null);
  const flow = at.outgoing.find(({ id }) => id === flowId);
  return flow ? waysBy(flow, target) : new Set();
}

function waysBy(flow: SequenceFlow, target: Element): ReadonlySet<string> {
  return flow.target === target ? new Set([flow.id]) : waysFrom(flow.target, target, null);
}

/**
 * Along flows and links, without going through the target. As in Camunda a boundary event's path doesn't count.
 * @param by the flow by which the token has come to `from`, which may be the target itself
 */
function waysFrom(from: Element, target: Element, by: string | null): ReadonlySet<string> {
  if (from === target) return new Set([by ?? '']);
  const ways = new Set<string>();
  const seen = new Set<Element>([from]);
  const queue = [from];
  for (let element = queue.pop(); element; element = queue.pop()) {
    const next = element.behavior.leadsTo?.(element) ?? [];
    for (const flow of element.outgoing) if (flow.target === target) ways.add(flow.id);
    for (const reached of [...element.outgoing.map((flow) => flow.target), ...next]) {
      if (reached === target || seen.has(reached)) continue;
      seen.add(reached);
      queue.push(reached);
    }
  }
  return ways;
}
