import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { FilterError, type FilterKind } from './filters.js';
import { fromRequest, objectBody, queryOf } from './parameters.js';
import { invalidRequest, RestError } from './rest-error.js';
import { Dto, Maybe } from './schema.js';
import { type Validate, validator } from './validate.js';

type Kinds = Readonly<Record<string, FilterKind<unknown>>>;

/** The values of those filters that a request sets. */
export type FiltersOf<F extends Kinds> = { readonly [K in keyof F]?: ReturnType<F[K]['fromText']> };

/** What can be asked of one list: for `GET`, `POST` and both counts. */
export interface QueryDefinition<F extends Kinds = Kinds, S extends string = string> {
  readonly name: string;
  readonly filters: F;
  readonly sortBy: readonly S[];
  /** Whether a body may hold `orQueries`. */
  readonly orQueries: boolean;
}

export interface Sorting<S extends string = string> {
  readonly by: S;
  readonly order: 'ASC' | 'DESC';
  /** What some ways of sorting need besides: a variable's name and type. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A query as it was asked. */
export interface QueryInput<D extends QueryDefinition = QueryDefinition> {
  readonly filters: FiltersOf<D['filters']>;
  /** Groups of filters of which at least one must hold. */
  readonly orQueries: readonly FiltersOf<D['filters']>[];
  readonly sorting: readonly Sorting<D['sortBy'][number]>[];
  readonly firstResult: number;
  readonly maxResults: number | null;
}

export function defineQuery<F extends Kinds, S extends string>(definition: {
  name: string;
  filters: F;
  sortBy: readonly S[];
  orQueries?: boolean;
}): QueryDefinition<F, S> {
  return { ...definition, orQueries: definition.orQueries ?? false };
}

/** A handler's parameter: the query of a `GET` from its query string, of a `POST` from its body. @throws RestError (400) */
export function QueryInput(definition: QueryDefinition, options: { paged?: boolean } = {}): ParameterDecorator {
  const read = queryReader(definition);
  return fromRequest(read, (inputs) => {
    inputs.listing = { definition, paged: options.paged ?? true };
  });
}

function queryReader<D extends QueryDefinition>(definition: D): (request: FastifyRequest) => QueryInput<D> {
  let check: Validate<Static<TObject>> | undefined;
  return (request) => {
    const query = queryOf(request);
    const paging = pagingOf(query);
    if (request.method !== 'POST')
      return {
        filters: filtersOfText(definition, query),
        orQueries: [],
        sorting: sortingOfText(definition, query),
        ...paging,
      } as QueryInput<D>;
    check ??= validator(bodySchema(definition));
    return { ...readQueryBody(definition, check(objectBody(request)) as Record<string, unknown>), ...paging };
  };
}

/** The query that a checked JSON body holds, without paging. @throws RestError (400) */
export function readQueryBody<D extends QueryDefinition>(
  definition: D,
  body: Readonly<Record<string, unknown>>,
): QueryInput<D> {
  const alternatives = (body['orQueries'] ?? []) as Record<string, unknown>[];
  return {
    filters: filtersOfJson(definition, body),
    orQueries: alternatives.map((part) => filtersOfJson(definition, part)),
    sorting: sortingOfJson(definition, body['sorting']),
    firstResult: 0,
    maxResults: null,
  } as QueryInput<D>;
}

/** The JSON body of the `POST` form. */
export function bodySchema(definition: QueryDefinition): TObject {
  const filters: Record<string, TSchema> = {};
  for (const [name, kind] of Object.entries(definition.filters)) filters[name] = Maybe(kind.jsonSchema);
  const sorting = Dto(`${definition.name}SortingDto`, {
    sortBy: Maybe(Type.String({ description: definition.sortBy.join(', ') })),
    sortOrder: Maybe(Type.String({ description: 'asc or desc' })),
    parameters: Maybe(Type.Record(Type.String(), Type.Any())),
  });
  return Dto(definition.name, {
    ...filters,
    sorting: Maybe(Type.Array(sorting)),
    ...(definition.orQueries && { orQueries: Maybe(Type.Array(Type.Object(filters))) }),
  });
}

/** The parameters of the `GET` form. */
export function textSchema(definition: QueryDefinition, paged: boolean): TObject {
  const properties: Record<string, TSchema> = {};
  for (const [name, kind] of Object.entries(definition.filters)) properties[name] = Type.Optional(kind.textSchema);
  if (!paged) return Type.Object(properties);
  return Type.Object({
    ...properties,
    sortBy: Type.Optional(Type.Union(definition.sortBy.map((name) => Type.Literal(name)))),
    sortOrder: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')])),
    ...PAGING.properties,
  });
}

export const PAGING = Type.Object({
  firstResult: Type.Optional(Type.Integer({ description: 'How many results to skip' })),
  maxResults: Type.Optional(Type.Integer({ description: 'How many results to answer at most' })),
});

function pagingOf(query: Record<string, string>): { firstResult: number; maxResults: number | null } {
  const number = (name: string): number | null => {
    const value = query[name];
    if (value === undefined || value === '') return null;
    if (!/^-?\d{1,10}$/.test(value))
      // The one wrong value that Camunda answers with 404.
      throw new RestError(
        404,
        'QueryParamException',
        `The query parameter '${name}' is '${value}', not a whole number`,
      );
    return Math.max(Number(value), 0);
  };
  return { firstResult: number('firstResult') ?? 0, maxResults: number('maxResults') };
}

function filtersOfText({ filters }: QueryDefinition, query: Record<string, string>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(filters)) {
    const value = query[name];
    if (value !== undefined) result[name] = naming(name, value, () => kind.fromText(value));
  }
  return result;
}

function filtersOfJson({ filters }: QueryDefinition, body: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(filters)) {
    const value = body[name];
    if (value !== undefined && value !== null) result[name] = naming(name, value, () => kind.fromJson(value));
  }
  return result;
}

function naming<T>(name: string, value: unknown, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    throw invalidRequest(`Cannot set query parameter '${name}' to value '${shown}': ${error.message}`);
  }
}

function sortingOfText(definition: QueryDefinition, { sortBy, sortOrder }: Record<string, string>): Sorting[] {
  if (sortBy === undefined && sortOrder === undefined) return [];
  if (sortBy === undefined || sortOrder === undefined)
    throw invalidRequest('Only one of the query parameters sortBy and sortOrder is given, both are required');
  return [sortingOf(definition, sortBy, sortOrder, {})];
}

function sortingOfJson(definition: QueryDefinition, sorting: unknown): Sorting[] {
  const given = (sorting ?? []) as { sortBy?: string | null; sortOrder?: string | null; parameters?: object | null }[];
  return given.map(({ sortBy, sortOrder, parameters }) =>
    sortingOf(definition, sortBy ?? '', sortOrder ?? '', (parameters ?? {}) as Record<string, unknown>),
  );
}

function sortingOf(
  { sortBy }: QueryDefinition,
  by: string,
  order: string,
  parameters: Readonly<Record<string, unknown>>,
): Sorting {
  if (!sortBy.includes(by)) throw invalidRequest(`Cannot set query parameter 'sortBy' to value '${by}'`);
  if (order !== 'asc' && order !== 'desc')
    throw invalidRequest(`Cannot set query parameter 'sortOrder' to value '${order}'`);
  return { by, order: order === 'asc' ? 'ASC' : 'DESC', parameters };
}
