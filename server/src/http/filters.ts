import { type TSchema, Type } from '@sinclair/typebox';
import { parseDate } from './date.js';
import { DateText, Dto, Maybe } from './schema.js';

/** One kind of filter: how it stands in a query string, in a JSON body, and what a query gets. */
export interface FilterKind<T> {
  /** @throws FilterError */
  fromText(text: string): T;
  /** The checked value of the JSON body. @throws FilterError */
  fromJson(value: unknown): T;
  readonly textSchema: TSchema;
  readonly jsonSchema: TSchema;
}

/** Says what is wrong with a filter's value; whoever reads the query adds the filter's name. */
export class FilterError extends Error {}

/** A comparison with a variable's value. */
export interface VariableFilter {
  readonly name: string;
  readonly operator: VariableOperator;
  readonly value: unknown;
}

export type VariableOperator = 'eq' | 'neq' | 'gt' | 'gteq' | 'lt' | 'lteq' | 'like' | 'notLike';

const OPERATORS: readonly string[] = ['eq', 'neq', 'gt', 'gteq', 'lt', 'lteq', 'like', 'notLike'];

export const text: FilterKind<string> = {
  fromText: (value) => value,
  fromJson: (value) => value as string,
  textSchema: Type.String(),
  jsonSchema: Type.String(),
};

export const integer: FilterKind<number> = {
  fromText: wholeNumber,
  fromJson: (value) => value as number,
  textSchema: Type.Integer(),
  jsonSchema: Type.Integer(),
};

export const boolean: FilterKind<boolean> = {
  fromText: trueOrFalse,
  fromJson: (value) => value as boolean,
  textSchema: Type.Boolean(),
  jsonSchema: Type.Boolean(),
};

export const date: FilterKind<Date> = {
  fromText: dateOf,
  fromJson: (value) => dateOf(value as string),
  textSchema: DateText(),
  jsonSchema: DateText(),
};

/** A list: commas in a query string, an array in a body. */
export const texts: FilterKind<string[]> = {
  fromText: (value) => value.split(','),
  fromJson: (value) => value as string[],
  textSchema: Type.String({ description: 'A list, separated by commas' }),
  jsonSchema: Type.Array(Type.String()),
};

/** Comparisons with variables: `name_operator_value`, separated by commas, in a query string; typed in a body. */
export const variables: FilterKind<VariableFilter[]> = {
  fromText: (value) => value.split(',').map(variableFilterOf),
  fromJson: (value) => (value as VariableFilter[]).map(checkOperator),
  textSchema: Type.String({ description: 'Comparisons `name_operator_value`, separated by commas; values are texts' }),
  jsonSchema: Type.Array(
    Dto('VariableQueryParameterDto', {
      name: Type.String(),
      operator: Type.String({ description: OPERATORS.join(', ') }),
      value: Maybe(Type.Any()),
    }),
  ),
};

function wholeNumber(value: string): number {
  if (!/^[+-]?\d{1,15}$/.test(value)) throw new FilterError('it is not a whole number');
  return Number(value);
}

function trueOrFalse(value: string): boolean {
  const word = value.toLowerCase();
  if (word !== 'true' && word !== 'false') throw new FilterError('it is neither true nor false');
  return word === 'true';
}

function dateOf(value: string): Date {
  const parsed = parseDate(value);
  if (!parsed) throw new FilterError('it is not a date like 2026-11-23T03:00:00.000+0000');
  return parsed;
}

/** The name may hold underscores: the operator is the first word between two of them. */
function variableFilterOf(expression: string): VariableFilter {
  const parts = expression.split('_');
  for (let i = 1; i < parts.length - 1; i++) {
    const operator = parts[i] ?? '';
    if (OPERATORS.includes(operator))
      return {
        name: parts.slice(0, i).join('_'),
        operator: operator as VariableOperator,
        value: parts.slice(i + 1).join('_'),
      };
  }
  if (parts.length < 3) throw new FilterError('it has not the form NAME_OPERATOR_VALUE');
  throw new FilterError(`'${parts[1]}' is none of the operators ${OPERATORS.join(', ')}`);
}

function checkOperator({ name, operator, value }: VariableFilter): VariableFilter {
  if (!OPERATORS.includes(operator))
    throw new FilterError(`'${operator}' is none of the operators ${OPERATORS.join(', ')}`);
  return { name, operator, value: value ?? null };
}
