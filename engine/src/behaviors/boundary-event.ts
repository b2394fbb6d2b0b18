import type { Element } from '../model/process-model.js';
import type { Behavior, EventTrigger } from './behavior.js';
import { triggerData } from './shared/data-use.js';
import { parseTrigger, timerConfiguration } from './shared/event-definition.js';

const activityTypes = {
  message: 'boundaryMessage',
  timer: 'boundaryTimer',
  error: 'boundaryError',
  signal: 'boundarySignal',
  escalation: 'boundaryEscalation',
  conditional: 'boundaryConditional',
  compensation: 'compensationBoundaryCatch',
  cancel: 'cancelBoundaryCatch',
} as const;

const kinds = Object.keys(activityTypes) as (keyof typeof activityTypes)[];

/**
 * An event that happens while an activity is active, and cancels it or goes beside it.
 * Source: BPMN 2.0.2 §10.5.4, §13.5.3. The runtime arms it with the activity and, when it happens, enters it.
 */
export const boundaryEvent: Behavior<EventTrigger | null> = {
  parse(source, context) {
    const trigger = parseTrigger(source, context, kinds);
    if (trigger?.kind === 'error' && source.get('cancelActivity') === false)
      context.refuse(source, 'Expected an error boundary event to interrupt its activity, but cancelActivity is false');
    return trigger;
  },
  activityType: (trigger) => (trigger ? activityTypes[trigger.kind] : 'boundaryEvent'),
  migratesAs: (trigger) => (trigger?.kind === 'conditional' ? 'conditionalBoundaryEvent' : 'boundaryEvent'),
  trigger: (trigger) => trigger,
  data: ({ config }) => triggerData(config),
  jobDefinitions: ({ id, config: trigger }) =>
    trigger?.kind === 'timer'
      ? [{ elementId: id, type: 'timer-transition', configuration: timerConfiguration(trigger.timer) }]
      : [],
  check(element, problem) {
    if (!element.attachedTo) problem("Expected a boundary event to be attached to an activity by 'attachedToRef'");
    const { attachedTo, config: trigger } = element;
    if (trigger?.kind === 'cancel' && attachedTo && !(attachedTo.repeats ?? attachedTo).behavior.isTransaction)
      problem('Expected a cancel boundary event to be attached to a transaction');
    if (trigger?.kind === 'cancel') checkOnly(element, trigger, problem);
    if (trigger?.kind === 'compensation') checkCompensation(element, trigger, problem);
    if (element.incoming.length > 0) problem('Expected a boundary event to have no incoming sequence flow');
  },
  enter: () => ({ kind: 'leave' }),
};

/** It has no token of its own: an association leads to the activity that undoes. Source: BPMN 2.0.2 §10.7.1. */
function checkCompensation(element: Element, trigger: EventTrigger, problem: (reason: string) => void): void {
  const { id, attachedTo, outgoing } = element;
  if (outgoing.length > 0)
    problem('Expected a compensation boundary event to have an association, not a sequence flow');
  if (attachedTo && !attachedTo.compensationHandler)
    problem(`Expected an association from '${id}' to an activity with isForCompensation="true"`);
  checkOnly(element, trigger, problem);
}

function checkOnly({ attachedTo }: Element, { kind }: EventTrigger, problem: (reason: string) => void): void {
  const events =
    attachedTo?.boundaryEvents.filter((event) => event.behavior.trigger?.(event.config)?.kind === kind) ?? [];
  if (events.length > 1) problem(`Expected at most one ${kind} boundary event at an activity`);
}
