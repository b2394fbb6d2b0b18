import type { ModdleElement } from '../model/moddle.js';
import { one, tagOf, text } from '../model/moddle.js';
import type { ParseContext } from '../model/parse-context.js';
import type { Expression } from '../ports.js';
import type { Behavior } from './behavior.js';
import { errorCodeOf, singleDefinition } from './shared/event-definition.js';
import { optionalText } from './shared/external-work.js';

type EndConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'error'; readonly errorCode: Expression; readonly errorMessage: Expression | null };

const activityTypes = { none: 'noneEndEvent', terminate: 'terminateEndEvent', error: 'errorEndEvent' } as const;

/** Where a path ends, and what that means for the scope. Source: BPMN 2.0.2 §10.5.3, §13.5.6. */
export const endEvent: Behavior<EndConfig> = {
  parse(source, context) {
    const definition = singleDefinition(source, context);
    if (!definition) return { kind: 'none' };
    switch (definition.$type) {
      case 'bpmn:TerminateEventDefinition':
        return { kind: 'terminate' };
      case 'bpmn:ErrorEventDefinition':
        return parseError(source, definition, context);
      default:
        context.refuse(
          source,
          `Expected a none, error or terminate end event, but its event definition is '${tagOf(definition).replace(/EventDefinition$/, '')}', which isn't supported`,
        );
        return { kind: 'none' };
    }
  },
  activityType: ({ kind }) => activityTypes[kind],
  check(element, problem) {
    if (element.outgoing.length > 0) problem('Expected an end event to have no outgoing sequence flow');
  },
  enter({ config }, view) {
    switch (config.kind) {
      case 'none':
        return { kind: 'end' };
      case 'terminate':
        return { kind: 'terminate' };
      case 'error':
        return {
          kind: 'throwError',
          errorCode: optionalText(config.errorCode, view) ?? '',
          errorMessage: optionalText(config.errorMessage, view),
        };
    }
  },
};

function parseError(source: ModdleElement, definition: ModdleElement, context: ParseContext): EndConfig {
  const error = one(definition, 'errorRef');
  const code = error && errorCodeOf(source, error, context);
  if (!error || !code) {
    context.refuse(source, 'Expected the error end event to reference an error');
    return { kind: 'none' };
  }
  const message = text(error, 'camunda:errorMessage');
  return {
    kind: 'error',
    errorCode: context.expression(source, code, 'the error code'),
    errorMessage: message === null ? null : context.expression(source, message, 'the error message'),
  };
}
