import { preview } from '../http/bulk-preview.js';
import type { CommitEvents, JobHint } from '../persistence/commit-events.js';
import type { Database } from '../persistence/database.js';
import { announceStartTimers } from '../persistence/start-timers.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import { type ChangedProperty, recordOperation } from '../persistence/user-operations.js';
import { isGone } from './definition-deletion.js';
import {
  conditionOf,
  type SuspendedDefinitions,
  type SuspendedJobDefinitions,
  scheduleSuspension,
} from './scheduled-suspension.js';

export interface SuspensionOptions {
  /** False activates. */
  readonly suspended: boolean;
  readonly includeProcessInstances: boolean;
  /** Null: now. */
  readonly executionDate: Date | null;
  /** Who asks, for the user operation log. */
  readonly userId?: string | null;
}

export interface JobDefinitionSuspensionOptions {
  readonly suspended: boolean;
  readonly includeJobs: boolean;
  readonly executionDate: Date | null;
  readonly userId?: string | null;
}

const OF_PROCESS = { id: 'd.id', key: 'd.key', tenant: 'd.tenant_id' };
const OF_JOB = { id: 'd.process_definition_id', key: 'd.process_definition_key', tenant: 'd.tenant_id' };
/** Jobs `j` of job definitions `d`. */
const SAME_PLACE = `d.process_definition_id = j.process_definition_id AND d.element_id = j.element_id
  AND d.type = j.type AND d.configuration = j.configuration`;

const INSTANCES_TO_SUSPEND =
  'SELECT id FROM process_instance WHERE process_definition_id = ANY($1) AND suspended <> $2 ORDER BY id';

/** Suspends and activates definitions, now or by a job at a date. Doing it again changes nothing. */
export class DefinitionSuspension {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: CommitEvents,
  ) {}

  /** No new instances, and on request no work on the running ones. With a date, a job does it then. */
  async set(which: SuspendedDefinitions, options: SuspensionOptions): Promise<void> {
    const { suspended, includeProcessInstances: includes, executionDate, userId = null } = options;
    const verb = suspended ? 'Suspend' : 'Activate';
    await this.log(userId, `${verb}ProcessDefinition`, 'ProcessDefinition', which, [
      stateProperty(suspended),
      { property: 'includeProcessInstances', newValue: String(includes) },
      ...dateProperty(executionDate),
    ]);
    if (!executionDate) return this.setNow(which, suspended, includes, userId);
    const type = suspended ? 'suspend-processdefinition' : 'activate-processdefinition';
    const job = await this.database.transaction((tx) =>
      scheduleSuspension(tx, type, { what: which, includes }, executionDate),
    );
    this.events.emitJobs([job], new Date());
  }

  /** What `set` would touch if it did so now. */
  async preview(which: SuspendedDefinitions, { suspended, includeProcessInstances }: SuspensionOptions) {
    const { sql, values } = conditionOf(which, OF_PROCESS, 1);
    const ids = await this.ids(`SELECT d.id FROM process_definition d WHERE ${sql} ORDER BY d.id`, values);
    if (!includeProcessInstances) return preview('process-definition', ids);
    const instances = await this.ids(INSTANCES_TO_SUSPEND, [ids, suspended]);
    return preview('process-definition', ids, { type: 'process-instance', ids: instances });
  }

  /** What `setJobDefinitions` would touch if it did so now. */
  async previewJobDefinitions(which: SuspendedJobDefinitions, { includeJobs }: JobDefinitionSuspensionOptions) {
    const { sql, values } = jobDefinitionsOf(which, 1);
    const ids = await this.ids(`SELECT d.id FROM job_definition d WHERE ${sql} ORDER BY d.id`, values);
    if (!includeJobs) return preview('job-definition', ids);
    const jobs = await this.ids(
      `SELECT j.id FROM job j JOIN job_definition d ON ${SAME_PLACE} WHERE ${sql} ORDER BY j.id`,
      values,
    );
    return preview('job-definition', ids, { type: 'job', ids: jobs });
  }

  private async ids(sql: string, values: readonly unknown[]): Promise<string[]> {
    return (await this.database.query<{ id: string }>(sql, [...values])).map(({ id }) => id);
  }

  /** Instances are suspended one by one; when one fails, those before it stay suspended and the call can be repeated. */
  async setNow(
    which: SuspendedDefinitions,
    suspended: boolean,
    includesInstances: boolean,
    userId: string | null,
  ): Promise<void> {
    const { sql, values } = conditionOf(which, OF_PROCESS, 2);
    const ids = await this.database.transaction(async (tx) => {
      const changed = await tx.query<{ id: string }>(
        `UPDATE process_definition d SET suspended = $1 WHERE ${sql} RETURNING d.id`,
        [suspended, ...values],
      );
      const found = changed.map(({ id }) => id);
      await tx.query('UPDATE job_definition SET suspended = $2 WHERE process_definition_id = ANY($1)', [
        found,
        suspended,
      ]);
      await tx.query(
        `UPDATE job SET suspended = $2
         WHERE process_instance_id IS NULL AND process_definition_id = ANY($1) AND type = 'timer-start-event'`,
        [found, suspended],
      );
      return found;
    });
    if (!suspended) await announceStartTimers(this.database, this.events, ids);
    if (!includesInstances) return;
    const instances = await this.database.query<{ id: string }>(INSTANCES_TO_SUSPEND, [ids, suspended]);
    const options = { userId, isLogged: false };
    for (const { id } of instances)
      await this.unitOfWork.run(id, { kind: 'setSuspended', suspended }, options).catch(isGone);
  }

  /** Whether the jobs to come wait, and on request those that are there. With a date, a job does it then. */
  async setJobDefinitions(which: SuspendedJobDefinitions, options: JobDefinitionSuspensionOptions): Promise<void> {
    const { suspended, includeJobs: includes, executionDate, userId = null } = options;
    await this.log(userId, suspended ? 'SuspendJobDefinition' : 'ActivateJobDefinition', 'JobDefinition', which, [
      stateProperty(suspended),
      { property: 'includeJobs', newValue: String(includes) },
      ...dateProperty(executionDate),
    ]);
    if (!executionDate) return this.setJobDefinitionsNow(which, suspended, includes);
    const type = suspended ? 'suspend-job-definition' : 'activate-job-definition';
    const job = await this.database.transaction((tx) =>
      scheduleSuspension(tx, type, { what: which, includes }, executionDate),
    );
    this.events.emitJobs([job], new Date());
  }

  async setJobDefinitionsNow(which: SuspendedJobDefinitions, suspended: boolean, includesJobs: boolean): Promise<void> {
    const { sql, values } = jobDefinitionsOf(which, 2);
    const jobs = await this.database.transaction(async (tx) => {
      await tx.query(`UPDATE job_definition d SET suspended = $1 WHERE ${sql}`, [suspended, ...values]);
      if (!includesJobs) return [];
      return tx.query<JobHint>(
        `UPDATE job j SET suspended = $1 FROM job_definition d WHERE ${SAME_PLACE} AND ${sql}
         RETURNING j.id, j.due_date AS "dueDate"`,
        [suspended, ...values],
      );
    });
    if (!suspended) this.events.emitJobs(jobs, new Date());
  }

  private log(
    userId: string | null,
    operationType: string,
    entityType: string,
    which: SuspendedJobDefinitions,
    properties: readonly ChangedProperty[],
  ): Promise<void> {
    const of =
      'jobDefinitionId' in which
        ? { jobDefinitionId: which.jobDefinitionId }
        : 'definitionId' in which
          ? { processDefinitionId: which.definitionId }
          : { processDefinitionKey: which.key };
    return recordOperation(this.database, userId, { operationType, entityType, ...of, properties });
  }
}

/** A condition over job definitions `d`. @param first the number of its first parameter */
function jobDefinitionsOf(which: SuspendedJobDefinitions, first: number) {
  return 'jobDefinitionId' in which
    ? { sql: `d.id = $${first}`, values: [which.jobDefinitionId] }
    : conditionOf(which, OF_JOB, first);
}

function stateProperty(suspended: boolean): ChangedProperty {
  return { property: 'suspensionState', newValue: suspended ? 'suspended' : 'active' };
}

function dateProperty(date: Date | null): ChangedProperty[] {
  return date ? [{ property: 'executionDate', newValue: String(date.getTime()) }] : [];
}
