import { text } from '../model/moddle.js';
import type { Behavior } from './behavior.js';
import { isLinkTarget } from './intermediate-catch-event.js';
import { workData } from './shared/data-use.js';
import { kindOf, singleDefinition } from './shared/event-definition.js';
import { resumeWork, topicOf } from './shared/external-work.js';
import { checkThrown, enterThrown, parseThrown, type Thrown } from './shared/throwing.js';

type ThrowConfig = Thrown | { readonly kind: 'link'; readonly name: string };

const activityTypes: Readonly<Record<ThrowConfig['kind'], string>> = {
  none: 'intermediateNoneThrowEvent',
  message: 'intermediateMessageThrowEvent',
  signal: 'intermediateSignalThrow',
  escalation: 'intermediateEscalationThrowEvent',
  compensation: 'intermediateCompensationThrowEvent',
  link: 'intermediateLinkThrow',
};

/**
 * Marks a point in the process, sends a message or signal, escalates, or goes on at a link's target.
 * Source: BPMN 2.0.2 §10.5.4, §13.5.2.
 */
export const intermediateThrowEvent: Behavior<ThrowConfig> = {
  parse(source, context) {
    const definition = singleDefinition(source, context);
    if (!definition) return { kind: 'none' };
    const thrown = parseThrown(source, definition, context);
    if (thrown) return thrown;
    if (definition.$type !== 'bpmn:LinkEventDefinition') {
      if (!isThrown(kindOf(definition)))
        context.refuse(
          source,
          `Expected an event here that can be thrown, but its event definition is '${kindOf(definition)}', which isn't supported`,
        );
      return { kind: 'none' };
    }
    const name = text(definition, 'name');
    if (name === null) context.refuse(source, 'Expected the link event definition to have a name');
    return { kind: 'link', name: name ?? '' };
  },
  // as in Camunda: a message that nothing sends is no message event
  activityType: (config) =>
    config.kind === 'message' && !config.work ? activityTypes.none : activityTypes[config.kind],
  leavesNoHistory: ({ kind }) => kind === 'link',
  data: ({ config }) => workData(config.kind === 'message' ? config.work : null),
  topic: ({ config }) => (config.kind === 'message' ? topicOf(config.work) : undefined),
  resume: ({ config }, view) => resumeWork(config.kind === 'message' ? config.work : null, view),
  check(element, problem) {
    const { config } = element;
    if (config.kind !== 'link') return checkThrown(element, config, problem);
    if (!element.scope?.children.some((other) => isLinkTarget(other, config.name)))
      problem(`Expected a catching link event '${config.name}' in the same scope, but there is none`);
    if (element.outgoing.length > 0) problem('Expected a throwing link event to have no outgoing sequence flow');
  },
  leadsTo: ({ scope, config }) =>
    config.kind === 'link' ? (scope?.children ?? []).filter((other) => isLinkTarget(other, config.name)) : [],
  enter(element, view) {
    const { config } = element;
    if (config.kind !== 'link') return enterThrown(config, view, false);
    const to = element.scope?.children.find((other) => isLinkTarget(other, config.name));
    return to ? { kind: 'jump', to } : { kind: 'end' };
  },
};

/** Kinds that `parseThrown` reads, and has refused itself when it returned nothing. */
function isThrown(kind: string): boolean {
  return kind === 'message' || kind === 'signal' || kind === 'escalation' || kind === 'compensation';
}
