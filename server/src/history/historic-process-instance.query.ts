import { Injectable } from '@nestjs/common';
import { allOf, type Condition, FALSE, raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { invalidRequest, noSuchResource } from '../http/rest-error.js';
import { variableExists } from '../http/variable-condition.js';
import { Database } from '../persistence/database.js';
import { HistoricProcessInstanceEntity } from '../persistence/entities/historic-process-instance.js';
import {
  type HistoricProcessInstanceDto,
  type HistoricProcessInstanceQuery,
  toHistoricProcessInstanceDto,
} from './historic-process-instance.dto.js';
import { withRemovalTimes } from './removal-times.js';

@Injectable()
export class HistoricProcessInstanceQueries {
  private readonly instances: ListQuery<HistoricProcessInstanceEntity, HistoricProcessInstanceQuery>;

  constructor(private readonly database: Database) {
    const state = (name: string) => (yes: boolean) => (yes ? sql`instance.state = ${name}` : null);
    const unknown = () => FALSE; // there are no cases
    const notRecorded = () => {
      throw invalidRequest('When jobs were executed is not recorded, so it cannot be asked for');
    };
    this.instances = new ListQuery<HistoricProcessInstanceEntity, HistoricProcessInstanceQuery>(database.dataSource, {
      entity: HistoricProcessInstanceEntity,
      alias: 'instance',
      filters: {
        processInstanceId: (id) => sql`instance.id = ${id}`,
        processInstanceIds: (ids) => sql`instance.id = ANY(${ids})`,
        processInstanceIdNotIn: (ids) => sql`instance.id <> ALL(${ids})`,
        processDefinitionId: (id) => sql`instance.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`instance.processDefinitionKey = ${key}`,
        processDefinitionKeyIn: (keys) => sql`instance.processDefinitionKey = ANY(${keys})`,
        processDefinitionKeyNotIn: (keys) => sql`instance.processDefinitionKey <> ALL(${keys})`,
        processDefinitionName: (name) => definition(sql`d.name = ${name}`),
        processDefinitionNameLike: (pattern) => definition(sql`d.name LIKE ${pattern}`),
        processInstanceBusinessKey: (key) => sql`instance.businessKey = ${key}`,
        processInstanceBusinessKeyIn: (keys) => sql`instance.businessKey = ANY(${keys})`,
        processInstanceBusinessKeyLike: (pattern) => sql`instance.businessKey LIKE ${pattern}`,
        rootProcessInstances: (yes) => (yes ? raw('instance.superProcessInstanceId IS NULL') : null),
        // Only called instances are in the index of roots.
        rootProcessInstanceId: (id) =>
          sql`(instance.id = ${id} AND instance.superProcessInstanceId IS NULL
            OR instance.rootProcessInstanceId = ${id} AND instance.superProcessInstanceId IS NOT NULL)`,
        superProcessInstanceId: (id) => sql`instance.superProcessInstanceId = ${id}`,
        subProcessInstanceId: (id) =>
          sql`instance.id = (SELECT s.super_process_instance_id FROM historic_process_instance s WHERE s.id = ${id})`,
        superCaseInstanceId: unknown,
        subCaseInstanceId: unknown,
        caseInstanceId: unknown,
        finished: (yes) => (yes ? raw('instance.endedAt IS NOT NULL') : null),
        unfinished: (yes) => (yes ? raw('instance.endedAt IS NULL') : null),
        active: state('ACTIVE'),
        suspended: state('SUSPENDED'),
        completed: state('COMPLETED'),
        externallyTerminated: state('EXTERNALLY_TERMINATED'),
        internallyTerminated: state('INTERNALLY_TERMINATED'),
        withIncidents: (yes) => (yes ? incident(raw('TRUE')) : null),
        withRootIncidents: (yes) => (yes ? incident(raw('i.id = i.root_cause_incident_id')) : null),
        withJobsRetrying: (yes) =>
          yes
            ? raw(
                'EXISTS (SELECT 1 FROM job j WHERE j.process_instance_id = instance.id AND j.retries > 0 AND j.exception_message IS NOT NULL)',
              )
            : null,
        incidentIdIn: (ids) => incident(sql`i.id = ANY(${ids})`),
        incidentType: (type) => incident(sql`i.type = ${type}`),
        incidentStatus: (status) => incident(sql`i.state = ${status}`),
        incidentMessage: (message) => incident(sql`i.message = ${message}`),
        incidentMessageLike: (pattern) => incident(sql`i.message LIKE ${pattern}`),
        startedBefore: (at) => sql`instance.startedAt <= ${at}`,
        startedAfter: (at) => sql`instance.startedAt >= ${at}`,
        finishedBefore: (at) => sql`instance.endedAt <= ${at}`,
        finishedAfter: (at) => sql`instance.endedAt >= ${at}`,
        startedBy: (user) => sql`instance.startUserId = ${user}`,
        executedActivityBefore: (at) => activity(sql`a.started_at <= ${at}`),
        executedActivityAfter: (at) => activity(sql`a.started_at >= ${at}`),
        activityIdIn: (ids) => activity(sql`a.element_id = ANY(${ids})`),
        executedActivityIdIn: (ids) => activity(sql`a.element_id = ANY(${ids}) AND a.ended_at IS NOT NULL`),
        activeActivityIdIn: (ids) => activity(sql`a.element_id = ANY(${ids}) AND a.ended_at IS NULL`),
        executedJobBefore: notRecorded,
        executedJobAfter: notRecorded,
        tenantIdIn: (ids) => sql`instance.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('instance.tenantId IS NULL') : null),
        variables: (filters, all) =>
          allOf(
            filters.map((filter) =>
              variableExists(
                raw(
                  "v.process_instance_id = instance.id AND v.activity_instance_id = instance.id AND v.state = 'CREATED'",
                ),
                filter,
                { namesIgnoreCase: all.variableNamesIgnoreCase, valuesIgnoreCase: all.variableValuesIgnoreCase },
                'historic_variable',
              ),
            ),
          ),
        variableNamesIgnoreCase: () => null,
        variableValuesIgnoreCase: () => null,
      },
      sortings: {
        instanceId: raw('instance.id'),
        definitionId: raw('instance.processDefinitionId'),
        definitionKey: raw('instance.processDefinitionKey'),
        definitionName: raw('(SELECT d.name FROM process_definition d WHERE d.id = instance.processDefinitionId)'),
        definitionVersion: raw(
          '(SELECT d.version FROM process_definition d WHERE d.id = instance.processDefinitionId)',
        ),
        businessKey: raw('instance.businessKey'),
        startTime: raw('instance.startedAt'),
        endTime: raw('instance.endedAt'),
        duration: raw('instance.durationMs'),
        tenantId: raw('instance.tenantId'),
      },
    });
  }

  async list(input: QueryInput<HistoricProcessInstanceQuery>): Promise<HistoricProcessInstanceDto[]> {
    return this.toDtos(await this.instances.list(input));
  }

  /** All of them. */
  async ids(input: QueryInput<HistoricProcessInstanceQuery>): Promise<string[]> {
    return (await this.instances.list(input)).map(({ id }) => id);
  }

  async count(input: QueryInput<HistoricProcessInstanceQuery>): Promise<{ count: number }> {
    return { count: await this.instances.count(input) };
  }

  async get(id: string): Promise<HistoricProcessInstanceDto> {
    const instance = await this.database.dataSource.getRepository(HistoricProcessInstanceEntity).findOneBy({ id });
    const [dto] = await this.toDtos(instance ? [instance] : []);
    if (!dto) throw noSuchResource(`Historic process instance with id ${id} does not exist`);
    return dto;
  }

  private async toDtos(instances: readonly HistoricProcessInstanceEntity[]): Promise<HistoricProcessInstanceDto[]> {
    if (instances.length === 0) return [];
    const definitions = await this.database.query<{ id: string; name: string | null; version: number }>(
      'SELECT id, name, version FROM process_definition WHERE id = ANY($1)',
      [[...new Set(instances.map((instance) => instance.processDefinitionId))]],
    );
    const byId = new Map(definitions.map((found) => [found.id, found]));
    const dtos = instances.map((each) => toHistoricProcessInstanceDto(each, byId.get(each.processDefinitionId)));
    return withRemovalTimes(this.database, dtos);
  }
}

function definition(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM process_definition d WHERE d.id = instance.processDefinitionId AND ${condition})`;
}

function incident(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM historic_incident i WHERE i.process_instance_id = instance.id AND ${condition})`;
}

function activity(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM historic_activity_instance a WHERE a.process_instance_id = instance.id AND ${condition})`;
}
