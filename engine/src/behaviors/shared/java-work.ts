import { extensions, type ModdleElement, one, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { Expression } from '../../ports.js';

/** What a worker is told beside the variables, as extension properties of its external task; expressions are evaluated then. */
export type WorkProperties = Readonly<Record<string, Expression>>;

/** The attributes that name Java code. */
export const javaAttributes = ['class', 'delegateExpression'] as const;

/** The topic under which a worker does what Java code did: a class's simple name, the name of a bean. Null where none is named. */
export function javaTopic(holder: ModdleElement): string | null {
  return topicOfJava(text(holder, 'class'), text(holder, 'delegateExpression'));
}

/** The topic that stands for a class by its simple name, or else for a bean by its name. */
export function topicOfJava(className: string | null, delegate: string | null): string | null {
  if (className !== null) return className.slice(className.lastIndexOf('.') + 1);
  return delegate && (/^[$#]\{\s*(.*?)\s*\}$/s.exec(delegate)?.[1] ?? delegate);
}

/** What was injected into Java code (`camunda:field`), by name. */
export function parseFields(
  owner: ModdleElement,
  fields: readonly ModdleElement[],
  context: ParseContext,
): WorkProperties {
  const entries = fields.flatMap((field) => {
    const name = text(field, 'name');
    if (name === null) context.refuse(owner, 'Expected every camunda:field to have a name');
    const value = text(field, 'stringValue') ?? text(field, 'string');
    const source = text(field, 'expression');
    const expression =
      source === null ? constant(value ?? '') : context.expression(owner, source, `the field '${name ?? ''}'`);
    return [[name ?? '', expression] as const];
  });
  return Object.fromEntries(entries);
}

/** The fields of a task or of a message event definition. */
export function fieldsOf(owner: ModdleElement, holder: ModdleElement, context: ParseContext): WorkProperties {
  return parseFields(owner, extensions(holder, 'camunda:Field'), context);
}

/** The priority that the process around an element, or the process itself, asks for its external tasks. */
export function processPriority(owner: ModdleElement, context: ParseContext): Expression | null {
  for (let e: ModdleElement | undefined = owner; e; e = e.$parent)
    if (e.$type === 'bpmn:Process') return context.attribute(e, 'taskPriority');
  return null;
}

/** A text as it stands, whatever looks like an expression in it. */
export function constant(source: string): Expression {
  return { source, literal: source, evaluate: () => source, evaluateTyped: () => ({ type: 'String', value: source }) };
}

/** The connector of a task or message event definition. */
export function connectorOf(
  holder: ModdleElement,
): { readonly id: string | null; readonly inputOutput: ModdleElement | null } | null {
  const [connector] = extensions(holder, 'camunda:Connector');
  return connector ? { id: text(connector, 'connectorId'), inputOutput: one(connector, 'inputOutput') } : null;
}
