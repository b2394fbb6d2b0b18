import type { Behavior } from './behavior.js';

/**
 * Waits for as many tokens as flows come in, then sends one along every outgoing flow; conditions aren't asked.
 * Like Camunda it counts tokens, whichever flow they came by. Source: BPMN 2.0.2 §13.4.1, table 13.1.
 */
export const parallelGateway: Behavior<null> = {
  parse: () => null,
  activityType: () => 'parallelGateway',
  migratesAs: () => 'parallelGateway',
  joins: 'all',
  enter: (gateway, view) =>
    view.joined >= gateway.incoming.length ? { kind: 'merge', flows: gateway.outgoing } : { kind: 'join' },
};
