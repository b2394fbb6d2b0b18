import { Injectable } from '@nestjs/common';
import { closeIncidents } from '../batch/batch-store.js';
import { invalidRequest } from '../http/rest-error.js';
import { CommitEvents, type JobHint } from '../persistence/commit-events.js';
import { Database } from '../persistence/database.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type {
  JobDefinitionPriorityDto,
  JobDefinitionSuspensionStateDto,
  JobDefinitionsSuspensionStateDto,
} from './job-definition.dto.js';
import { JobDefinitionQueries } from './job-definition.query.js';

/** Jobs `j` of job definitions `d`. */
const SAME_PLACE = `d.process_definition_id = j.process_definition_id AND d.element_id = j.element_id
  AND d.type = j.type AND d.configuration = j.configuration`;

@Injectable()
export class JobDefinitionService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: CommitEvents,
    private readonly queries: JobDefinitionQueries,
  ) {}

  /** No definition of the id is no error, as in Camunda. */
  async setSuspended(id: string, body: JobDefinitionSuspensionStateDto): Promise<void> {
    await this.suspend('d.id = $2', [id], body);
  }

  /** All job definitions of one process definition, or of all versions of a key. */
  async setSuspendedOfMany(body: JobDefinitionsSuspensionStateDto): Promise<void> {
    const { processDefinitionId: id, processDefinitionKey: key } = body;
    if (!id === !key) throw invalidRequest('Exactly one of processDefinitionId and processDefinitionKey must be given');
    if (id) return this.suspend('d.process_definition_id = $2', [id], body);
    const { processDefinitionTenantId: tenant, processDefinitionWithoutTenantId: none } = body;
    const ofKey = 'd.process_definition_key = $2';
    if (tenant) return this.suspend(`${ofKey} AND d.tenant_id = $3`, [key, tenant], body);
    return this.suspend(none ? `${ofKey} AND d.tenant_id IS NULL` : ofKey, [key], body);
  }

  /** Of the jobs that have failed for good: each is changed in its own transaction. */
  async setRetries(id: string, retries: number, userId: string | null): Promise<void> {
    const jobs = await this.database.query<{ id: string; process_instance_id: string | null }>(
      `SELECT j.id, j.process_instance_id FROM job j JOIN job_definition d ON ${SAME_PLACE}
       WHERE d.id = $1 AND j.retries = 0 ORDER BY j.id`,
      [id],
    );
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
  }

  /** The definition of a batch's jobs has no process; the failed ones get their retries at once. */
  private async setRetriesOfBatch(id: string, retries: number): Promise<void> {
    const jobs = await this.database.transaction(async (tx) => {
      const changed = await tx.query<JobHint>(
        `UPDATE job j SET retries = $2 FROM batch b WHERE b.id = j.batch_id AND j.retries = 0
           AND $1 = CASE j.type WHEN 'batch-seed-job' THEN b.seed_job_definition_id ELSE b.batch_job_definition_id END
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

  async setPriority(id: string, { priority, includeJobs }: JobDefinitionPriorityDto): Promise<void> {
    await this.queries.get(id);
    const value = priority ?? null;
    if (value === null && includeJobs)
      throw invalidRequest(`The priority of job definition ${id} cannot be taken away from its jobs too (includeJobs)`);
    await this.database.transaction(async (tx) => {
      await tx.query('UPDATE job_definition SET priority = $2 WHERE id = $1', [id, value]);
      if (includeJobs)
        await tx.query(`UPDATE job j SET priority = $2 FROM job_definition d WHERE ${SAME_PLACE} AND d.id = $1`, [
          id,
          value,
        ]);
    });
  }

  /** @param condition over job definition `d`, with values from $2 on; $1 is the new state */
  private async suspend(
    condition: string,
    values: readonly unknown[],
    { suspended, includeJobs, executionDate }: JobDefinitionSuspensionStateDto,
  ): Promise<void> {
    if (executionDate) throw invalidRequest('executionDate is not supported: jobs are suspended and activated at once');
    const state = suspended ?? false;
    const jobs = await this.database.transaction(async (tx) => {
      await tx.query(`UPDATE job_definition d SET suspended = $1 WHERE ${condition}`, [state, ...values]);
      if (!includeJobs) return [];
      return tx.query<JobHint>(
        `UPDATE job j SET suspended = $1 FROM job_definition d WHERE ${SAME_PLACE} AND ${condition}
         RETURNING j.id, j.due_date AS "dueDate"`,
        [state, ...values],
      );
    });
    if (!state) this.events.emitJobs(jobs, new Date());
  }
}
