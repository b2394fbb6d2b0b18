import { ExecutionError } from '../../errors.js';
import { parseParameters } from '../../model/mappings.js';
import { extensions, type ModdleElement, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { Condition, Mapping } from '../../model/process-model.js';
import type { Expression } from '../../ports.js';
import type { ActivityView, Step } from '../behavior.js';
import { errorCodeOf } from './event-definition.js';
import {
  connectorOf,
  constant,
  fieldsOf,
  javaAttributes,
  javaTopic,
  processPriority,
  type WorkProperties,
} from './java-work.js';
import { priorityOf } from './priority.js';

/** Work that is done outside: by a worker that fetches it by topic, or by an expression that is evaluated at once. */
export type Work =
  | ExternalWork
  | {
      readonly kind: 'expression';
      readonly expression: Expression;
      readonly resultVariable: string | null;
      /** Where the expression calls a method of something that no variable holds, a worker does it. */
      readonly bean: { readonly name: string; readonly work: ExternalWork } | null;
    };

export interface ExternalWork {
  readonly kind: 'external';
  readonly topic: Expression;
  readonly priority: Expression | null;
  readonly properties: WorkProperties;
  /** BPMN errors that the worker's outcome stands for. */
  readonly errorRules: readonly ErrorRule[];
  /** Of a connector: local variables for the worker, and what becomes of its answer. */
  readonly inputs: readonly Mapping[];
  readonly outputs: readonly Mapping[];
}

/** `camunda:errorEventDefinition`: where the condition holds, completing or failing the external task throws the error. */
export interface ErrorRule {
  readonly errorCode: string;
  readonly condition: Condition;
}

export const resultVariableAttributes = ['resultVariable', 'resultVariableName'] as const;

/** Where the value goes; the second name is an older one that Camunda still reads. */
export function resultVariableOf(holder: ModdleElement): string | null {
  return text(holder, 'resultVariable') ?? text(holder, 'resultVariableName');
}

/** The attributes and extension elements that `parseWork` reads. */
export const workAttributes = [
  'type',
  'topic',
  'taskPriority',
  'expression',
  ...resultVariableAttributes,
  ...javaAttributes,
  'camunda:Field',
  'camunda:Connector',
  'camunda:ErrorEventDefinition',
] as const;

/** Reads how a task is done that must say so. */
export function requireWork(owner: ModdleElement, context: ParseContext, what: string): Work | null {
  const says = [...javaAttributes, 'type', 'expression'].some((name) => text(owner, name) !== null);
  if (says || connectorOf(owner)) return parseWork(owner, owner, context);
  context.refuse(
    owner,
    `Expected ${what} to say how it is done: camunda:type="external" with a topic, camunda:expression, class, delegateExpression or a connector`,
  );
  return null;
}

/**
 * Reads how an element is done, if it says so. Java code and connectors are work for a worker.
 * @param holder carries the attributes: the task, or a throw event's message event definition
 */
export function parseWork(owner: ModdleElement, holder: ModdleElement, context: ParseContext): Work | null {
  const external = (topic: Expression, more: Partial<ExternalWork> = {}): ExternalWork => ({
    kind: 'external',
    topic,
    priority: parsePriority(owner, holder, context),
    properties: {},
    errorRules: [],
    inputs: [],
    outputs: [],
    ...more,
  });
  const type = text(holder, 'type');
  if (type === 'external') {
    const topic = context.attribute(holder, 'topic');
    if (topic) return external(topic, { errorRules: parseErrorRules(owner, context) });
    context.refuse(owner, 'Expected a \'camunda:topic\' beside camunda:type="external"');
    return null;
  }
  if (type === 'shell') return external(constant(type), { properties: fieldsOf(owner, holder, context) });
  if (type !== null) {
    context.refuse(owner, `Expected 'camunda:type' to be external or shell, but it is '${type}'`);
    return null;
  }
  const connector = connectorOf(holder);
  if (connector) {
    if (connector.id === null) context.refuse(owner, 'Expected the connector to have a connectorId');
    const { inputOutput } = connector;
    return external(constant(connector.id ?? ''), {
      inputs: inputOutput ? parseParameters(owner, inputOutput, 'inputParameters', context) : [],
      outputs: inputOutput ? parseParameters(owner, inputOutput, 'outputParameters', context) : [],
    });
  }
  const topic = javaTopic(holder);
  if (topic !== null) return external(constant(topic), { properties: fieldsOf(owner, holder, context) });
  const expression = context.attribute(holder, 'expression');
  if (!expression) return null;
  const name = context.calledBean(expression.source);
  const properties = { ...fieldsOf(owner, holder, context), expression: constant(expression.source) };
  const bean = name === null ? null : { name, work: external(constant(name), { properties }) };
  return { kind: 'expression', expression, resultVariable: resultVariableOf(holder), bean };
}

function parseErrorRules(owner: ModdleElement, context: ParseContext): ErrorRule[] {
  return extensions(owner, 'camunda:ErrorEventDefinition').flatMap((definition) => {
    const errorCode = errorCodeOf(owner, definition, context);
    const source = text(definition, 'expression');
    if (errorCode === null)
      context.refuse(owner, 'Expected camunda:errorEventDefinition to reference an error with a code');
    if (errorCode === null || source === null) return [];
    const expression = context.expression(owner, source, 'the expression of camunda:errorEventDefinition');
    return [{ errorCode, condition: (view) => expression.evaluate(view) === true }];
  });
}

/** A number, or an expression that gives one; the process's where the element has none. */
export function parsePriority(owner: ModdleElement, holder: ModdleElement, context: ParseContext): Expression | null {
  return context.priority(holder, 'taskPriority', owner) ?? processPriority(owner, context);
}

/** Waits for a worker, or evaluates the expression and leaves. */
export function enterWork(work: Work, view: ActivityView): Step {
  if (work.kind === 'external') return waitForWorker(work, view);
  const { expression, resultVariable, bean } = work;
  if (bean && !view.variables.get(bean.name)) return waitForWorker(bean.work, view);
  const value = expression.evaluateTyped(view);
  if (resultVariable !== null) view.variables.set(resultVariable, value);
  return { kind: 'leave' };
}

function waitForWorker(work: ExternalWork, view: ActivityView): Step {
  const topic = work.topic.evaluate(view);
  if (typeof topic !== 'string' || topic === '')
    throw new ExecutionError(
      `Expected the topic of '${view.node.elementId}' to be a text, but it is '${String(topic)}'`,
    );
  const priority = work.priority ? workPriority(work.priority, view) : 0;
  for (const { name, source } of work.inputs) view.variables.setLocal(name, view.valueOf(source));
  const properties = Object.fromEntries(
    Object.entries(work.properties).map(([name, expression]) => [name, optionalText(expression, view) ?? '']),
  );
  return { kind: 'wait', for: [{ kind: 'externalTask', topic, priority, properties }] };
}

export function workPriority(priority: Expression, view: ActivityView): number {
  return priorityOf(priority, view, { what: 'task priority', elementId: view.node.elementId });
}

/** The worker is done: what a connector makes of its answer, then it goes on. */
export function resumeWork(work: Work | null, view: ActivityView): Step {
  if (work?.kind !== 'external') return { kind: 'leave' };
  const outputs = work.outputs.map(({ name, source }) => ({ name, value: view.valueOf(source) }));
  for (const { name } of work.inputs) view.variables.removeLocal(name);
  for (const { name, value } of outputs) view.variables.set(name, value);
  return { kind: 'leave' };
}

/** The value as text; null stays null. */
export function optionalText(expression: Expression | null, view: ActivityView): string | null {
  const value = expression?.evaluate(view);
  return value === null || value === undefined ? null : String(value);
}

/** The value, which must be a text where it isn't null. @throws ExecutionError */
export function onlyText(expression: Expression | null, view: ActivityView, what: string): string | null {
  const value = expression?.evaluate(view) ?? null;
  if (value === null || typeof value === 'string') return value;
  throw new ExecutionError(
    `Expected the ${what} of '${view.node.elementId}' to be a text, but '${expression?.source}' is '${String(value)}'`,
    { elementId: view.node.elementId, fault: 'class-cast' },
  );
}

/** The topic for `Behavior.topic`. */
export function topicOf(work: Work | null): string | null | undefined {
  if (work?.kind === 'expression') return work.bean?.name;
  return work?.kind === 'external' ? (work.topic.literal ?? null) : undefined;
}

/** The errors for `Behavior.errorRules`. */
export function errorRulesOf(work: Work | null): readonly ErrorRule[] {
  return work?.kind === 'external' ? work.errorRules : [];
}
