import { Injectable } from '@nestjs/common';
import { raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { JobLogEntity } from '../persistence/entities/job-log.js';
import { type JobLogDto, type JobLogQuery, toJobLogDto } from './job-log.dto.js';
import { withRemovalTimes } from './removal-times.js';

/** No line breaks after a property: TypeORM resolves it before a space or a bracket only. */
const SAME_PLACE =
  'd.process_definition_id = log.processDefinitionId AND d.element_id = log.elementId ' +
  'AND d.type = log.type AND d.configuration = log.configuration ';
const OF_BATCH =
  "SELECT CASE log.type WHEN 'batch-seed-job' THEN b.seed_job_definition_id ELSE b.batch_job_definition_id END " +
  'FROM batch b WHERE b.id = log.batchId ';
const JOB_DEFINITION = `coalesce((SELECT d.id FROM job_definition d WHERE ${SAME_PLACE} LIMIT 1), (${OF_BATCH}))`;
const DEPLOYMENT = '(SELECT p.deployment_id FROM process_definition p WHERE p.id = log.processDefinitionId )';

@Injectable()
export class JobLogQueries {
  private readonly logs: ListQuery<JobLogEntity, JobLogQuery>;

  constructor(private readonly database: Database) {
    this.logs = new ListQuery<JobLogEntity, JobLogQuery>(database.dataSource, {
      entity: JobLogEntity,
      alias: 'log',
      filters: {
        logId: (id) => sql`log.id = ${id}`,
        jobId: (id) => sql`log.jobId = ${id}`,
        jobExceptionMessage: (message) => sql`log.message = ${message}`,
        jobDefinitionId: (id) => sql`${raw(JOB_DEFINITION)} = ${id}`,
        jobDefinitionType: (type) => sql`log.type = ${type}`,
        jobDefinitionConfiguration: (configuration) => sql`log.configuration = ${configuration}`,
        activityIdIn: (ids) => sql`log.elementId = ANY(${ids})`,
        failedActivityIdIn: (ids) => sql`log.failedElementId = ANY(${ids})`,
        executionIdIn: (ids) => sql`log.activityInstanceId = ANY(${ids})`,
        processInstanceId: (id) => sql`log.processInstanceId = ${id}`,
        processDefinitionId: (id) => sql`log.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`log.processDefinitionId ^@ ${`${key}:`}`,
        deploymentId: (id) => sql`${raw(DEPLOYMENT)} = ${id}`,
        tenantIdIn: (ids) => sql`log.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? raw('log.tenantId IS NULL') : null),
        hostname: (name) => sql`log.hostname = ${name}`,
        jobPriorityLowerThanOrEquals: (priority) => sql`log.priority <= ${priority}`,
        jobPriorityHigherThanOrEquals: (priority) => sql`log.priority >= ${priority}`,
        creationLog: (yes) => (yes ? raw("log.event = 'created'") : null),
        failureLog: (yes) => (yes ? raw("log.event = 'failed'") : null),
        successLog: (yes) => (yes ? raw("log.event = 'successful'") : null),
        deletionLog: (yes) => (yes ? raw("log.event = 'deleted'") : null),
      },
      sortings: {
        timestamp: raw('log.createdAt'),
        jobId: raw('log.jobId'),
        jobDefinitionId: raw(JOB_DEFINITION),
        jobDueDate: raw('log.dueDate'),
        jobRetries: raw('log.retries'),
        jobPriority: raw('log.priority'),
        activityId: raw('log.elementId'),
        executionId: raw('log.activityInstanceId'),
        processInstanceId: raw('log.processInstanceId'),
        processDefinitionId: raw('log.processDefinitionId'),
        processDefinitionKey: raw('log.processDefinitionId'), // begins with the key
        deploymentId: raw(DEPLOYMENT),
        hostname: raw('log.hostname'),
        occurrence: raw('log.id'), // ids are ordered by the time at which they were made
        tenantId: raw('log.tenantId'),
      },
    });
  }

  async list(input: QueryInput<JobLogQuery>): Promise<JobLogDto[]> {
    return this.toDtos(await this.logs.list(input));
  }

  async count(input: QueryInput<JobLogQuery>): Promise<{ count: number }> {
    return { count: await this.logs.count(input) };
  }

  /** @throws RestError (404) */
  async get(id: string): Promise<JobLogDto> {
    const log = await this.find(id);
    if (!log) throw noSuchResource(`Historic job log with id ${id} does not exist`);
    const [dto] = await this.toDtos([log]);
    return dto!;
  }

  /** Null where nothing failed. @throws RestError (404) */
  async stacktrace(id: string): Promise<string | null> {
    const log = await this.find(id);
    if (!log) throw noSuchResource(`No historic job log found with id ${id}`);
    return log.stacktrace;
  }

  private find(id: string): Promise<JobLogEntity | null> {
    return this.database.dataSource.getRepository(JobLogEntity).findOneBy({ id });
  }

  private async toDtos(logs: readonly JobLogEntity[]): Promise<JobLogDto[]> {
    if (logs.length === 0) return [];
    const rows = await this.database.query<{ id: string; jobDefinitionId: string | null; deploymentId: string | null }>(
      `SELECT l.id, p.deployment_id AS "deploymentId", coalesce(d.id, CASE l.type
           WHEN 'batch-seed-job' THEN b.seed_job_definition_id ELSE b.batch_job_definition_id END) AS "jobDefinitionId"
       FROM job_log l LEFT JOIN process_definition p ON p.id = l.process_definition_id
         LEFT JOIN job_definition d ON d.process_definition_id = l.process_definition_id AND d.element_id = l.element_id
           AND d.type = l.type AND d.configuration = l.configuration
         LEFT JOIN batch b ON b.id = l.batch_id
       WHERE l.id = ANY($1)`,
      [logs.map(({ id }) => id)],
    );
    const places = new Map(rows.map((row) => [row.id, row]));
    const nowhere = { jobDefinitionId: null, deploymentId: null };
    const dtos = logs.map((log) => toJobLogDto(log, places.get(log.id) ?? nowhere));
    return withRemovalTimes(this.database, dtos);
  }
}
