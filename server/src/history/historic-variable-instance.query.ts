import type { TypedValue } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { type Condition, FALSE, raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { FiltersOf, QueryInput } from '../http/query-input.js';
import { invalidRequest, noSuchResource } from '../http/rest-error.js';
import { valueMatches } from '../http/variable-condition.js';
import { Database } from '../persistence/database.js';
import { HistoricVariableEntity } from '../persistence/entities/historic-variable.js';
import { withOwningInstances } from '../variable-instance/owning-instances.js';
import { variableWithBytes } from '../variable-instance/variable-bytes.js';
import {
  type HistoricVariableInstanceDto,
  type HistoricVariableInstanceQuery,
  toHistoricVariableInstanceDto,
} from './historic-variable-instance.dto.js';
import { withRemovalTimes } from './removal-times.js';

@Injectable()
export class HistoricVariableInstanceQueries {
  private readonly variables: ListQuery<HistoricVariableEntity, HistoricVariableInstanceQuery>;

  constructor(private readonly database: Database) {
    this.variables = new ListQuery<HistoricVariableEntity, HistoricVariableInstanceQuery>(database.dataSource, {
      entity: HistoricVariableEntity,
      alias: 'v',
      filters: {
        variableName: (name, all) =>
          all.variableNamesIgnoreCase ? sql`lower(v.name) = lower(${name})` : sql`v.name = ${name}`,
        variableNameLike: (pattern, all) =>
          all.variableNamesIgnoreCase ? sql`lower(v.name) LIKE lower(${pattern})` : sql`v.name LIKE ${pattern}`,
        variableNameIn: (names) => sql`v.name = ANY(${names})`,
        variableValue: (value, all) => hasValue(value, all),
        variableNamesIgnoreCase: () => null,
        variableValuesIgnoreCase: () => null,
        variableTypeIn: (types) => sql`lower(v.type) = ANY(${types.map((type) => type.toLowerCase())})`,
        includeDeleted: (yes) => (yes ? null : raw("v.state = 'CREATED'")),
        processInstanceId: (id) => sql`v.processInstanceId = ${id}`,
        processInstanceIdIn: (ids) => sql`v.processInstanceId = ANY(${ids})`,
        processDefinitionId: (id) => ofInstances(sql`i.process_definition_id = ${id}`),
        processDefinitionKey: (key) => ofInstances(sql`i.process_definition_key = ${key}`),
        executionIdIn: (ids) => sql`v.activityInstanceId = ANY(${ids})`,
        caseInstanceId: () => FALSE, // there are no cases
        caseExecutionIdIn: () => FALSE,
        caseActivityIdIn: () => FALSE,
        taskIdIn: (ids) => sql`v.taskId = ANY(${ids})`,
        activityInstanceIdIn: (ids) => sql`v.activityInstanceId = ANY(${ids})`,
        tenantIdIn: (ids) => sql`v.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('v.tenantId IS NULL') : null),
      },
      sortings: {
        instanceId: raw('v.processInstanceId'),
        variableName: raw('v.name'),
        tenantId: raw('v.tenantId'),
      },
    });
  }

  async list(
    input: QueryInput<HistoricVariableInstanceQuery>,
    deserialize: boolean,
  ): Promise<HistoricVariableInstanceDto[]> {
    return this.toDtos(await this.variables.list(withDeletedOnRequest(input)), deserialize);
  }

  async count(input: QueryInput<HistoricVariableInstanceQuery>): Promise<{ count: number }> {
    return { count: await this.variables.count(withDeletedOnRequest(input)) };
  }

  async get(id: string, deserialize: boolean): Promise<HistoricVariableInstanceDto> {
    const variable = await this.database.dataSource.getRepository(HistoricVariableEntity).findOneBy({ id });
    const [dto] = await this.toDtos(variable ? [variable] : [], deserialize);
    if (!dto) throw unknown(id);
    return dto;
  }

  async value(id: string): Promise<TypedValue> {
    const value = await variableWithBytes(this.database, 'historic_variable', id);
    if (!value) throw unknown(id);
    return value;
  }

  async delete(id: string): Promise<void> {
    const done = await this.database.query('DELETE FROM historic_variable WHERE id = $1 RETURNING id', [id]);
    if (done.length === 0) throw unknown(id);
  }

  private async toDtos(variables: readonly HistoricVariableEntity[], deserialize: boolean) {
    const owned = await withOwningInstances(this.database, 'historic_process_instance', variables);
    const dtos = owned.map((variable) => toHistoricVariableInstanceDto(variable, { deserialize }));
    return withRemovalTimes(this.database, dtos);
  }
}

function ofInstances(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM historic_process_instance i WHERE i.id = v.processInstanceId AND ${condition})`;
}

/** Variables that the process itself removed are only shown when they are asked for. */
function withDeletedOnRequest(
  input: QueryInput<HistoricVariableInstanceQuery>,
): QueryInput<HistoricVariableInstanceQuery> {
  return { ...input, filters: { ...input.filters, includeDeleted: input.filters.includeDeleted ?? false } };
}

function hasValue(value: unknown, all: FiltersOf<HistoricVariableInstanceQuery['filters']>): Condition {
  if (all.variableName === undefined) throw invalidRequest('The filter variableValue needs a variableName');
  return valueMatches(
    { name: all.variableName, operator: 'eq', value },
    { valuesIgnoreCase: all.variableValuesIgnoreCase },
  );
}

function unknown(id: string) {
  return noSuchResource(`Historic variable instance with Id '${id}' does not exist.`);
}
