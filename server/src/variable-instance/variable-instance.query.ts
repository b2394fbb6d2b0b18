import type { TypedValue } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { allOf, FALSE, raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { valueMatches } from '../http/variable-condition.js';
import { Database } from '../persistence/database.js';
import { VariableEntity } from '../persistence/entities/variable.js';
import { withOwningInstances } from './owning-instances.js';
import { activityInstancesInPlaces } from './places.js';
import { variableWithBytes } from './variable-bytes.js';
import {
  toVariableInstanceDto,
  type VariableInstanceDto,
  type VariableInstanceQuery,
} from './variable-instance.dto.js';

@Injectable()
export class VariableInstanceQueries {
  private readonly variables: ListQuery<VariableEntity, VariableInstanceQuery>;

  constructor(private readonly database: Database) {
    this.variables = new ListQuery<VariableEntity, VariableInstanceQuery>(database.dataSource, {
      entity: VariableEntity,
      alias: 'v',
      filters: {
        variableName: (name, all) =>
          all.variableNamesIgnoreCase ? sql`lower(v.name) = lower(${name})` : sql`v.name = ${name}`,
        variableNameLike: (pattern, all) =>
          all.variableNamesIgnoreCase ? sql`lower(v.name) LIKE lower(${pattern})` : sql`v.name LIKE ${pattern}`,
        processInstanceIdIn: (ids) => sql`v.processInstanceId = ANY(${ids})`,
        executionIdIn: (ids) => sql`v.activityInstanceId = ANY(${ids})`,
        caseInstanceIdIn: () => FALSE, // there are no cases and no variables of batches
        caseExecutionIdIn: () => FALSE,
        batchIdIn: () => FALSE,
        taskIdIn: (ids) => sql`v.taskId = ANY(${ids})`,
        activityInstanceIdIn: (ids) => sql`v.activityInstanceId = ANY(${ids})`,
        tenantIdIn: (ids) => sql`v.tenantId = ANY(${ids})`,
        variableScopeIdIn: (ids) => sql`coalesce(v.taskId, v.activityInstanceId) = ANY(${ids})`,
        variableValues: (filters, all) =>
          allOf(
            filters.map((filter) => {
              const value = valueMatches(filter, { valuesIgnoreCase: all.variableValuesIgnoreCase });
              return all.variableNamesIgnoreCase
                ? sql`(lower(v.name) = lower(${filter.name}) AND ${value})`
                : sql`(v.name = ${filter.name} AND ${value})`;
            }),
          ),
        variableNamesIgnoreCase: () => null,
        variableValuesIgnoreCase: () => null,
      },
      sortings: {
        variableName: raw('v.name'),
        variableType: raw('v.type'),
        activityInstanceId: raw('v.activityInstanceId'),
        tenantId: raw('v.tenantId'),
      },
    });
  }

  async list(input: QueryInput<VariableInstanceQuery>, deserialize: boolean): Promise<VariableInstanceDto[]> {
    const variables = await this.owned(await this.variables.list(input));
    const shownAt = await activityInstancesInPlaces(this.database, variables);
    return variables.map((variable) => {
      const { activityInstanceId } = variable;
      const dto = toVariableInstanceDto(variable, { deserialize });
      return { ...dto, activityInstanceId: shownAt.get(activityInstanceId) ?? activityInstanceId };
    });
  }

  async count(input: QueryInput<VariableInstanceQuery>): Promise<{ count: number }> {
    return { count: await this.variables.count(input) };
  }

  async get(id: string, deserialize: boolean): Promise<VariableInstanceDto> {
    const variable = await this.database.dataSource.getRepository(VariableEntity).findOneBy({ id });
    const [owned] = await this.owned(variable ? [variable] : []);
    if (!owned) throw unknown(id);
    return toVariableInstanceDto(owned, { deserialize });
  }

  async value(id: string): Promise<TypedValue> {
    const value = await variableWithBytes(this.database, 'variable', id);
    if (!value) throw unknown(id);
    return value;
  }

  private owned(variables: readonly VariableEntity[]) {
    return withOwningInstances(this.database, 'process_instance', variables);
  }
}

function unknown(id: string) {
  return noSuchResource(`Variable instance with Id '${id}' does not exist.`);
}
