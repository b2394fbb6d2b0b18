import { type ModdleElement, one, text } from '../model/moddle.js';
import type { ParseContext } from '../model/parse-context.js';
import type { Expression } from '../ports.js';
import type { Behavior } from './behavior.js';
import { workData } from './shared/data-use.js';
import { errorCodeOf, kindOf, singleDefinition } from './shared/event-definition.js';
import { optionalText, resumeWork, topicOf } from './shared/external-work.js';
import { checkThrown, enterThrown, parseThrown, type Thrown } from './shared/throwing.js';

type EndConfig =
  | Thrown
  | { readonly kind: 'terminate' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'error'; readonly errorCode: string; readonly errorMessage: Expression | null };

const activityTypes: Readonly<Record<EndConfig['kind'], string>> = {
  none: 'noneEndEvent',
  message: 'messageEndEvent',
  signal: 'signalEndEvent',
  escalation: 'escalationEndEvent',
  compensation: 'compensationEndEvent',
  cancel: 'cancelEndEvent',
  terminate: 'terminateEndEvent',
  error: 'errorEndEvent',
};

/** Where a path ends, and what that means for the scope. Source: BPMN 2.0.2 §10.5.3, §13.5.6. */
export const endEvent: Behavior<EndConfig> = {
  parse(source, context) {
    const definition = singleDefinition(source, context);
    if (!definition) return { kind: 'none' };
    switch (kindOf(definition)) {
      case 'terminate':
        return { kind: 'terminate' };
      case 'cancel':
        return { kind: 'cancel' };
      case 'error':
        return parseError(source, definition, context);
      case 'message':
      case 'signal':
      case 'escalation':
      case 'compensation':
        return parseThrown(source, definition, context) ?? { kind: 'none' };
      default:
        context.refuse(
          source,
          `Expected an end event that can be executed, but its event definition is '${kindOf(definition)}', which isn't supported`,
        );
        return { kind: 'none' };
    }
  },
  // as in Camunda: a message that nothing sends is no message event
  activityType: (config) => (config.kind === 'message' && !config.work ? 'endEvent' : activityTypes[config.kind]),
  data: ({ config }) => workData(config.kind === 'message' ? config.work : null),
  topic: ({ config }) => (config.kind === 'message' ? topicOf(config.work) : undefined),
  check(element, problem) {
    if (element.config.kind === 'cancel' && !element.scope?.behavior.isTransaction)
      problem('Expected a cancel end event directly inside a transaction');
    if (element.config.kind === 'compensation') checkThrown(element, element.config, problem);
    if (element.outgoing.length > 0) problem('Expected an end event to have no outgoing sequence flow');
  },
  enter({ config }, view) {
    switch (config.kind) {
      case 'terminate':
        return { kind: 'terminate' };
      case 'cancel':
        return { kind: 'cancelTransaction' };
      case 'error':
        return {
          kind: 'throwError',
          errorCode: config.errorCode,
          errorMessage: optionalText(config.errorMessage, view),
        };
      default:
        return enterThrown(config, view, true);
    }
  },
  resume({ config }, view) {
    if (config.kind === 'cancel') return { kind: 'leaveTransaction' };
    if (config.kind === 'message') resumeWork(config.work, view);
    return { kind: 'end' };
  },
};

function parseError(source: ModdleElement, definition: ModdleElement, context: ParseContext): EndConfig {
  const error = one(definition, 'errorRef');
  const code = errorCodeOf(source, definition, context);
  if (!code) {
    context.refuse(source, `Expected the error end event to reference an error${error ? ' with an errorCode' : ''}`);
    return { kind: 'none' };
  }
  const message = error && text(error, 'camunda:errorMessage');
  return {
    kind: 'error',
    errorCode: code,
    errorMessage: message === null ? null : context.expression(source, message, 'the error message'),
  };
}
