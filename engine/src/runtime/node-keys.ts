import type { ActivityNode } from './state.js';

/**
 * What nodes are found by beside their ids: texts, so that one map holds them all. A node's keys follow from the node and
 * from where it stands.
 */
export const nodeKeys = {
  /** The node that holds this task, external task, job or event subscription. */
  wait: (id: string): string => `wait ${id}`,
  /** The nodes that listen to a signal. */
  signal: (name: string): string => `signal ${name}`,
  /** The nodes with conditional events that see this scope's variables: inside it, or the scope itself. */
  condition: (scopeId: string): string => `condition ${scopeId}`,
  /** The tokens that wait at a join of a scope for the others. */
  joining: (scopeId: string | null, elementId: string): string => `joining ${scopeId} ${elementId}`,
  /** The nodes that somebody waits for until they have undone their part. */
  undoing: (waitingId: string): string => `undoing ${waitingId}`,
};

/** @param scopes from the node outwards, the node itself first; only looked at when it has conditional events */
export function keysOf(node: ActivityNode, scopes: () => Iterable<ActivityNode>): readonly string[] {
  const { task, externalTask, jobs, subscriptions, compensatedFor, phase, parentId, elementId } = node;
  const keys: string[] = [];
  if (task) keys.push(nodeKeys.wait(task.id));
  if (externalTask) keys.push(nodeKeys.wait(externalTask.id));
  for (const { id } of jobs ?? []) keys.push(nodeKeys.wait(id));
  let isConditional = false;
  for (const { id, eventType, eventName } of subscriptions ?? []) {
    keys.push(nodeKeys.wait(id));
    if (eventType === 'signal') keys.push(nodeKeys.signal(eventName ?? ''));
    if (eventType === 'conditional') isConditional = true;
  }
  if (isConditional) for (const { id } of scopes()) keys.push(nodeKeys.condition(id));
  if (phase === 'joining') keys.push(nodeKeys.joining(parentId, elementId));
  if (compensatedFor !== undefined) keys.push(nodeKeys.undoing(compensatedFor));
  return keys;
}
