import type { Behavior, EventTrigger } from './behavior.js';
import { parseTrigger, timerConfiguration } from './shared/event-definition.js';

const activityTypes = {
  message: 'intermediateMessageCatch',
  timer: 'intermediateTimer',
  error: 'intermediateCatchEvent',
} as const;

/**
 * Waits for its event. Behind an event-based gateway the gateway waits for it, and it is entered when it has happened.
 * Source: BPMN 2.0.2 §10.5.4, §13.5.2.
 */
export const intermediateCatchEvent: Behavior<EventTrigger | null> = {
  parse: (source, context) => parseTrigger(source, context, ['message', 'timer']),
  activityType: (trigger) => (trigger ? activityTypes[trigger.kind] : 'intermediateCatchEvent'),
  trigger: (trigger) => trigger,
  jobDefinitions: ({ id, config: trigger }) =>
    trigger?.kind === 'timer'
      ? [{ elementId: id, type: 'timer-intermediate-transition', configuration: timerConfiguration(trigger.timer) }]
      : [],
  enter(element, view) {
    if (!element.config || view.hasHappened) return { kind: 'leave' };
    return { kind: 'wait', for: [{ kind: 'event', element, trigger: element.config }] };
  },
};
