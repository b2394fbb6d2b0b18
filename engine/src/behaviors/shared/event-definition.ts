import { type ModdleElement, many, one, tagOf, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { TimerDefinition } from '../../model/process-model.js';
import type { Expression } from '../../ports.js';
import { checkTimer } from '../../time/resolve-timer.js';
import type { EventTrigger } from '../behavior.js';

/**
 * The one event definition of an event, as the trigger that it waits for; null for a none event.
 * @param allowed the kinds that this event can have where it stands
 * @param required the event must have one
 */
export function parseTrigger(
  event: ModdleElement,
  context: ParseContext,
  allowed: readonly EventTrigger['kind'][],
  required = true,
): EventTrigger | null {
  const definitions = definitionsOf(event, context);
  const [definition] = definitions;
  if (!definition) {
    if (required) context.refuse(event, `Expected an event definition here: ${allowed.join(', ')}`);
    return null;
  }
  if (definitions.length > 1) return null;
  const kind = kindOf(definition);
  const readers: Record<EventTrigger['kind'], () => EventTrigger | null> = {
    message: () => parseMessage(event, definition, context),
    timer: () => parseTimer(event, definition, context),
    error: () => parseError(event, definition, context),
    signal: () => parseSignal(event, definition, context),
    escalation: () => ({ kind: 'escalation', ...parseEscalation(event, definition, context) }),
    conditional: () => parseConditional(event, definition, context),
    compensation: () => ({ kind: 'compensation' }),
    cancel: () => ({ kind: 'cancel' }),
  };
  const known = allowed.find((candidate) => candidate === kind);
  if (known) return readers[known]();
  context.refuse(
    event,
    `Expected ${allowed.join(', ')} as the event definition here, but it is '${kind}', which isn't supported`,
  );
  return null;
}

/** `error` for an error event definition, `compensation` for a compensate one. */
export function kindOf(definition: ModdleElement): string {
  const kind = tagOf(definition).replace(/EventDefinition$/, '');
  return kind === 'compensate' ? 'compensation' : kind;
}

/** The event's only definition, null for a none event; several at once (multiple, parallel multiple) are refused. */
export function singleDefinition(event: ModdleElement, context: ParseContext): ModdleElement | null {
  const [first, ...more] = definitionsOf(event, context);
  return more.length === 0 ? (first ?? null) : null;
}

function definitionsOf(event: ModdleElement, context: ParseContext): readonly ModdleElement[] {
  const definitions = many(event, 'eventDefinitions');
  if (many(event, 'eventDefinitionRef').length > 0)
    context.warn(event, "Expected event definitions in the event itself; an 'eventDefinitionRef' has no effect");
  if (definitions.length > 1) {
    const what = event.get('parallelMultiple') === true ? 'parallel multiple' : 'multiple';
    context.refuse(
      event,
      `Expected at most one event definition, but there are ${definitions.length} (${what} events aren't supported)`,
    );
  }
  return definitions;
}

function parseMessage(event: ModdleElement, definition: ModdleElement, context: ParseContext): EventTrigger | null {
  const message = one(definition, 'messageRef');
  const name = message && text(message, 'name');
  if (name) return { kind: 'message', name: context.expression(event, name, 'the message name') };
  context.refuse(event, 'Expected the message event definition to reference a message with a name');
  return null;
}

function parseTimer(event: ModdleElement, definition: ModdleElement, context: ParseContext): EventTrigger | null {
  const timer = timerDefinition(event, definition, context);
  return timer && { kind: 'timer', timer };
}

/**
 * Source: BPMN 2.0.2 §10.5.5: exactly one of timeDate, timeDuration, timeCycle. A text that can't be read fails when
 * the timer is armed, as in Camunda: for the start event of a process, that is at deployment.
 */
export function timerDefinition(
  event: ModdleElement,
  definition: ModdleElement,
  context: ParseContext,
): TimerDefinition | null {
  const kinds = { date: 'timeDate', duration: 'timeDuration', cycle: 'timeCycle' } as const;
  const given = (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((kind) => {
    const formal = one(definition, kinds[kind]);
    return formal ? [{ kind, source: text(formal, 'body') ?? '' }] : [];
  });
  const [first, ...more] = given;
  if (!first || more.length > 0) {
    context.refuse(
      event,
      `Expected a timer with exactly one of timeDate, timeDuration, timeCycle, but it has ${given.length}`,
    );
    return null;
  }
  const read = (source: string) => checkTimer(first.kind, source);
  const armedAtDeployment = event.$type === 'bpmn:StartEvent' && event.$parent?.$type === 'bpmn:Process';
  const problems = armedAtDeployment ? 'refuse' : 'warn';
  return { kind: first.kind, expression: context.parsed(event, first.source, 'the timer', read, problems) };
}

function parseError(event: ModdleElement, definition: ModdleElement, context: ParseContext): EventTrigger | null {
  return {
    kind: 'error',
    errorCode: errorCodeOf(event, definition, context),
    codeVariable: text(definition, 'errorCodeVariable'),
    messageVariable: text(definition, 'errorMessageVariable'),
  };
}

function parseSignal(event: ModdleElement, definition: ModdleElement, context: ParseContext): EventTrigger | null {
  const name = signalName(event, definition, context);
  return name && { kind: 'signal', name };
}

/** The name of the signal that a definition refers to. */
export function signalName(event: ModdleElement, definition: ModdleElement, context: ParseContext): Expression | null {
  const signal = one(definition, 'signalRef');
  const name = signal && text(signal, 'name');
  if (name) return context.expression(event, name, 'the signal name');
  context.refuse(event, 'Expected the signal event definition to reference a signal with a name');
  return null;
}

/** Without a reference every escalation is meant. */
function parseEscalation(event: ModdleElement, definition: ModdleElement, context: ParseContext) {
  const escalation = one(definition, 'escalationRef');
  const missing = context.danglingReference(definition, 'escalationRef');
  if (missing !== null)
    context.refuse(
      event,
      `Expected 'escalationRef' to name an escalation of this document, but there is no '${missing}'`,
    );
  const code = escalation && text(escalation, 'escalationCode');
  return { code, codeVariable: text(definition, 'escalationCodeVariable') };
}

const variableEvents = ['create', 'update', 'delete'] as const;

function parseConditional(event: ModdleElement, definition: ModdleElement, context: ParseContext): EventTrigger | null {
  const formal = one(definition, 'condition');
  if (!formal) {
    context.refuse(event, 'Expected the conditional event definition to have a condition');
    return null;
  }
  const condition = context.condition(event, formal);
  const named = (text(definition, 'variableEvents') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const unknown = named.filter((name) => !variableEvents.some((known) => known === name));
  if (unknown.length > 0)
    context.refuse(
      event,
      `Expected 'camunda:variableEvents' to be of ${variableEvents.join(', ')}, but there is '${unknown[0]}'`,
    );
  const events = named.length > 0 ? variableEvents.filter((name) => named.includes(name)) : variableEvents;
  return (
    condition && {
      kind: 'conditional',
      condition,
      source: text(formal, 'body') ?? '',
      variableName: text(definition, 'variableName'),
      variableEvents: events,
    }
  );
}

/** The code of the error that a definition refers to: a reference to no error of the document is the code itself, as in Camunda. */
export function errorCodeOf(event: ModdleElement, definition: ModdleElement, context: ParseContext): string | null {
  const error = one(definition, 'errorRef');
  if (!error) return context.danglingReference(definition, 'errorRef');
  if (error.get('errorCode') === '')
    context.refuse(event, `Expected the error '${error.id}' to have a code that isn't empty`);
  return text(error, 'errorCode');
}

/** How a timer is named in job definitions and jobs: `DURATION: PT5M`. */
export function timerConfiguration({ kind, expression }: TimerDefinition): string {
  return `${kind.toUpperCase()}: ${expression.source}`;
}
