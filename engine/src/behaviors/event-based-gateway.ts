import { many } from '../model/moddle.js';
import type { Element } from '../model/process-model.js';
import type { Behavior, EventTrigger, Wait } from './behavior.js';

/**
 * Waits for the first of several events; the token goes on from the event that happened.
 * Source: BPMN 2.0.2 §10.6.6, §13.4.4, table 13.4. Starting a process by it (`instantiate`) isn't supported; where a
 * flow leads to it, that attribute has no meaning.
 */
export const eventBasedGateway: Behavior<null> = {
  parse(source, context) {
    if (source.get('instantiate') === true && many(source, 'incoming').length === 0)
      context.refuse(
        source,
        "Expected an event-based gateway inside a process, but it has 'instantiate', which isn't supported",
      );
    if (source.get('eventGatewayType') === 'Parallel')
      context.refuse(
        source,
        "Expected an exclusive event-based gateway, but its type is 'Parallel', which isn't supported",
      );
    return null;
  },
  activityType: () => 'eventBasedGateway',
  migratesAs: () => 'eventBasedGateway',
  awaitsNext: true,
  check(gateway, problem) {
    // as in Camunda: the token goes on behind the event, not behind the gateway
    if (gateway.asyncAfter)
      problem("Expected an event-based gateway without 'asyncAfter', since it is never left itself");
    if (gateway.outgoing.length === 0) problem('Expected an event-based gateway to have an outgoing flow');
    for (const { id, target } of gateway.outgoing) {
      // as in Camunda: a receive task would wait for its message once more
      if (!triggerOf(target) || !target.behavior.canBeAwaited)
        problem(
          `Expected flow '${id}' of an event-based gateway to lead to an intermediate catch event, but it leads to '${target.id}'`,
        );
      else if (target.incoming.length > 1)
        problem(`Expected '${target.id}' behind an event-based gateway to have no other incoming flow`);
    }
  },
  resume: ({ id }) => ({
    kind: 'fail',
    code: 'NOT_SIGNALLABLE',
    message: `Expected one of the events behind '${id}' to happen, but the gateway itself was signalled`,
  }),
  enter: (gateway) => ({ kind: 'wait', for: gateway.outgoing.map(({ target }) => waitFor(target)) }),
};

/** Only intermediate catch events stand here: boundary and start events have no incoming flow. */
function triggerOf(element: Element): EventTrigger | null {
  return element.behavior.trigger?.(element.config) ?? null;
}

function waitFor(element: Element): Wait {
  const trigger = triggerOf(element);
  return trigger ? { kind: 'event', element, trigger } : { kind: 'nothing' };
}
