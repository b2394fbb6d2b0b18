import { Injectable } from '@nestjs/common';
import { allOf, raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { invalidRequest, noSuchResource } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { JobEntity } from '../persistence/entities/job.js';
import { JobDefinitionEntity } from '../persistence/entities/job-definition.js';
import { type JobDto, type JobQuery, type TimeCondition, toJobDto } from './job.dto.js';

/** A job of job definition `d`. No line breaks after a property: TypeORM resolves it before a space or a bracket only. */
const SAME_PLACE =
  'd.process_definition_id = job.processDefinitionId AND d.element_id = job.elementId ' +
  'AND d.type = job.type AND d.configuration = job.configuration ';

const COMPARISONS = { gt: raw('>'), lt: raw('<') };

@Injectable()
export class JobQueries {
  private readonly jobs: ListQuery<JobEntity, JobQuery>;

  constructor(private readonly database: Database) {
    this.jobs = new ListQuery<JobEntity, JobQuery>(database.dataSource, {
      entity: JobEntity,
      alias: 'job',
      filters: {
        jobId: (id) => sql`job.id = ${id}`,
        jobIds: (ids) => sql`job.id = ANY(${ids})`,
        jobDefinitionId: (id) =>
          sql`(EXISTS (SELECT 1 FROM job_definition d WHERE d.id = ${id} AND ${raw(SAME_PLACE)})
            OR EXISTS (SELECT 1 FROM batch b WHERE b.id = job.batchId AND ${id} =
              CASE job.type WHEN 'batch-seed-job' THEN b.seed_job_definition_id ELSE b.batch_job_definition_id END))`,
        processInstanceId: (id) => sql`job.processInstanceId = ${id}`,
        processInstanceIds: (ids) => sql`job.processInstanceId = ANY(${ids})`,
        executionId: (id) => sql`job.activityInstanceId = ${id}`,
        processDefinitionId: (id) => sql`job.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`job.processDefinitionKey = ${key}`,
        activityId: (id) => sql`job.elementId = ${id}`,
        withRetriesLeft: (yes) => (yes ? raw('job.retries > 0') : null),
        noRetriesLeft: (yes) => (yes ? raw('job.retries = 0') : null),
        executable: (yes) =>
          yes ? raw('(job.retries > 0 AND NOT job.suspended AND (job.dueDate IS NULL OR job.dueDate <= now()))') : null,
        timers: (yes, all) => {
          if (yes && all.messages)
            throw invalidRequest('Parameter timers cannot be used together with parameter messages');
          return yes ? raw("(job.type LIKE 'timer%' OR job.type ~ '^(suspend|activate)-')") : null;
        },
        messages: (yes) => (yes ? raw("job.type = 'async-continuation'") : null),
        dueDates: (conditions) => allOf(conditions.map(dueDate)),
        createTimes: (conditions) => allOf(conditions.map(createTime)),
        withException: (yes) =>
          yes ? raw('(job.exceptionMessage IS NOT NULL OR job.exceptionStacktrace IS NOT NULL)') : null,
        exceptionMessage: (message) => sql`job.exceptionMessage = ${message}`,
        failedActivityId: (id) => sql`job.failedElementId = ${id}`,
        active: (yes) => (yes ? raw('NOT job.suspended') : null),
        suspended: (yes) => (yes ? raw('job.suspended') : null),
        acquired: (yes) => (yes ? raw('job.lockExpiresAt > now()') : null),
        priorityLowerThanOrEquals: (priority) => sql`job.priority <= ${priority}`,
        priorityHigherThanOrEquals: (priority) => sql`job.priority >= ${priority}`,
        tenantIdIn: (ids, all) =>
          all.includeJobsWithoutTenantId
            ? sql`(job.tenantId = ANY(${ids}) OR job.tenantId IS NULL)`
            : sql`job.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('job.tenantId IS NULL') : null),
        includeJobsWithoutTenantId: () => null, // read together with tenantIdIn
      },
      sortings: {
        jobId: raw('job.id'),
        executionId: raw('job.activityInstanceId'),
        processInstanceId: raw('job.processInstanceId'),
        processDefinitionId: raw('job.processDefinitionId'),
        processDefinitionKey: raw('job.processDefinitionKey'),
        jobPriority: raw('job.priority'),
        jobRetries: raw('job.retries'),
        jobDueDate: raw('job.dueDate'),
        tenantId: raw('job.tenantId'),
      },
    });
  }

  async list(input: QueryInput<JobQuery>): Promise<JobDto[]> {
    return this.toDtos(await this.jobs.list(input));
  }

  async count(input: QueryInput<JobQuery>): Promise<{ count: number }> {
    return { count: await this.jobs.count(input) };
  }

  async get(id: string): Promise<JobDto> {
    const [dto] = await this.toDtos([await this.find(id)]);
    return dto as JobDto;
  }

  /** @throws RestError (404) */
  async find(id: string): Promise<JobEntity> {
    const job = await this.database.dataSource.getRepository(JobEntity).findOneBy({ id });
    if (!job) throw noSuchResource(`No job found with id '${id}'`);
    return job;
  }

  private async toDtos(jobs: readonly JobEntity[]): Promise<JobDto[]> {
    if (jobs.length === 0) return [];
    const definitions = await this.database.dataSource
      .createQueryBuilder(JobDefinitionEntity, 'definition')
      .where('definition.processDefinitionId = ANY(:ids)', {
        ids: [...new Set(jobs.map((job) => job.processDefinitionId))],
      })
      .getMany();
    const ids = new Map(definitions.map((definition) => [placeOf(definition), definition.id]));
    const ofBatches = await this.definitionsOfBatches(jobs);
    return jobs.map((job) => toJobDto(job, ids.get(placeOf(job)) ?? ofBatches.get(job.id) ?? null));
  }

  private async definitionsOfBatches(jobs: readonly JobEntity[]): Promise<Map<string, string>> {
    const ids = jobs.filter(({ batchId }) => batchId !== null).map(({ id }) => id);
    if (ids.length === 0) return new Map();
    const rows = await this.database.query<{ id: string; definition: string }>(
      `SELECT j.id, CASE j.type WHEN 'batch-seed-job' THEN b.seed_job_definition_id ELSE b.batch_job_definition_id END AS definition
       FROM job j JOIN batch b ON b.id = j.batch_id WHERE j.id = ANY($1)`,
      [ids],
    );
    return new Map(rows.map(({ id, definition }) => [id, definition]));
  }

  /** All of them. */
  async ids(input: QueryInput<JobQuery>): Promise<string[]> {
    return (await this.jobs.list(input)).map(({ id }) => id);
  }
}

function placeOf(job: Pick<JobEntity, 'processDefinitionId' | 'elementId' | 'type' | 'configuration'>): string {
  return JSON.stringify([job.processDefinitionId, job.elementId, job.type, job.configuration]);
}

function dueDate({ operator, value }: TimeCondition) {
  return sql`job.dueDate ${COMPARISONS[operator]} ${value}`;
}

function createTime({ operator, value }: TimeCondition) {
  return sql`job.createdAt ${COMPARISONS[operator]} ${value}`;
}
