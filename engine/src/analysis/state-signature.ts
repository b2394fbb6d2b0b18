import type { ActivityNode, InstanceState } from '../runtime/state.js';

/** What one place of an instance is waiting for. */
export interface SignaturePart {
  readonly elementId: string;
  readonly phase: ActivityNode['phase'];
  /** `message order-paid`, `timer-transition at reminder` …, each once. */
  readonly waitsFor: readonly string[];
}

/**
 * Where an instance stands, without what tells it from others that stand in the same place: ids, variables, times, and
 * how often the same place is occupied. Parts are in the order of their texts, each once.
 */
export function stateSignature(state: InstanceState): readonly SignaturePart[] {
  const parts = new Map<string, SignaturePart>();
  for (const node of state.nodes.values()) {
    const waitsFor = waitsOf(node);
    if (node.phase === 'token' || (node.parentId === null && waitsFor.length === 0)) continue;
    const part = { elementId: node.elementId, phase: node.phase, waitsFor };
    parts.set(JSON.stringify(part), part);
  }
  return [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}

function waitsOf({ task, externalTask, jobs, subscriptions, compensations, listener, calledInstanceId }: ActivityNode) {
  const waits = [
    ...(task ? ['user task'] : []),
    ...(externalTask ? [`topic ${externalTask.topicName}`] : []),
    ...(listener ? [`${listener.event} listener`] : []),
    ...(calledInstanceId ? ['called instance'] : []),
    ...(jobs ?? []).map(({ type, elementId }) => `${type} at ${elementId}`),
    ...(subscriptions ?? []).map(({ eventType, eventName, elementId }) =>
      eventName === null ? `${eventType} at ${elementId}` : `${eventType} ${eventName} at ${elementId}`,
    ),
    ...(compensations ?? []).map(({ elementId }) => `compensation of ${elementId}`),
  ];
  return [...new Set(waits)].sort();
}
