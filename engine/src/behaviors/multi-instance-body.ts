import { ExecutionError } from '../errors.js';
import { type ModdleElement, one, text } from '../model/moddle.js';
import type { ParseContext } from '../model/parse-context.js';
import type { Condition, Element } from '../model/process-model.js';
import type { Expression } from '../ports.js';
import { sharedNative } from '../runtime/shared-native.js';
import { fromNative, type TypedValue, type Variables } from '../runtime/typed-value.js';
import type { ActivityView, Behavior, Step } from './behavior.js';

interface LoopConfig {
  readonly sequential: boolean;
  readonly cardinality: Expression | null;
  /** The collection: an expression, or the name of a variable. */
  readonly collection: { readonly expression: Expression } | { readonly variable: string } | null;
  readonly elementVariable: string | null;
  readonly completionCondition: Condition | null;
}

const COUNTERS = ['nrOfInstances', 'nrOfCompletedInstances', 'nrOfActiveInstances', 'loopCounter'];

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
    elementVariable: parseElementVariable(loop),
    completionCondition: parseCondition(loop, context),
  }),
  activityType: () => 'multiInstanceBody',
  migratesAs: ({ sequential }) => (sequential ? 'sequentialMultiInstance' : 'parallelMultiInstance'),
  data: ({ config: { collection, elementVariable } }) => ({
    reads: collection && 'variable' in collection ? [collection.variable] : [],
    writes: [...COUNTERS, ...(elementVariable === null ? [] : [elementVariable])],
  }),
  check({ config }, problem) {
    if (!config.cardinality && !config.collection)
      problem('Expected a multi-instance activity to have a loopCardinality or a collection');
    if (config.elementVariable !== null && !config.collection)
      problem(`Expected a collection for the element variable '${config.elementVariable}', but there is none`);
  },
  enter(element, view) {
    const { sequential, cardinality, elementVariable } = element.config;
    const items = cardinality && elementVariable === null ? [] : itemsOf(element, view);
    const count = cardinality ? numberOf(element, cardinality, view) : items.length;
    if (count === 0) return { kind: 'leave' };
    set(view, 'nrOfInstances', count);
    set(view, 'nrOfCompletedInstances', 0);
    set(view, 'nrOfActiveInstances', sequential ? 1 : count);
    if (sequential) return nextTurn(element, view, 0, items);
    const tokens = Array.from({ length: count }, (_, index) => loopVariables(element, index, items));
    return { kind: 'multiply', element: repeated(element), tokens };
  },
  instances: {
    first({ config }, view) {
      set(view, 'nrOfInstances', 1);
      set(view, 'nrOfCompletedInstances', 0);
      set(view, 'nrOfActiveInstances', 1);
      if (config.sequential) set(view, 'loopCounter', 0);
      return config.sequential ? null : { loopCounter: { type: 'Integer', value: 0 } };
    },
    another(element, view) {
      if (element.config.sequential) return null;
      const count = counter(element, view, 'nrOfInstances');
      set(view, 'nrOfInstances', count + 1);
      set(view, 'nrOfActiveInstances', counter(element, view, 'nrOfActiveInstances') + 1);
      return { loopCounter: { type: 'Integer', value: count } };
    },
    removed(element, view) {
      set(view, 'nrOfActiveInstances', counter(element, view, 'nrOfActiveInstances') - 1);
    },
  },
  childEnded(element, view, ended) {
    const { sequential, completionCondition, elementVariable } = element.config;
    const count = counter(element, view, 'nrOfInstances');
    const completed = counter(element, view, 'nrOfCompletedInstances') + 1;
    set(view, 'nrOfCompletedInstances', completed);
    const turn = sequential ? counter(element, view, 'loopCounter') + 1 : completed;
    const active = counter(element, view, 'nrOfActiveInstances') - (sequential ? 0 : 1);
    if (!sequential) set(view, 'nrOfActiveInstances', active);
    // of those that began at once some may have been cancelled by hand, so what counts is what is left
    if ((sequential ? turn >= count : active <= 0) || completionCondition?.(ended)) return { kind: 'leave' };
    if (!sequential) return stay;
    return nextTurn(element, view, turn, elementVariable === null ? [] : itemsOf(element, view));
  },
};

const stay: Step = { kind: 'wait', for: [] };

function repeated({ id, repeats }: Element): Element {
  if (repeats) return repeats;
  throw new Error(`Multi-instance body '${id}' has no activity inside`);
}

/** The instances of a sequential one share the body's scope, one after the other. */
function nextTurn(element: Element<LoopConfig>, view: ActivityView, turn: number, items: readonly unknown[]): Step {
  for (const [name, value] of Object.entries(loopVariables(element, turn, items))) view.variables.setLocal(name, value);
  return { kind: 'open', starts: [repeated(element)] };
}

function loopVariables({ id, config }: Element<LoopConfig>, turn: number, items: readonly unknown[]): Variables {
  const loopCounter: TypedValue = { type: 'Integer', value: turn };
  if (config.elementVariable === null) return { loopCounter };
  if (turn < items.length) return { loopCounter, [config.elementVariable]: fromNative(items[turn]) };
  throw new ExecutionError(
    `Expected the collection of '${id}' to have an item for instance ${turn + 1}, but it has only ${items.length}`,
    { elementId: id, fault: 'no-such-element' },
  );
}

/** As in Camunda a number loses its fraction, a text must be a whole number. */
function numberOf({ id }: Element, cardinality: Expression, view: ActivityView): number {
  const value = cardinality.evaluate(view);
  const count =
    typeof value === 'number' ? Math.trunc(value) : Number(/^\s*[+-]?\d+\s*$/.test(String(value)) ? value : Number.NaN);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new ExecutionError(
    `Expected the loop cardinality of '${id}' to be a whole number of at least 0, but '${cardinality.source}' is '${String(value)}'`,
    { elementId: id, ...(typeof value === 'string' && Number.isNaN(count) && { fault: 'number-format' }) },
  );
}

/** As the collection is now: a sequential one looks before each turn. Nothing where there is none. */
function itemsOf({ id, config: { collection } }: Element<LoopConfig>, view: ActivityView): readonly unknown[] {
  if (!collection) return [];
  const value = 'variable' in collection ? byName(collection.variable, view) : collection.expression.evaluate(view);
  if (Array.isArray(value)) return value;
  if (value instanceof Set) return [...value];
  throw new ExecutionError(`Expected the collection of '${id}' to be a list, but it is '${String(value)}'`, {
    elementId: id,
  });
}

function byName(name: string, view: ActivityView): unknown {
  const value = view.variables.get(name);
  return value && sharedNative(value);
}

function counter({ id }: Element, view: ActivityView, name: string): number {
  const value = view.variables.getLocal(name)?.value;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new ExecutionError(
    `Expected variable '${name}' of '${id}' to be a whole number, but it is '${String(value)}'`,
    { elementId: id },
  );
}

function set(view: ActivityView, name: string, value: number): void {
  view.variables.setLocal(name, { type: 'Integer', value });
}

/** As in Camunda the reference is the name of a variable, or an expression; it goes before `camunda:collection`. */
function parseCollection(loop: ModdleElement, context: ParseContext): LoopConfig['collection'] {
  const reference = one(loop, 'loopDataInputRef')?.id ?? context.danglingReference(loop, 'loopDataInputRef');
  const source = reference ?? text(loop, 'collection');
  if (source === null) return null;
  const what = reference === null ? "'collection'" : "'loopDataInputRef'";
  return /[$#]\{/.test(source) ? { expression: context.expression(loop, source, what) } : { variable: source };
}

/** An `inputDataItem` goes before `camunda:elementVariable`; without a name there is no variable. */
function parseElementVariable(loop: ModdleElement): string | null {
  const item = one(loop, 'inputDataItem');
  return item ? text(item, 'name') : text(loop, 'elementVariable');
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
