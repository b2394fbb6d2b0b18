import { Injectable } from '@nestjs/common';
import { allOf, type Condition, FALSE, raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { variableExists } from '../http/variable-condition.js';
import { Database } from '../persistence/database.js';
import { ProcessInstanceEntity } from '../persistence/entities/process-instance.js';
import {
  LISTED,
  type ProcessInstanceDto,
  type ProcessInstanceQuery,
  toProcessInstanceDto,
} from './process-instance.dto.js';

@Injectable()
export class ProcessInstanceQueries {
  private readonly instances: ListQuery<ProcessInstanceEntity, ProcessInstanceQuery>;

  constructor(private readonly database: Database) {
    this.instances = new ListQuery(database.dataSource, {
      entity: ProcessInstanceEntity,
      alias: 'instance',
      select: LISTED,
      filters: {
        processInstanceIds: (ids) => sql`instance.id = ANY(${ids})`,
        businessKey: (key) => sql`instance.businessKey = ${key}`,
        businessKeyLike: (pattern) => sql`instance.businessKey LIKE ${pattern}`,
        // There are no cases, so that no instance belongs to one.
        caseInstanceId: () => FALSE,
        superCaseInstance: () => FALSE,
        subCaseInstance: () => FALSE,
        processDefinitionId: (id) => sql`instance.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`instance.processDefinitionKey = ${key}`,
        processDefinitionKeyIn: (keys) => sql`instance.processDefinitionKey = ANY(${keys})`,
        processDefinitionKeyNotIn: (keys) => sql`instance.processDefinitionKey <> ALL(${keys})`,
        deploymentId: (id) => definition(sql`d.deployment_id = ${id}`),
        superProcessInstance: (id) => sql`instance.superProcessInstanceId = ${id}`,
        subProcessInstance: (id) =>
          sql`instance.id = (SELECT s.super_process_instance_id FROM process_instance s WHERE s.id = ${id})`,
        active: (yes) => (yes ? sql`NOT instance.suspended` : null),
        suspended: (yes) => (yes ? sql`instance.suspended` : null),
        withIncident: (yes) => (yes ? incident(raw('TRUE')) : null),
        incidentId: (id) => incident(sql`i.id = ${id}`),
        incidentType: (type) => incident(sql`i.type = ${type}`),
        incidentMessage: (message) => incident(sql`i.message = ${message}`),
        incidentMessageLike: (pattern) => incident(sql`i.message LIKE ${pattern}`),
        tenantIdIn: (ids) => sql`instance.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? sql`instance.tenantId IS NULL` : null),
        processDefinitionWithoutTenantId: (yes) => (yes ? definition(sql`d.tenant_id IS NULL`) : null),
        activityIdIn: (ids) => sql`EXISTS (SELECT 1 FROM jsonb_array_elements(instance.state->'nodes') n
          WHERE n->>'elementId' = ANY(${ids}) AND n->>'parentId' IS NOT NULL)`,
        rootProcessInstances: (yes) => (yes ? sql`instance.superProcessInstanceId IS NULL` : null),
        // Only called instances are in the index of roots.
        rootProcessInstanceId: (id) =>
          sql`(instance.id = ${id} AND instance.superProcessInstanceId IS NULL
            OR instance.rootProcessInstanceId = ${id} AND instance.superProcessInstanceId IS NOT NULL)`,
        leafProcessInstances: (yes) =>
          yes
            ? sql`NOT EXISTS (SELECT 1 FROM process_instance s WHERE s.super_process_instance_id = instance.id)`
            : null,
        variables: (filters, { variableNamesIgnoreCase, variableValuesIgnoreCase }) =>
          allOf(
            filters.map((filter) =>
              variableExists(
                sql`v.process_instance_id = instance.id AND v.activity_instance_id = instance.id AND v.task_id IS NULL`,
                filter,
                { namesIgnoreCase: variableNamesIgnoreCase, valuesIgnoreCase: variableValuesIgnoreCase },
              ),
            ),
          ),
        variableNamesIgnoreCase: () => null,
        variableValuesIgnoreCase: () => null,
      },
      sortings: {
        instanceId: raw('instance.id'),
        definitionKey: raw('instance.processDefinitionKey'),
        definitionId: raw('instance.processDefinitionId'),
        tenantId: raw('instance.tenantId'),
        businessKey: raw('instance.businessKey'),
      },
    });
  }

  async list(input: QueryInput<ProcessInstanceQuery>): Promise<ProcessInstanceDto[]> {
    return (await this.instances.list(input)).map(toProcessInstanceDto);
  }

  async count(input: QueryInput<ProcessInstanceQuery>): Promise<{ count: number }> {
    return { count: await this.instances.count(input) };
  }

  async ids(input: QueryInput<ProcessInstanceQuery>): Promise<string[]> {
    return (await this.instances.list(input)).map(({ id }) => id);
  }

  /** @throws RestError (404) */
  async get(id: string): Promise<ProcessInstanceDto> {
    const builder = this.database.dataSource.createQueryBuilder(ProcessInstanceEntity, 'instance');
    builder.select(LISTED.map((property) => `instance.${property}`)).where('instance.id = :id', { id });
    const instance = await builder.getOne();
    if (!instance) throw noSuchInstance(id);
    return toProcessInstanceDto(instance);
  }
}

export function noSuchInstance(id: string) {
  return noSuchResource(`Process instance with id ${id} does not exist`);
}

function definition(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM process_definition d WHERE d.id = instance.processDefinitionId AND ${condition})`;
}

function incident(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM incident i WHERE i.process_instance_id = instance.id AND ${condition})`;
}
