import { Injectable } from '@nestjs/common';
import { closeIncidents } from '../batch/batch-store.js';
import type { JobDefinitionSuspensionOptions } from '../deployment/definition-suspension.js';
import { DeploymentService } from '../deployment/deployment.service.js';
import type { SuspendedJobDefinitions } from '../deployment/scheduled-suspension.js';
import { type BulkPreviewDto, preview } from '../http/bulk-preview.js';
import { parseDate } from '../http/date.js';
import { invalidRequest } from '../http/rest-error.js';
import { CommitEvents, type JobHint } from '../persistence/commit-events.js';
import { Database } from '../persistence/database.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { recordOperation } from '../persistence/user-operations.js';
import type {
  JobDefinitionPriorityDto,
  JobDefinitionSuspensionStateDto,
  JobDefinitionsSuspensionStateDto,
} from './job-definition.dto.js';
import { JobDefinitionQueries } from './job-definition.query.js';

/** Jobs `j` of job definitions `d`. */
const SAME_PLACE = `d.process_definition_id = j.process_definition_id AND d.element_id = j.element_id
  AND d.type = j.type AND d.configuration = j.configuration`;

/** Jobs `j` of batches `b` that have failed for good, of the definition $1. */
const FAILED_OF_BATCH = `j.retries = 0
  AND $1 = CASE j.type WHEN 'batch-seed-job' THEN b.seed_job_definition_id ELSE b.batch_job_definition_id END`;

@Injectable()
export class JobDefinitionService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: CommitEvents,
    private readonly queries: JobDefinitionQueries,
    private readonly deployments: DeploymentService,
  ) {}

  /** No definition of the id is no error, as in Camunda. */
  setSuspended(
    id: string,
    body: JobDefinitionSuspensionStateDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    return this.suspend({ jobDefinitionId: id }, suspensionOf(body, userId), dryRun);
  }

  /** All job definitions of one process definition, or of all versions of a key. */
  async setSuspendedOfMany(
    body: JobDefinitionsSuspensionStateDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    const { processDefinitionId: id, processDefinitionKey: key } = body;
    if (!id === !key) throw invalidRequest('Exactly one of processDefinitionId and processDefinitionKey must be given');
    const options = suspensionOf(body, userId);
    if (id) return this.suspend({ definitionId: id }, options, dryRun);
    const tenant = body.processDefinitionTenantId ?? (body.processDefinitionWithoutTenantId ? null : 'all');
    return this.suspend({ key: key ?? '', tenant }, options, dryRun);
  }

  /** @returns with `dryRun` what it would touch, and nothing happens */
  private async suspend(
    which: SuspendedJobDefinitions,
    options: JobDefinitionSuspensionOptions,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    if (dryRun) return this.deployments.previewJobDefinitionSuspension(which, options);
    await this.deployments.suspendJobDefinitions(which, options);
    return null;
  }

  /** Of the jobs that have failed for good: each is changed in its own transaction. @returns as `setSuspended` */
  async setRetries(
    id: string,
    retries: number,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    const jobs = await this.database.query<{ id: string; process_instance_id: string | null }>(
      `SELECT j.id, j.process_instance_id FROM job j JOIN job_definition d ON ${SAME_PLACE}
       WHERE d.id = $1 AND j.retries = 0 ORDER BY j.id`,
      [id],
    );
    if (dryRun) {
      const ofBatch = await this.database.query<{ id: string }>(
        `SELECT j.id FROM job j JOIN batch b ON b.id = j.batch_id WHERE ${FAILED_OF_BATCH} ORDER BY j.id`,
        [id],
      );
      return preview(
        'job',
        [...jobs, ...ofBatch].map((job) => job.id),
      );
    }
    await this.setRetriesOfBatch(id, retries);
    for (const job of jobs) {
      if (job.process_instance_id !== null)
        await this.unitOfWork.run(
          job.process_instance_id,
          { kind: 'setJobRetries', jobId: job.id, retries },
          { userId },
        );
      else await this.database.query('UPDATE job SET retries = $2 WHERE id = $1', [job.id, retries]);
    }
    return null;
  }

  /** The definition of a batch's jobs has no process; the failed ones get their retries at once. */
  private async setRetriesOfBatch(id: string, retries: number): Promise<void> {
    const jobs = await this.database.transaction(async (tx) => {
      const changed = await tx.query<JobHint>(
        `UPDATE job j SET retries = $2 FROM batch b WHERE b.id = j.batch_id AND ${FAILED_OF_BATCH}
         RETURNING j.id, j.due_date AS "dueDate"`,
        [id, retries],
      );
      if (retries > 0)
        await closeIncidents(
          tx,
          changed.map((job) => job.id),
          'resolved',
        );
      return changed;
    });
    this.events.emitJobs(jobs, new Date());
  }

  async setPriority(
    id: string,
    { priority, includeJobs }: JobDefinitionPriorityDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    const { overridingJobPriority: before, processDefinitionId, processDefinitionKey } = await this.queries.get(id);
    const value = priority ?? null;
    if (value === null && includeJobs)
      throw invalidRequest(`The priority of job definition ${id} cannot be taken away from its jobs too (includeJobs)`);
    if (dryRun) {
      if (!includeJobs) return preview('job-definition', [id]);
      const sql = `SELECT j.id FROM job j JOIN job_definition d ON ${SAME_PLACE} WHERE d.id = $1 ORDER BY j.id`;
      const jobs = await this.database.query<{ id: string }>(sql, [id]);
      return preview('job-definition', [id], { type: 'job', ids: jobs.map((job) => job.id) });
    }
    await this.database.transaction(async (tx) => {
      await tx.query('UPDATE job_definition SET priority = $2 WHERE id = $1', [id, value]);
      if (includeJobs)
        await tx.query(`UPDATE job j SET priority = $2 FROM job_definition d WHERE ${SAME_PLACE} AND d.id = $1`, [
          id,
          value,
        ]);
      const text = (number: number | null) => (number === null ? null : String(number));
      await recordOperation(tx, userId, {
        operationType: 'SetPriority',
        entityType: 'JobDefinition',
        jobDefinitionId: id,
        processDefinitionId,
        processDefinitionKey,
        properties: [{ property: 'overridingPriority', orgValue: text(before), newValue: text(value) }],
      });
    });
    return null;
  }
}

/** @throws RestError (400) for a date that can't be read */
function suspensionOf(
  { suspended, includeJobs, executionDate }: JobDefinitionSuspensionStateDto,
  userId: string | null,
): JobDefinitionSuspensionOptions {
  const date = executionDate ? parseDate(executionDate) : null;
  if (executionDate && !date)
    throw invalidRequest(`executionDate '${executionDate}' is not a date like 2026-11-23T03:00:00.000+0000`);
  return { suspended: suspended ?? false, includeJobs: includeJobs ?? false, executionDate: date, userId };
}
