import { one, text } from '../model/moddle.js';
import type { Behavior, EventTrigger } from './behavior.js';
import { triggerData } from './shared/data-use.js';

/**
 * Waits for a message; without one, for a signal of its execution by id.
 * Source: BPMN 2.0.2 §10.3.3, §13.3.3. Starting a process by it (`instantiate`) isn't supported.
 */
export const receiveTask: Behavior<EventTrigger | null> = {
  parse(source, context) {
    if (source.get('instantiate') === true)
      context.refuse(
        source,
        "Expected a receive task inside a process, but it has 'instantiate', which isn't supported",
      );
    const message = one(source, 'messageRef');
    const missing = context.danglingReference(source, 'messageRef');
    if (missing !== null)
      context.refuse(source, `Expected 'messageRef' to name a message of this document, but there is no '${missing}'`);
    if (!message) return null;
    const name = text(message, 'name');
    if (name) return { kind: 'message', name: context.expression(source, name, 'the message name') };
    context.refuse(source, 'Expected the receive task to reference a message with a name');
    return null;
  },
  activityType: () => 'receiveTask',
  migratesAs: () => 'receiveTask',
  trigger: (config) => config,
  data: ({ config }) => triggerData(config),
  enter: (element) => ({
    kind: 'wait',
    for: [element.config ? { kind: 'event', element, trigger: element.config } : { kind: 'nothing' }],
  }),
};
