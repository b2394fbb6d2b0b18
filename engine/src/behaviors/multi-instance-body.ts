import { ExecutionError } from '../errors.js';
import { type ModdleElement, one, text } from '../model/moddle.js';
import type { ParseContext } from '../model/parse-context.js';
import type { Condition, Element } from '../model/process-model.js';
import type { Expression } from '../ports.js';
import { fromNative, toNative, type TypedValue, type Variables } from '../runtime/typed-value.js';
import type { ActivityView, Behavior, Step } from './behavior.js';

interface LoopConfig {
  readonly sequential: boolean;
  readonly cardinality: Expression | null;
  /** The collection: an expression, or the name of a variable. */
  readonly collection: { readonly expression: Expression } | { readonly variable: string } | null;
  readonly elementVariable: string | null;
  readonly completionCondition: Condition | null;
}

/**
 * The scope around the instances of a multi-instance activity, with the standard's counters as its variables.
 * Boundary events, flows and the activity's asynchronous continuations belong to it; mappings and listeners to each
 * instance. Source: BPMN 2.0.2 §10.3.8, §13.3.7.
 */
export const multiInstanceBody: Behavior<LoopConfig> = {
  parse: (loop, context) => ({
    sequential: loop.get('isSequential') === true,
    cardinality: formal(loop, 'loopCardinality', context),
    collection: parseCollection(loop, context),
    elementVariable: text(loop, 'elementVariable') ?? nameOf(one(loop, 'inputDataItem')),
    completionCondition: parseCondition(loop, context),
  }),
  activityType: () => 'multiInstanceBody',
  check({ config }, problem) {
    if (!config.cardinality && !config.collection)
      problem('Expected a multi-instance activity to have a loopCardinality or a collection');
    if (config.elementVariable !== null && !config.collection)
      problem(`Expected a collection for the element variable '${config.elementVariable}', but there is none`);
  },
  enter(element, view) {
    const items = element.config.collection ? itemsOf(element, view) : null;
    const count = items ? items.length : cardinality(element, view);
    const inner = innerOf(element);
    if (count === 0) return { kind: 'leave' };
    const set = (name: string, value: number) => view.variables.setLocal(name, integer(value));
    set('nrOfInstances', count);
    set('nrOfCompletedInstances', 0);
    set('nrOfActiveInstances', element.config.sequential ? 1 : count);
    const tokens = Array.from({ length: count }, (_, index) => loopVariables(element, index, items));
    if (!element.config.sequential) return { kind: 'multiply', element: inner, tokens };
    for (const [name, value] of Object.entries(tokens[0] ?? {})) view.variables.setLocal(name, value);
    return { kind: 'open', starts: [inner] };
  },
  childEnded(element, view, ended) {
    const { sequential, completionCondition, collection } = element.config;
    const count = counter(element, view, 'nrOfInstances');
    const completed = counter(element, view, 'nrOfCompletedInstances') + 1;
    view.variables.setLocal('nrOfCompletedInstances', integer(completed));
    if (!sequential)
      view.variables.setLocal('nrOfActiveInstances', integer(counter(element, view, 'nrOfActiveInstances') - 1));
    const done = completionCondition?.(ended) ?? false;
    if (!sequential) return done || completed >= count ? { kind: 'leave' } : stay;
    const next = counter(element, view, 'loopCounter') + 1;
    if (done || next >= count) return { kind: 'leave' };
    const items = collection ? itemsOf(element, view) : null;
    for (const [name, value] of Object.entries(loopVariables(element, next, items))) view.variables.setLocal(name, value);
    return { kind: 'open', starts: [innerOf(element)] };
  },
};

const stay: Step = { kind: 'wait', for: [] };

function innerOf(element: Element): Element {
  return element.children[0]!; // the compiler puts exactly one activity into a body
}

function loopVariables({ config }: Element<LoopConfig>, index: number, items: readonly TypedValue[] | null): Variables {
  const item = items?.[index];
  return {
    loopCounter: integer(index),
    ...(config.elementVariable !== null && item && { [config.elementVariable]: item }),
  };
}

function cardinality({ id, config }: Element<LoopConfig>, view: ActivityView): number {
  const value = config.cardinality?.evaluate(view);
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number(value ?? Number.NaN);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new ExecutionError(
    `Expected the loop cardinality of '${id}' to be a whole number of at least 0, but '${config.cardinality?.source}' is '${String(value)}'`,
    { elementId: id },
  );
}

function itemsOf({ id, config: { collection } }: Element<LoopConfig>, view: ActivityView): readonly TypedValue[] {
  const value = collection && 'variable' in collection ? byName(collection.variable, view) : collection?.expression.evaluate(view);
  if (Array.isArray(value)) return value.map(fromNative);
  if (value instanceof Set) return [...value].map(fromNative);
  throw new ExecutionError(`Expected the collection of '${id}' to be a list, but it is '${String(value)}'`, { elementId: id });
}

function byName(name: string, view: ActivityView): unknown {
  const value = view.variables.get(name);
  return value && toNative(value);
}

function counter({ id }: Element, view: ActivityView, name: string): number {
  const value = view.variables.getLocal(name)?.value;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new ExecutionError(`Expected variable '${name}' of '${id}' to be a whole number, but it is '${String(value)}'`, { elementId: id });
}

function integer(value: number): TypedValue {
  return { type: 'Integer', value };
}

function parseCollection(loop: ModdleElement, context: ParseContext): LoopConfig['collection'] {
  const source = text(loop, 'collection');
  if (source !== null)
    return /[$#]\{/.test(source) ? { expression: context.expression(loop, source, "'collection'") } : { variable: source };
  const input = one(loop, 'loopDataInputRef');
  const name = input && (text(input, 'name') ?? input.id);
  if (!name) return null;
  return /[$#]\{/.test(name) ? { expression: context.expression(loop, name, "'loopDataInputRef'") } : { variable: name };
}

function nameOf(item: ModdleElement | null): string | null {
  return item && (text(item, 'name') ?? item.id ?? null);
}

function formal(loop: ModdleElement, property: string, context: ParseContext): Expression | null {
  const element = one(loop, property);
  const source = element && text(element, 'body');
  return source ? context.expression(loop, source, `'${property}'`) : null;
}

function parseCondition(loop: ModdleElement, context: ParseContext): Condition | null {
  const element = one(loop, 'completionCondition');
  return element && text(element, 'body') !== null ? context.condition(loop, element) : null;
}
