import { type Command, EngineError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { closeIncidents } from '../batch/batch-store.js';
import { type BulkPreviewDto, preview } from '../http/bulk-preview.js';
import { parseDate } from '../http/date.js';
import { invalidRequest, noSuchResource, refused } from '../http/rest-error.js';
import { JobExecutor } from '../job-executor/job-executor.js';
import { CommitEvents, type JobHint } from '../persistence/commit-events.js';
import { Database } from '../persistence/database.js';
import { recordJobs } from '../persistence/job-log.js';
import { OptimisticLockingError } from '../persistence/optimistic-locking-error.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { recordOperation } from '../persistence/user-operations.js';
import type { JobDuedateDto, JobRetriesDto, JobSuspensionStateDto } from './job.dto.js';
import { JobQueries } from './job.query.js';

@Injectable()
export class JobService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly executor: JobExecutor,
    private readonly events: CommitEvents,
    private readonly queries: JobQueries,
  ) {}

  /**
   * Runs the job now, even when it isn't due or is suspended.
   * @throws RestError (404, as Camunda answers) with what made it fail, after its retries were counted down
   */
  async execute(id: string, userId: string | null): Promise<void> {
    const { processInstanceId, processDefinitionId, processDefinitionKey, batchId } = await this.queries.find(id);
    const of = { jobId: id, processInstanceId, processDefinitionId, processDefinitionKey, batchId };
    await recordOperation(this.database, userId, { operationType: 'Execute', entityType: 'Job', ...of });
    await this.executor.executeNow(id).catch((error: unknown) => {
      // A conflict keeps its own answer: clients try again.
      const failed = error instanceof EngineError && !(error instanceof OptimisticLockingError);
      throw failed ? noSuchResource(error.message) : error;
    });
  }

  async setRetries(id: string, body: JobRetriesDto, userId: string | null): Promise<void> {
    const dueDate = body.dueDate ? { dueDate: parseDate(body.dueDate) } : {};
    const done = await this.run(id, { kind: 'setJobRetries', jobId: id, retries: body.retries, ...dueDate }, userId);
    if (done) return;
    await this.changeStartTimer(
      'retries = $2, due_date = coalesce($3::timestamptz, due_date), exception_message = NULL, exception_stacktrace = NULL, failed_element_id = NULL',
      [id, body.retries, dueDate.dueDate ?? null],
    );
    if (body.retries > 0) await closeIncidents(this.database, [id], 'resolved');
  }

  async setDueDate(id: string, body: JobDuedateDto, userId: string | null): Promise<void> {
    const dueDate = body.duedate ? parseDate(body.duedate) : null;
    const cascade = body.cascade ?? false;
    const done = await this.run(id, { kind: 'setJobDueDate', jobId: id, dueDate, cascade }, userId);
    if (!done) await this.changeStartTimer('due_date = $2', [id, dueDate]);
  }

  async recalculateDueDate(id: string, creationDateBased: boolean, userId: string | null): Promise<void> {
    const done = await this.run(id, { kind: 'recalculateJobDueDate', jobId: id, creationDateBased }, userId);
    if (!done) throw invalidRequest(`Job ${id} starts instances; its due date can be set, but not calculated anew`);
  }

  async setPriority(id: string, priority: number | null | undefined, userId: string | null): Promise<void> {
    if (priority === null || priority === undefined) throw refused(`The priority of job '${id}' cannot be null`);
    const {
      priority: before,
      processInstanceId,
      processDefinitionId,
      processDefinitionKey,
    } = await this.queries.find(id);
    await this.database.transaction(async (tx) => {
      await tx.query('UPDATE job SET priority = $2 WHERE id = $1', [id, priority]);
      await recordOperation(tx, userId, {
        operationType: 'SetPriority',
        entityType: 'Job',
        jobId: id,
        processInstanceId,
        processDefinitionId,
        processDefinitionKey,
        properties: [{ property: 'priority', orgValue: String(before), newValue: String(priority) }],
      });
    });
  }

  async delete(id: string, userId: string | null): Promise<void> {
    const done = await this.run(id, { kind: 'deleteJob', jobId: id }, userId);
    if (done) return;
    const { batchId } = await this.queries.find(id);
    if (batchId !== null)
      throw invalidRequest(`Job ${id} is part of batch ${batchId}; the batch can be deleted, but not a job of it`);
    await this.database.transaction(async (tx) => {
      await recordJobs(tx, [id], 'deleted');
      await tx.query('DELETE FROM job WHERE id = $1 AND process_instance_id IS NULL', [id]);
    });
  }

  /** Null when the job has never failed. */
  async stacktrace(id: string): Promise<string | null> {
    return (await this.queries.find(id)).exceptionStacktrace;
  }

  /** No job of the id is no error, as in Camunda. */
  async setSuspended(id: string, suspended: boolean, userId: string | null): Promise<void> {
    await this.suspend('j.id = $2', [suspended, id], { jobId: id }, userId);
  }

  /** All jobs of one job definition, process instance, process definition or key. */
  async setSuspendedOfMany(
    body: JobSuspensionStateDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    const { jobDefinitionId, processInstanceId, processDefinitionId, processDefinitionKey } = body;
    const given = [jobDefinitionId, processInstanceId, processDefinitionId, processDefinitionKey].filter(
      (value) => typeof value === 'string',
    );
    if (given.length !== 1)
      throw invalidRequest(
        `Exactly one of jobDefinitionId, processInstanceId, processDefinitionId and processDefinitionKey must be given, got ${given.length}`,
      );
    const suspended = body.suspended ?? false;
    const [value] = given;
    const of = { jobDefinitionId, processInstanceId, processDefinitionId, processDefinitionKey };
    const { processDefinitionTenantId: tenant, processDefinitionWithoutTenantId: none } = body;
    const ofTenant = tenant ? ' AND j.tenant_id = $3' : none ? ' AND j.tenant_id IS NULL' : '';
    const condition = jobDefinitionId
      ? OF_DEFINITION
      : processInstanceId
        ? 'j.process_instance_id = $2'
        : processDefinitionId
          ? 'j.process_definition_id = $2'
          : `j.process_definition_key = $2${ofTenant}`;
    const values = [suspended, value, ...(processDefinitionKey && tenant ? [tenant] : [])] as const;
    if (dryRun) return this.previewSuspension(condition, values);
    await this.suspend(condition, values, of, userId);
    return null;
  }

  private async previewSuspension(condition: string, values: readonly unknown[]): Promise<BulkPreviewDto> {
    const jobs = await this.database.query<{ id: string }>(
      `SELECT j.id FROM job j WHERE ${condition} AND $1::boolean IS NOT NULL ORDER BY j.id`,
      values,
    );
    return preview(
      'job-suspension',
      jobs.map(({ id }) => id),
    );
  }

  /** @param condition over job `j`; $1 is the new state */
  private async suspend(
    condition: string,
    values: readonly [suspended: boolean, ...others: unknown[]],
    of: Readonly<Record<string, string | null | undefined>>,
    userId: string | null,
  ): Promise<void> {
    const [suspended] = values;
    const jobs = await this.database.transaction(async (tx) => {
      await recordOperation(tx, userId, {
        operationType: suspended ? 'SuspendJob' : 'ActivateJob',
        entityType: 'Job',
        ...Object.fromEntries(Object.entries(of).filter(([, value]) => value)),
        properties: [{ property: 'suspensionState', newValue: suspended ? 'suspended' : 'active' }],
      });
      return tx.query<JobHint>(
        `UPDATE job j SET suspended = $1 WHERE ${condition} RETURNING j.id, j.due_date AS "dueDate"`,
        values,
      );
    });
    if (!suspended) this.events.emitJobs(jobs, new Date());
  }

  /** @returns false for a job that belongs to no instance, the timer of a start event */
  private async run(id: string, command: Command, userId: string | null): Promise<boolean> {
    const { processInstanceId } = await this.queries.find(id);
    if (processInstanceId === null) return false;
    await this.unitOfWork.run(processInstanceId, command, { userId });
    return true;
  }

  /** @param change of the row with id $1 */
  private async changeStartTimer(change: string, values: readonly unknown[]): Promise<void> {
    const jobs = await this.database.query<JobHint>(
      `UPDATE job SET ${change} WHERE id = $1 AND process_instance_id IS NULL RETURNING id, due_date AS "dueDate"`,
      values,
    );
    this.events.emitJobs(jobs, new Date());
  }
}

const OF_DEFINITION = `EXISTS (SELECT 1 FROM job_definition d WHERE d.id = $2 AND d.process_definition_id = j.process_definition_id
  AND d.element_id = j.element_id AND d.type = j.type AND d.configuration = j.configuration)`;
