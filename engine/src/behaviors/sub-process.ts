import type { Behavior } from './behavior.js';

interface SubProcessConfig {
  readonly triggeredByEvent: boolean;
}

/**
 * A scope with a start event of its own; left when nothing inside is alive. An event sub-process has no flows and is
 * started by its start event. Source: BPMN 2.0.2 §10.3.5, §13.3.4, §13.5.4.
 */
export const subProcess: Behavior<SubProcessConfig> = {
  parse: (source) => ({ triggeredByEvent: source.get('triggeredByEvent') === true }),
  activityType: () => 'subProcess',
  migratesAs: () => 'subProcess',
  check(element, problem) {
    const starts = element.startEvents;
    if (element.config.triggeredByEvent) {
      if (element.incoming.length + element.outgoing.length > 0)
        problem('Expected an event sub-process to have no sequence flows');
      if (starts.length !== 1) problem('Expected an event sub-process to have exactly one start event');
      return;
    }
    if (starts.length !== 1)
      problem(`Expected a sub-process to have exactly one start event, but it has ${starts.length}`);
    for (const start of starts)
      if (start.behavior.trigger?.(start.config))
        problem(`Expected the start event '${start.id}' of a sub-process to be a none start event`);
  },
  enter: (element) => ({ kind: 'open', starts: element.startEvents }),
};
