import type { Behavior, EventTrigger } from './behavior.js';
import { parseTrigger, timerConfiguration } from './shared/event-definition.js';

const activityTypes = { message: 'boundaryMessage', timer: 'boundaryTimer', error: 'boundaryError' } as const;

/**
 * An event that happens while an activity is active, and cancels it or goes beside it.
 * Source: BPMN 2.0.2 §10.5.4, §13.5.3. The runtime arms it with the activity and, when it happens, enters it.
 */
export const boundaryEvent: Behavior<EventTrigger | null> = {
  parse(source, context) {
    const trigger = parseTrigger(source, context, ['message', 'timer', 'error']);
    if (trigger?.kind === 'error' && source.get('cancelActivity') === false)
      context.refuse(source, 'Expected an error boundary event to interrupt its activity, but cancelActivity is false');
    return trigger;
  },
  activityType: (trigger) => (trigger ? activityTypes[trigger.kind] : 'boundaryEvent'),
  trigger: (trigger) => trigger,
  jobDefinitions: ({ id, config: trigger }) =>
    trigger?.kind === 'timer'
      ? [{ elementId: id, type: 'timer-transition', configuration: timerConfiguration(trigger.timer) }]
      : [],
  check(element, problem) {
    if (!element.attachedTo) problem("Expected a boundary event to be attached to an activity by 'attachedToRef'");
    if (element.incoming.length > 0) problem('Expected a boundary event to have no incoming sequence flow');
  },
  enter: () => ({ kind: 'leave' }),
};
