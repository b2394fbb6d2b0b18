import type { DataSource, EntityTarget, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { allOf, anyOf, type Condition, restrict, toNamed } from './condition.js';
import type { FiltersOf, QueryDefinition, QueryInput, Sorting } from './query-input.js';

type FilterOf<D extends QueryDefinition, K extends keyof D['filters']> = NonNullable<FiltersOf<D['filters']>[K]>;

/** How a query's filters and sortings become SQL over one entity. */
export interface ListPlan<E extends ObjectLiteral, D extends QueryDefinition> {
  readonly entity: EntityTarget<E>;
  /** The entity's name in conditions: `task` for `task.assignee`. */
  readonly alias: string;
  /** What a filter asks for; null when its value asks for nothing (`unassigned=false`). */
  readonly filters: {
    readonly [K in keyof D['filters']]: (value: FilterOf<D, K>, all: FiltersOf<D['filters']>) => Condition | null;
  };
  readonly sortings: { readonly [S in D['sortBy'][number]]: Condition | ((sorting: Sorting) => Condition) };
  /** The properties to read, when not all are wanted. */
  readonly select?: readonly (keyof E & string)[];
  /** What always holds, or holds unless the query says otherwise. */
  readonly always?: Condition | ((input: QueryInput<D>) => Condition | null);
  /** The order when none is asked for, before the tie-breaker: one in which an index has the rows of common filters. */
  readonly usualOrder?: Condition;
  /** The order that decides where the sorting leaves it open. */
  readonly tieBreaker?: Condition;
}

/** Lists and counts for one plan. Entities come back as they are; a controller's mapper makes DTOs of them. */
export class ListQuery<E extends ObjectLiteral, D extends QueryDefinition> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly plan: ListPlan<E, D>,
  ) {}

  async list(input: QueryInput<D>): Promise<E[]> {
    if (input.maxResults === 0) return [];
    const builder = this.restricted(input);
    const { alias, select } = this.plan;
    if (select) builder.select(select.map((property) => `${alias}.${property}`));
    for (const [i, sorting] of input.sorting.entries()) this.sort(builder, sorting, i);
    if (input.sorting.length === 0 && this.plan.usualOrder)
      builder.addOrderBy(toNamed(this.plan.usualOrder).text, 'ASC');
    const tie = this.plan.tieBreaker ? toNamed(this.plan.tieBreaker).text : `${alias}.id`;
    // A second order of the same column would take the place of the one that was asked for.
    if (!(tie in builder.expressionMap.orderBys)) builder.addOrderBy(tie, 'ASC');
    if (input.firstResult > 0) builder.offset(input.firstResult);
    if (input.maxResults !== null) builder.limit(input.maxResults);
    return builder.getMany();
  }

  count(input: QueryInput<D>): Promise<number> {
    return this.restricted(input).getCount();
  }

  /** The query's rows as a builder, for reads that need other columns. */
  restricted(input: QueryInput<D>): SelectQueryBuilder<E> {
    const { entity, alias, always } = this.plan;
    const builder = this.dataSource.createQueryBuilder(entity, alias);
    const common = typeof always === 'function' ? always(input) : always;
    const conditions = [...(common ? [common] : []), ...this.conditions(input.filters)];
    for (const alternative of input.orQueries) conditions.push(anyOf(this.conditions(alternative)));
    return restrict(builder, allOf(conditions));
  }

  private conditions(filters: FiltersOf<D['filters']>): Condition[] {
    return Object.entries(filters).flatMap(([name, value]) => {
      const condition = this.plan.filters[name]?.(value as FilterOf<D, string>, filters) ?? null;
      return condition === null ? [] : [condition];
    });
  }

  private sort(builder: SelectQueryBuilder<E>, sorting: Sorting<D['sortBy'][number]>, position: number): void {
    const expression: Condition | ((sorting: Sorting) => Condition) = this.plan.sortings[sorting.by];
    const condition = typeof expression === 'function' ? expression(sorting) : expression;
    const { text, parameters } = toNamed(condition, Object.keys(builder.getParameters()).length);
    const column = /^\w+\.\w+$/.test(text);
    if (!column) builder.addSelect(text, `sorting_${position}`).setParameters(parameters);
    builder.addOrderBy(column ? text : `sorting_${position}`, sorting.order);
  }
}
