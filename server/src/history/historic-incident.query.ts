import { Injectable } from '@nestjs/common';
import { raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { jobDefinitionsOf, ofJobDefinitions } from '../incident/job-definitions-of-incidents.js';
import { Database } from '../persistence/database.js';
import { HistoricIncidentEntity } from '../persistence/entities/historic-incident.js';
import {
  type HistoricIncidentDto,
  type HistoricIncidentQuery,
  toHistoricIncidentDto,
} from './historic-incident.dto.js';
import { withRemovalTimes } from './removal-times.js';

@Injectable()
export class HistoricIncidentQueries {
  private readonly incidents: ListQuery<HistoricIncidentEntity, HistoricIncidentQuery>;

  constructor(private readonly database: Database) {
    this.incidents = new ListQuery<HistoricIncidentEntity, HistoricIncidentQuery>(database.dataSource, {
      entity: HistoricIncidentEntity,
      alias: 'incident',
      filters: {
        incidentId: (id) => sql`incident.id = ${id}`,
        incidentType: (type) => sql`incident.type = ${type}`,
        incidentMessage: (message) => sql`incident.message = ${message}`,
        incidentMessageLike: (pattern) => sql`incident.message LIKE ${pattern}`,
        processDefinitionId: (id) => sql`incident.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`incident.processDefinitionKey = ${key}`,
        processDefinitionKeyIn: (keys) => sql`incident.processDefinitionKey = ANY(${keys})`,
        processInstanceId: (id) => sql`incident.processInstanceId = ${id}`,
        executionId: (id) => sql`incident.activityInstanceId = ${id}`,
        createTimeBefore: (at) => sql`incident.createdAt < ${at}`,
        createTimeAfter: (at) => sql`incident.createdAt > ${at}`,
        endTimeBefore: (at) => sql`incident.endedAt < ${at}`,
        endTimeAfter: (at) => sql`incident.endedAt > ${at}`,
        activityId: (id) => sql`incident.elementId = ${id}`,
        failedActivityId: (id) => sql`incident.failedElementId = ${id}`,
        causeIncidentId: (id) => sql`incident.causeIncidentId = ${id}`,
        rootCauseIncidentId: (id) => sql`incident.rootCauseIncidentId = ${id}`,
        configuration: (id) => sql`incident.configuration = ${id}`,
        historyConfiguration: (id) => sql`incident.historyConfiguration = ${id}`,
        open: (yes) => (yes ? raw("incident.state = 'open'") : null),
        resolved: (yes) => (yes ? raw("incident.state = 'resolved'") : null),
        deleted: (yes) => (yes ? raw("incident.state = 'deleted'") : null),
        tenantIdIn: (ids) => sql`incident.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('incident.tenantId IS NULL') : null),
        jobDefinitionIdIn: ofJobDefinitions,
      },
      sortings: {
        incidentId: raw('incident.id'),
        incidentMessage: raw('incident.message'),
        createTime: raw('incident.createdAt'),
        endTime: raw('incident.endedAt'),
        incidentType: raw('incident.type'),
        executionId: raw('incident.activityInstanceId'),
        activityId: raw('incident.elementId'),
        processInstanceId: raw('incident.processInstanceId'),
        processDefinitionId: raw('incident.processDefinitionId'),
        processDefinitionKey: raw('incident.processDefinitionKey'),
        causeIncidentId: raw('incident.causeIncidentId'),
        rootCauseIncidentId: raw('incident.rootCauseIncidentId'),
        configuration: raw('incident.configuration'),
        tenantId: raw('incident.tenantId'),
        incidentState: raw('incident.state'),
      },
    });
  }

  async list(input: QueryInput<HistoricIncidentQuery>): Promise<HistoricIncidentDto[]> {
    const incidents = await this.incidents.list(input);
    const definitions = await jobDefinitionsOf(this.database, incidents);
    const dtos = incidents.map((incident) => toHistoricIncidentDto(incident, definitions.get(incident.id) ?? null));
    return withRemovalTimes(this.database, dtos);
  }

  async count(input: QueryInput<HistoricIncidentQuery>): Promise<{ count: number }> {
    return { count: await this.incidents.count(input) };
  }
}
