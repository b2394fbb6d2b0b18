import { tagOf } from '../model/moddle.js';
import type { Behavior } from './behavior.js';
import { singleDefinition } from './shared/event-definition.js';
import { enterWork, parseWork, topicOf, type Work } from './shared/external-work.js';

interface ThrowConfig {
  readonly message: boolean;
  /** How the message is sent; without it the event only marks that a point was reached. */
  readonly work: Work | null;
}

/** Marks a point in the process, or sends a message, which a worker does. Source: BPMN 2.0.2 §10.5.4, §13.5.2. */
export const intermediateThrowEvent: Behavior<ThrowConfig> = {
  parse(source, context) {
    const definition = singleDefinition(source, context);
    if (!definition) return { message: false, work: null };
    if (definition.$type === 'bpmn:MessageEventDefinition')
      return { message: true, work: parseWork(source, definition, context) };
    const kind = tagOf(definition).replace(/EventDefinition$/, '');
    context.refuse(
      source,
      `Expected a none or message event here, but its event definition is '${kind}', which isn't supported`,
    );
    return { message: false, work: null };
  },
  activityType: ({ message }) => (message ? 'intermediateMessageThrowEvent' : 'intermediateNoneThrowEvent'),
  topic: ({ config }) => topicOf(config.work),
  enter: ({ config }, view) => (config.work ? enterWork(config.work, view) : { kind: 'leave' }),
};
