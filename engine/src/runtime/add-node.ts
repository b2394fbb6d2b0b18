import type { Element } from '../model/process-model.js';
import type { Run } from './run.js';
import type { ActivityNode, Phase } from './state.js';

/** A node in its place, with nothing around it yet. */
export function addNode(
  run: Run,
  element: Element,
  scopeId: string,
  phase: Phase,
  flowId: string | null,
  compensatedFor?: string,
): ActivityNode {
  const node: ActivityNode = {
    id: run.env.newId(),
    elementId: element.id,
    parentId: scopeId,
    phase,
    startedAt: run.now.getTime(),
    variables: {},
    ...(flowId !== null && { flowId }),
    ...(compensatedFor !== undefined && { compensatedFor }),
  };
  run.state.add(node);
  return node;
}
