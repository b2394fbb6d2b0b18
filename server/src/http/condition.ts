import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** A piece of SQL with its values apart: conditions combine and only become parameters when they are used. */
export interface Condition {
  readonly texts: readonly string[];
  /** Between the texts; a condition among them is put in as SQL. */
  readonly values: readonly unknown[];
}

/** ``sql`task.assignee = ${name}` ``; `alias.property` is resolved to its column by TypeORM. */
export function sql(texts: TemplateStringsArray, ...values: unknown[]): Condition {
  return { texts: [...texts], values };
}

/** SQL text that is written here and never comes from a client. */
export function raw(text: string): Condition {
  return { texts: [text], values: [] };
}

const TRUE = raw('TRUE');
export const FALSE = raw('FALSE');

export function allOf(conditions: readonly Condition[]): Condition {
  return join(conditions, ' AND ', TRUE);
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return join(conditions, ' OR ', FALSE);
}

export function not(condition: Condition): Condition {
  return sql`NOT (${condition})`;
}

function join(conditions: readonly Condition[], word: string, none: Condition): Condition {
  if (conditions.length === 0) return none;
  if (conditions.length === 1 && conditions[0]) return conditions[0];
  return { texts: ['(', ...conditions.slice(1).map(() => `)${word}(`), ')'], values: conditions };
}

/** The condition as TypeORM's text with named parameters, numbered from `first`. */
export function toNamed(condition: Condition, first = 0): { text: string; parameters: ObjectLiteral; next: number } {
  const parameters: ObjectLiteral = {};
  let next = first;
  const write = ({ texts, values }: Condition): string =>
    texts
      .map((text, i) => {
        if (i >= values.length) return text;
        const value = values[i];
        if (isCondition(value)) return text + write(value);
        const name = `v${next++}`;
        parameters[name] = value;
        return `${text}:${name}`;
      })
      .join('');
  return { text: write(condition), parameters, next };
}

/** The condition as PostgreSQL's text with positional parameters, which are added to `parameters`. */
export function toPositional({ texts, values }: Condition, parameters: unknown[]): string {
  return texts
    .map((text, i) => {
      if (i >= values.length) return text;
      const value = values[i];
      return text + (isCondition(value) ? toPositional(value, parameters) : `$${parameters.push(value)}`);
    })
    .join('');
}

/** Adds a condition to a query builder; its parameters get names that are free there. */
export function restrict<E extends ObjectLiteral>(
  builder: SelectQueryBuilder<E>,
  condition: Condition,
): SelectQueryBuilder<E> {
  const { text, parameters } = toNamed(condition, Object.keys(builder.getParameters()).length);
  return builder.andWhere(text, parameters);
}

function isCondition(value: unknown): value is Condition {
  return typeof value === 'object' && value !== null && 'texts' in value && 'values' in value;
}
