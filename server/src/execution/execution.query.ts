import { Injectable } from '@nestjs/common';
import { allOf, type Condition, sql, toPositional } from '../http/condition.js';
import type { VariableFilter } from '../http/filters.js';
import type { FiltersOf, QueryInput, Sorting } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { variableExists } from '../http/variable-condition.js';
import { Database } from '../persistence/database.js';
import type { ExecutionDto, ExecutionQuery } from './execution.dto.js';

type Filters = FiltersOf<ExecutionQuery['filters']>;

// An execution is a node of an instance's tree, which is stored as JSON with the instance.
const NODES = "process_instance p, jsonb_array_elements(p.state->'nodes') n";

const SORTINGS: Readonly<Record<ExecutionQuery['sortBy'][number], string>> = {
  instanceId: 'p.id',
  definitionKey: 'p.process_definition_key',
  definitionId: 'p.process_definition_id',
  tenantId: 'p.tenant_id',
};

// History knows every activity instance by its id, and jobs know those that haven't begun. The tree has the last word.
const FIND = `
SELECT p.id AS "processInstanceId", p.tenant_id AS "tenantId" FROM process_instance p
WHERE p.id = coalesce(
    (SELECT id FROM process_instance WHERE id = $1),
    (SELECT process_instance_id FROM historic_activity_instance WHERE id = $1),
    (SELECT process_instance_id FROM job WHERE activity_instance_id = $1 LIMIT 1))
  AND p.state->'nodes' @> jsonb_build_array(jsonb_build_object('id', $1::text))`;

@Injectable()
export class ExecutionQueries {
  constructor(private readonly database: Database) {}

  async list(input: QueryInput<ExecutionQuery>): Promise<ExecutionDto[]> {
    const parameters: unknown[] = [];
    const where = toPositional(conditionOf(input.filters), parameters);
    const rows = await this.database.query<{ id: string; instance: string; tenant: string | null }>(
      `SELECT n->>'id' AS id, p.id AS instance, p.tenant_id AS tenant FROM ${NODES}
       WHERE ${where} ORDER BY ${orderOf(input.sorting)} LIMIT $${parameters.push(input.maxResults)}
       OFFSET $${parameters.push(input.firstResult)}`,
      parameters,
    );
    return rows.map(({ id, instance, tenant }) => ({
      id,
      processInstanceId: instance,
      ended: false,
      tenantId: tenant,
    }));
  }

  async count(input: QueryInput<ExecutionQuery>): Promise<{ count: number }> {
    const parameters: unknown[] = [];
    const where = toPositional(conditionOf(input.filters), parameters);
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${NODES} WHERE ${where}`,
      parameters,
    );
    return { count: row?.count ?? 0 };
  }

  /** @throws RestError (404) */
  async get(id: string): Promise<ExecutionDto> {
    const found = await this.find(id);
    if (!found) throw noSuchResource(`Execution with id ${id} does not exist`);
    return found;
  }

  async find(id: string): Promise<ExecutionDto | null> {
    const [row] = await this.database.query<{ processInstanceId: string; tenantId: string | null }>(FIND, [id]);
    return row ? { id, processInstanceId: row.processInstanceId, ended: false, tenantId: row.tenantId } : null;
  }
}

function orderOf(sorting: readonly Sorting<ExecutionQuery['sortBy'][number]>[]): string {
  return [...sorting.map(({ by, order }) => `${SORTINGS[by]} ${order}`), 'n->>\'id\' COLLATE "C"'].join(', ');
}

function conditionOf(filters: Filters): Condition {
  const names = filters.variableNamesIgnoreCase;
  const values = filters.variableValuesIgnoreCase;
  const each = (list: VariableFilter[], place: Condition) =>
    allOf(list.map((filter) => variableExists(place, filter, { namesIgnoreCase: names, valuesIgnoreCase: values })));
  const writers: { [K in keyof Filters]-?: (value: NonNullable<Filters[K]>) => Condition | null } = {
    businessKey: (key) => sql`p.business_key = ${key}`,
    processDefinitionId: (id) => sql`p.process_definition_id = ${id}`,
    processDefinitionKey: (key) => sql`p.process_definition_key = ${key}`,
    processInstanceId: (id) => sql`p.id = ${id}`,
    activityId: (id) => sql`(n->>'elementId' = ${id} AND n->>'parentId' IS NOT NULL)`,
    signalEventSubscriptionName: (name) => subscribed('signal', name),
    messageEventSubscriptionName: (name) => subscribed('message', name),
    active: (yes) => (yes ? sql`NOT p.suspended` : null),
    suspended: (yes) => (yes ? sql`p.suspended` : null),
    incidentId: (id) => incident(sql`i.id = ${id}`),
    incidentType: (type) => incident(sql`i.type = ${type}`),
    incidentMessage: (message) => incident(sql`i.message = ${message}`),
    incidentMessageLike: (pattern) => incident(sql`i.message LIKE ${pattern}`),
    tenantIdIn: (ids) => sql`p.tenant_id = ANY(${ids})`,
    variables: (list) =>
      each(list, sql`v.process_instance_id = p.id AND v.activity_instance_id = n->>'id' AND v.task_id IS NULL`),
    processVariables: (list) =>
      each(list, sql`v.process_instance_id = p.id AND v.activity_instance_id = p.id AND v.task_id IS NULL`),
    variableNamesIgnoreCase: () => null,
    variableValuesIgnoreCase: () => null,
  };
  return allOf(
    Object.entries(filters).flatMap(([name, value]) => {
      const condition = (writers[name as keyof Filters] as (value: unknown) => Condition | null)(value);
      return condition ? [condition] : [];
    }),
  );
}

function subscribed(type: string, name: string): Condition {
  return sql`EXISTS (SELECT 1 FROM event_subscription e WHERE e.process_instance_id = p.id
    AND e.activity_instance_id = n->>'id' AND e.event_type = ${type} AND e.event_name = ${name})`;
}

function incident(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM incident i WHERE i.process_instance_id = p.id
    AND i.activity_instance_id = n->>'id' AND ${condition})`;
}
