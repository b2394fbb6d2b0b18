import { Injectable } from '@nestjs/common';
import { raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { IncidentEntity } from '../persistence/entities/incident.js';
import { type IncidentDto, type IncidentQuery, toIncidentDto } from './incident.dto.js';
import { jobDefinitionsOf, ofJobDefinitions } from './job-definitions-of-incidents.js';

@Injectable()
export class IncidentQueries {
  private readonly incidents: ListQuery<IncidentEntity, IncidentQuery>;

  constructor(private readonly database: Database) {
    this.incidents = new ListQuery<IncidentEntity, IncidentQuery>(database.dataSource, {
      entity: IncidentEntity,
      alias: 'incident',
      filters: {
        incidentId: (id) => sql`incident.id = ${id}`,
        incidentType: (type) => sql`incident.type = ${type}`,
        incidentMessage: (message) => sql`incident.message = ${message}`,
        incidentMessageLike: (pattern) => sql`incident.message LIKE ${pattern}`,
        processDefinitionId: (id) => sql`incident.processDefinitionId = ${id}`,
        processDefinitionKeyIn: (keys) => sql`incident.processDefinitionKey = ANY(${keys})`,
        processInstanceId: (id) => sql`incident.processInstanceId = ${id}`,
        executionId: (id) => sql`incident.activityInstanceId = ${id}`,
        incidentTimestampBefore: (at) => sql`incident.createdAt < ${at}`,
        incidentTimestampAfter: (at) => sql`incident.createdAt > ${at}`,
        activityId: (id) => sql`incident.elementId = ${id}`,
        failedActivityId: (id) => sql`incident.failedElementId = ${id}`,
        causeIncidentId: (id) => sql`incident.causeIncidentId = ${id}`,
        rootCauseIncidentId: (id) => sql`incident.rootCauseIncidentId = ${id}`,
        configuration: (id) => sql`incident.configuration = ${id}`,
        tenantIdIn: (ids) => sql`incident.tenantId = ANY(${ids})`,
        jobDefinitionIdIn: ofJobDefinitions,
      },
      sortings: {
        incidentId: raw('incident.id'),
        incidentMessage: raw('incident.message'),
        incidentTimestamp: raw('incident.createdAt'),
        incidentType: raw('incident.type'),
        executionId: raw('incident.activityInstanceId'),
        activityId: raw('incident.elementId'),
        processInstanceId: raw('incident.processInstanceId'),
        processDefinitionId: raw('incident.processDefinitionId'),
        causeIncidentId: raw('incident.causeIncidentId'),
        rootCauseIncidentId: raw('incident.rootCauseIncidentId'),
        configuration: raw('incident.configuration'),
        tenantId: raw('incident.tenantId'),
      },
    });
  }

  async list(input: QueryInput<IncidentQuery>): Promise<IncidentDto[]> {
    return this.toDtos(await this.incidents.list(input));
  }

  async count(input: QueryInput<IncidentQuery>): Promise<{ count: number }> {
    return { count: await this.incidents.count(input) };
  }

  async get(id: string): Promise<IncidentDto> {
    const incident = await this.find(id);
    if (!incident) throw noSuchResource(`No matching incident with id ${id}`);
    const [dto] = await this.toDtos([incident]);
    return dto as IncidentDto;
  }

  find(id: string): Promise<IncidentEntity | null> {
    return this.database.dataSource.getRepository(IncidentEntity).findOneBy({ id });
  }

  private async toDtos(incidents: readonly IncidentEntity[]): Promise<IncidentDto[]> {
    const definitions = await jobDefinitionsOf(this.database, incidents);
    return incidents.map((incident) => toIncidentDto(incident, definitions.get(incident.id) ?? null));
  }
}
