import { text } from '../model/moddle.js';
import type { Element } from '../model/process-model.js';
import type { Behavior, EventTrigger } from './behavior.js';
import { triggerData } from './shared/data-use.js';
import { parseTrigger, singleDefinition, timerConfiguration } from './shared/event-definition.js';

interface CatchConfig {
  readonly trigger: EventTrigger | null;
  /** A link's target has this name, and is reached by the throwing link event of the same scope. */
  readonly link: string | null;
}

const activityTypes: Readonly<Partial<Record<EventTrigger['kind'], string>>> = {
  message: 'intermediateMessageCatch',
  timer: 'intermediateTimer',
  signal: 'intermediateSignalCatch',
  conditional: 'intermediateConditional',
};

/**
 * Waits for its event. Behind an event-based gateway the gateway waits for it, and it is entered when it has happened.
 * A link is passed at once. Source: BPMN 2.0.2 §10.5.4, §13.5.2.
 */
export const intermediateCatchEvent: Behavior<CatchConfig> = {
  parse(source, context) {
    const definition = singleDefinition(source, context);
    if (definition?.$type !== 'bpmn:LinkEventDefinition')
      return { trigger: parseTrigger(source, context, ['message', 'timer', 'signal', 'conditional']), link: null };
    const link = text(definition, 'name');
    if (link === null) context.refuse(source, 'Expected the link event definition to have a name');
    return { trigger: null, link };
  },
  activityType: ({ trigger }) => (trigger && activityTypes[trigger.kind]) ?? 'intermediateLinkCatch',
  migratesAs({ trigger }) {
    if (!trigger) return null;
    return trigger.kind === 'conditional' ? 'conditionalCatchEvent' : 'catchEvent';
  },
  leavesNoHistory: ({ link }) => link !== null,
  trigger: ({ trigger }) => trigger,
  canBeAwaited: true,
  data: ({ config }) => triggerData(config.trigger),
  jobDefinitions: ({ id, config: { trigger } }) =>
    trigger?.kind === 'timer'
      ? [{ elementId: id, type: 'timer-intermediate-transition', configuration: timerConfiguration(trigger.timer) }]
      : [],
  check(element, problem) {
    const { link } = element.config;
    if (link === null) return;
    const same = (element.scope?.children ?? []).filter((other) => isLinkTarget(other, link));
    if (same.indexOf(element) > 0)
      problem(`Expected one link target '${link}' in a scope, but there are ${same.length}`);
  },
  enter(element, view) {
    const { trigger } = element.config;
    if (!trigger || view.hasHappened) return { kind: 'leave' };
    return { kind: 'wait', for: [{ kind: 'event', element, trigger }] };
  },
};

/** Whether an element is the catching link event of this name. */
export function isLinkTarget(element: Element, link: string): boolean {
  return element.behavior === intermediateCatchEvent && (element.config as CatchConfig).link === link;
}
