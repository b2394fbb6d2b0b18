import type { Behavior } from './behavior.js';

/**
 * Waits as long as another token of the scope can still reach it, unless there is one for each incoming flow; then one
 * token leaves by every flow whose condition holds, or by the default. Like Camunda it looks when a token arrives.
 * Source: BPMN 2.0.2 §13.4.3, table 13.3.
 */
export const inclusiveGateway: Behavior<null> = {
  parse: () => null,
  activityType: () => 'inclusiveGateway',
  migratesAs: () => 'inclusiveGateway',
  joins: 'reachable',
  enter(gateway, view) {
    if (view.joined < gateway.incoming.length && view.canStillArrive) return { kind: 'join' };
    const candidates = gateway.outgoing.filter((flow) => flow !== gateway.defaultFlow);
    const taken = candidates.filter((flow) => flow.condition?.(view) ?? true);
    if (taken.length > 0 || gateway.outgoing.length === 0) return { kind: 'merge', flows: taken };
    if (gateway.defaultFlow) return { kind: 'merge', flows: [gateway.defaultFlow] };
    return {
      kind: 'fail',
      code: 'NO_OUTGOING_FLOW',
      message: `Expected a flow of '${gateway.id}' to be taken, but no condition holds and there is no default`,
    };
  },
};
