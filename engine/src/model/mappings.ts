import { constant, javaTopic, parseFields, processPriority } from '../behaviors/shared/java-work.js';
import { isWorkerScript, workerScript } from '../behaviors/shared/worker-script.js';
import type { Expression } from '../ports.js';
import { extensions, type ModdleElement, many, one, tagOf, text } from './moddle.js';
import type { ParseContext } from './parse-context.js';
import type { ExecutionListener, ListenerWork, Mapping, ValueSource } from './process-model.js';

/** The `camunda:inputOutput` of a flow node. */
export function parseMappings(source: ModdleElement, context: ParseContext): { inputs: Mapping[]; outputs: Mapping[] } {
  const holders = extensions(source, 'camunda:InputOutput');
  if (holders.length > 0) refuseMisplaced(source, context);
  const read = (property: 'inputParameters' | 'outputParameters') =>
    holders.flatMap((holder) => parseParameters(source, holder, property, context));
  return { inputs: read('inputParameters'), outputs: read('outputParameters') };
}

/** One side of an `camunda:inputOutput`, be it of a flow node or of a connector. */
export function parseParameters(
  owner: ModdleElement,
  inputOutput: ModdleElement,
  side: 'inputParameters' | 'outputParameters',
  context: ParseContext,
): Mapping[] {
  return many(inputOutput, side).map((parameter) => parseParameter(owner, parameter, context));
}

/** Mappings need a scope of their own, and outputs somebody who goes on with them. */
function refuseMisplaced(source: ModdleElement, context: ParseContext): void {
  if (
    source.$instanceOf('bpmn:Gateway') ||
    source.$instanceOf('bpmn:BoundaryEvent') ||
    source.$instanceOf('bpmn:StartEvent') ||
    source.get('triggeredByEvent') === true
  )
    context.refuse(source, `Expected no camunda:inputOutput here, but this ${tagOf(source)} has one`);
  const outputs = extensions(source, 'camunda:InputOutput').flatMap((holder) => many(holder, 'outputParameters'));
  if (source.$instanceOf('bpmn:EndEvent') && outputs.length > 0)
    context.refuse(source, 'Expected an end event without output parameters, since nothing follows it');
  if (one(source, 'loopCharacteristics')?.$instanceOf('bpmn:MultiInstanceLoopCharacteristics') && outputs.length > 0)
    context.refuse(
      source,
      'Expected a multi-instance activity without output parameters, since its instances would overwrite each other',
    );
}

function parseParameter(owner: ModdleElement, parameter: ModdleElement, context: ParseContext): Mapping {
  const name = text(parameter, 'name');
  if (name === null) context.refuse(owner, 'Expected every input and output parameter to have a name');
  return { name: name ?? '', source: parseValue(owner, parameter, context) };
}

/** A parameter, list item or map entry: a definition inside it, or its text. */
function parseValue(owner: ModdleElement, holder: ModdleElement, context: ParseContext): ValueSource {
  const definition = one(holder, 'definition');
  if (definition) return parseDefinition(owner, definition, context);
  const source = text(holder, 'value');
  if (source === null) return { kind: 'null' };
  return { kind: 'expression', expression: context.expression(owner, source, 'the parameter') };
}

function parseDefinition(owner: ModdleElement, definition: ModdleElement, context: ParseContext): ValueSource {
  switch (definition.$type) {
    case 'camunda:List':
      return { kind: 'list', items: many(definition, 'items').map((item) => parseDefinition(owner, item, context)) };
    case 'camunda:Map': {
      const entries = many(definition, 'entries');
      return {
        kind: 'map',
        entries: entries.map((entry) => ({
          key: context.expression(owner, text(entry, 'key') ?? '', 'the key of a map entry'),
          value: parseValue(owner, entry, context),
        })),
      };
    }
    case 'camunda:Script':
      return context.scriptElement(owner, definition);
    default:
      return parseValue(owner, definition, context);
  }
}

/** The `camunda:executionListener`s of a flow node, sequence flow or process. */
export function parseListeners(
  source: ModdleElement,
  events: readonly ExecutionListener['event'][],
  context: ParseContext,
): ExecutionListener[] {
  return extensions(source, 'camunda:ExecutionListener').flatMap((listener) => {
    const [first, ...others] = events;
    const name = text(listener, 'event') ?? (others.length === 0 ? first : '');
    // a flow can only be taken, whatever the listener says
    const event = others.length === 0 ? first : events.find((known) => known === name);
    if (event !== undefined && event !== name)
      context.warn(source, `The event '${name}' of the execution listener has no effect: it hears '${event}'`);
    if (!event) {
      context.refuse(source, `Expected an execution listener for ${events.join(' or ')}, but its event is '${name}'`);
      return [];
    }
    const work = parseListenerWork(source, listener, 'an execution listener', context);
    return work ? [{ event, ...work }] : [];
  });
}

/** What a listener does: an expression, a script, or Java code, which is work for a worker. */
export function parseListenerWork(
  owner: ModdleElement,
  listener: ModdleElement,
  what: string,
  context: ParseContext,
): ListenerWork | null {
  const forWorker = (topic: string, bean: string | null, more: Readonly<Record<string, Expression>> = {}) => {
    const properties = { ...parseFields(owner, many(listener, 'fields'), context), ...more };
    return { topic, bean, priority: processPriority(owner, context), properties };
  };
  const script = one(listener, 'script');
  if (script) {
    const format = (text(script, 'scriptFormat') ?? '').trim().toLowerCase();
    if (format === '' || !isWorkerScript(script, format, context))
      return { source: context.scriptElement(owner, script), worker: null };
    const told = workerScript(owner, script, 'value', format, context);
    return { source: null, worker: forWorker(`script.${format}`, null, told) };
  }
  const topic = javaTopic(listener);
  if (topic !== null) return { source: null, worker: forWorker(topic, null) };
  const expression = context.attribute(listener, 'expression');
  if (expression) {
    const bean = context.calledBean(expression.source);
    const worker = bean === null ? null : forWorker(bean, bean, { expression: constant(expression.source) });
    return { source: { kind: 'expression', expression }, worker };
  }
  context.refuse(owner, `Expected ${what} with an expression, a script, a class or a delegateExpression`);
  return null;
}
