import { ExecutionError } from '../../errors.js';
import { type ModdleElement, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { Expression } from '../../ports.js';
import type { ActivityView, Step } from '../behavior.js';

/** Work that is done outside: by a worker that fetches it by topic, or by an expression that is evaluated at once. */
export type Work =
  | { readonly kind: 'external'; readonly topic: Expression; readonly priority: Expression | null }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly resultVariable: string | null };

/** The attributes that `parseWork` reads. */
export const workAttributes = [
  'type',
  'topic',
  'taskPriority',
  'expression',
  'resultVariable',
  'camunda:Properties',
] as const;

/** The attributes that `requireWork` refuses with a reason of its own. */
export const javaAttributes = ['class', 'delegateExpression'] as const;

/** Reads how a task is done that must say so. */
export function requireWork(owner: ModdleElement, context: ParseContext, what: string): Work | null {
  const says = [...javaAttributes, 'type', 'expression'].some((name) => text(owner, name) !== null);
  if (says) return parseWork(owner, owner, context);
  context.refuse(
    owner,
    `Expected ${what} to say how it is done: camunda:type="external" with a topic, or camunda:expression`,
  );
  return null;
}

/**
 * Reads how an element is done, if it says so.
 * @param holder carries the attributes: the task, or a throw event's message event definition
 */
export function parseWork(owner: ModdleElement, holder: ModdleElement, context: ParseContext): Work | null {
  for (const name of javaAttributes)
    if (text(holder, name) !== null)
      context.refuse(
        owner,
        `Expected work for a worker (camunda:type="external" with a topic), but it has 'camunda:${name}', which needs Java`,
      );
  const type = text(holder, 'type');
  if (type !== null && type !== 'external') {
    context.refuse(owner, `Expected 'camunda:type' to be external, but it is '${type}'`);
    return null;
  }
  if (type === 'external') {
    const topic = context.attribute(holder, 'topic');
    if (!topic) {
      context.refuse(owner, 'Expected a \'camunda:topic\' beside camunda:type="external"');
      return null;
    }
    return {
      kind: 'external',
      topic,
      priority: context.attribute(holder, 'taskPriority') ?? processPriority(owner, context),
    };
  }
  const expression = context.attribute(holder, 'expression');
  return expression && { kind: 'expression', expression, resultVariable: text(holder, 'resultVariable') };
}

function processPriority(owner: ModdleElement, context: ParseContext): Expression | null {
  for (let e: ModdleElement | undefined = owner.$parent; e; e = e.$parent)
    if (e.$type === 'bpmn:Process') return context.attribute(e, 'taskPriority');
  return null;
}

/** Waits for a worker, or evaluates the expression and leaves. */
export function enterWork(work: Work, view: ActivityView): Step {
  if (work.kind === 'expression') {
    const value = work.expression.evaluateTyped(view);
    if (work.resultVariable !== null) view.variables.set(work.resultVariable, value);
    return { kind: 'leave' };
  }
  const topic = work.topic.evaluate(view);
  if (typeof topic !== 'string' || topic === '')
    throw new ExecutionError(
      `Expected the topic of '${view.node.elementId}' to be a text, but it is '${String(topic)}'`,
    );
  const priority = work.priority ? wholeNumber(work.priority, view, 'task priority') : 0;
  return { kind: 'wait', for: [{ kind: 'externalTask', topic, priority }] };
}

/** @throws ExecutionError when the expression's value isn't a whole number */
export function wholeNumber(expression: Expression, view: ActivityView, what: string): number {
  const value = expression.evaluate(view);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  if (typeof number === 'bigint') return Number(number);
  throw new ExecutionError(
    `Expected the ${what} of '${view.node.elementId}' to be a whole number, but it is '${String(value)}'`,
  );
}

/** The value as text; null stays null. */
export function optionalText(expression: Expression | null, view: ActivityView): string | null {
  const value = expression?.evaluate(view);
  return value === null || value === undefined ? null : String(value);
}

/** The topic for `Behavior.topic`. */
export function topicOf(work: Work | null): string | null | undefined {
  return work?.kind === 'external' ? (work.topic.literal ?? null) : undefined;
}
