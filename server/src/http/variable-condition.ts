import { type Condition, raw, sql } from './condition.js';
import { parseDate } from './date.js';
import type { VariableFilter, VariableOperator } from './filters.js';
import { invalidRequest } from './rest-error.js';

const NUMBER_COMPARISONS: Readonly<Partial<Record<VariableOperator, string>>> = {
  eq: '=',
  neq: '<>',
  gt: '>',
  gteq: '>=',
  lt: '<',
  lteq: '<=',
};

export interface VariableMatching {
  /** `variableNamesIgnoreCase` and `variableValuesIgnoreCase` of the query. */
  readonly namesIgnoreCase?: boolean;
  readonly valuesIgnoreCase?: boolean;
}

/**
 * Whether a variable with the name and value exists: `EXISTS (SELECT … FROM variable v WHERE <place> AND …)`.
 * As in Camunda values compare within their kind (text, whole and decimal numbers, booleans, dates, null), and
 * a variable that isn't there is not unequal either.
 * @param place which variables are looked at, over the alias `v` (columns in snake case)
 * @param table `variable` or `historic_variable`
 */
export function variableExists(
  place: Condition,
  filter: VariableFilter,
  matching: VariableMatching = {},
  table: 'variable' | 'historic_variable' = 'variable',
): Condition {
  const name = matching.namesIgnoreCase
    ? sql`lower(v.name) = ${filter.name.toLowerCase()}`
    : sql`v.name = ${filter.name}`;
  return sql`EXISTS (SELECT 1 FROM ${raw(table)} v WHERE ${place} AND ${name} AND ${valueMatches(filter, matching)})`;
}

/** The comparison with the value alone, over the alias `v`. @throws RestError (400) when the operator doesn't fit the value */
export function valueMatches(filter: VariableFilter, matching: VariableMatching = {}): Condition {
  const { operator, value } = filter;
  if (value === null || value === undefined) return nullMatches(operator);
  if (operator === 'like' || operator === 'notLike') return textLike(filter, matching);
  const comparison = raw(NUMBER_COMPARISONS[operator] ?? '=');
  if (typeof value === 'boolean') {
    requireEquality(operator, 'a boolean');
    const same = sql`(v.type = 'Boolean' AND v.number_value = ${value ? 1 : 0}::double precision)`;
    return operator === 'eq' ? same : sql`(NOT ${same} OR v.number_value IS NULL)`;
  }
  if (typeof value === 'number') {
    const numeric = raw(`v.type IN ('Short', 'Integer', 'Long', 'Double')`);
    const held = sql`(${numeric} AND v.number_value ${comparison} ${value}::double precision)`;
    return operator === 'neq' ? sql`(${held} OR NOT ${numeric})` : held;
  }
  if (typeof value !== 'string') throw invalidRequest('Variables cannot be compared with an object or a list');
  return textMatches(operator, value, comparison, matching);
}

function textMatches(
  operator: VariableOperator,
  value: string,
  comparison: Condition,
  matching: VariableMatching,
): Condition {
  const text = matching.valuesIgnoreCase
    ? sql`lower(v.text_value) ${comparison} ${value.toLowerCase()}`
    : sql`v.text_value ${comparison} ${value}`;
  const held = sql`(v.type = 'String' AND ${text})`;
  const date = parseDate(value);
  const dated = date && sql`(v.type = 'Date' AND v.number_value ${comparison} ${date.getTime()}::double precision)`;
  if (operator === 'neq') return sql`(${held} OR v.type <> 'String')`;
  return dated ? sql`(${held} OR ${dated})` : held;
}

function textLike({ operator, value }: VariableFilter, matching: VariableMatching): Condition {
  if (typeof value !== 'string') throw invalidRequest(`The operator '${operator}' needs a text to compare with`);
  const word = raw(operator === 'like' ? 'LIKE' : 'NOT LIKE');
  const text = matching.valuesIgnoreCase
    ? sql`lower(v.text_value) ${word} ${value.toLowerCase()}`
    : sql`v.text_value ${word} ${value}`;
  return sql`(v.type = 'String' AND ${text})`;
}

function nullMatches(operator: VariableOperator): Condition {
  requireEquality(operator, 'null');
  const isNull = `(v.text_value IS NULL AND v.number_value IS NULL)`;
  return raw(operator === 'eq' ? isNull : `NOT ${isNull}`);
}

function requireEquality(operator: VariableOperator, what: string): void {
  if (operator !== 'eq' && operator !== 'neq')
    throw invalidRequest(`The operator '${operator}' cannot compare with ${what}, only eq and neq can`);
}
