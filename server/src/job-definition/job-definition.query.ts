import { Injectable } from '@nestjs/common';
import { raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { JobDefinitionEntity } from '../persistence/entities/job-definition.js';
import { type JobDefinitionDto, type JobDefinitionQuery, toJobDefinitionDto } from './job-definition.dto.js';

@Injectable()
export class JobDefinitionQueries {
  private readonly definitions: ListQuery<JobDefinitionEntity, JobDefinitionQuery>;

  constructor(private readonly database: Database) {
    this.definitions = new ListQuery<JobDefinitionEntity, JobDefinitionQuery>(database.dataSource, {
      entity: JobDefinitionEntity,
      alias: 'definition',
      filters: {
        jobDefinitionId: (id) => sql`definition.id = ${id}`,
        activityIdIn: (ids) => sql`definition.elementId = ANY(${ids})`,
        processDefinitionId: (id) => sql`definition.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`definition.processDefinitionKey = ${key}`,
        jobType: (type) => sql`definition.type = ${type}`,
        jobConfiguration: (configuration) => sql`definition.configuration = ${configuration}`,
        active: (yes) => (yes ? raw('NOT definition.suspended') : null),
        suspended: (yes) => (yes ? raw('definition.suspended') : null),
        withOverridingJobPriority: (yes) => (yes ? raw('definition.priority IS NOT NULL') : null),
        tenantIdIn: (ids, all) =>
          all.includeJobDefinitionsWithoutTenantId
            ? sql`(definition.tenantId = ANY(${ids}) OR definition.tenantId IS NULL)`
            : sql`definition.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('definition.tenantId IS NULL') : null),
        includeJobDefinitionsWithoutTenantId: () => null, // read together with tenantIdIn
      },
      sortings: {
        jobDefinitionId: raw('definition.id'),
        activityId: raw('definition.elementId'),
        processDefinitionId: raw('definition.processDefinitionId'),
        processDefinitionKey: raw('definition.processDefinitionKey'),
        jobType: raw('definition.type'),
        jobConfiguration: raw('definition.configuration'),
        tenantId: raw('definition.tenantId'),
      },
    });
  }

  async list(input: QueryInput<JobDefinitionQuery>): Promise<JobDefinitionDto[]> {
    return (await this.definitions.list(input)).map(toJobDefinitionDto);
  }

  async count(input: QueryInput<JobDefinitionQuery>): Promise<{ count: number }> {
    return { count: await this.definitions.count(input) };
  }

  /** @throws RestError (404) */
  async get(id: string): Promise<JobDefinitionDto> {
    const definition = await this.database.dataSource.getRepository(JobDefinitionEntity).findOneBy({ id });
    if (!definition) throw noSuchResource(`Job Definition with id '${id}' does not exist`);
    return toJobDefinitionDto(definition);
  }
}
