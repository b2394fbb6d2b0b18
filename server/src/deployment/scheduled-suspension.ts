import { DEFAULT_RETRIES } from '../job-executor/default-retries.js';
import type { JobHint } from '../persistence/commit-events.js';
import type { Queryable } from '../persistence/database.js';
import type { ScheduledJobType } from '../persistence/entities/job.js';
import { recordJobs } from '../persistence/job-log.js';
import { newId } from '../persistence/uuid-v7.js';

/** Definitions by their key: of one tenant, of none (null), or of all. */
export interface OfKey {
  readonly key: string;
  readonly tenant: string | null | 'all';
}

/** One process definition by its id, or all versions of a key. */
export type SuspendedDefinitions = { readonly definitionId: string } | OfKey;

/** One job definition, or those of process definitions. */
export type SuspendedJobDefinitions = { readonly jobDefinitionId: string } | SuspendedDefinitions;

export const SUSPENSION_JOBS: ReadonlySet<string> = new Set<ScheduledJobType>([
  'suspend-processdefinition',
  'activate-processdefinition',
  'suspend-job-definition',
  'activate-job-definition',
]);

/** What the job is to do when its time has come; found by key then, so versions that come meanwhile are among them. */
export interface ScheduledSuspension {
  readonly what: SuspendedJobDefinitions;
  /** Also the instances of the process definitions, or the jobs of the job definitions. */
  readonly includes: boolean;
}

/** A job that suspends or activates at a date, as in Camunda. @returns what the job executor is to be told after the commit */
export async function scheduleSuspension(
  tx: Queryable,
  type: ScheduledJobType,
  suspension: ScheduledSuspension,
  dueDate: Date,
): Promise<JobHint> {
  const { what } = suspension;
  const id = newId();
  const [of] =
    'key' in what
      ? [{ id: null, key: what.key, tenant: what.tenant === 'all' ? null : what.tenant }]
      : await tx.query<{ id: string | null; key: string | null; tenant: string | null }>(
          'definitionId' in what
            ? 'SELECT id, key, tenant_id AS tenant FROM process_definition WHERE id = $1'
            : 'SELECT process_definition_id AS id, process_definition_key AS key, tenant_id AS tenant FROM job_definition WHERE id = $1',
          ['definitionId' in what ? what.definitionId : what.jobDefinitionId],
        );
  await tx.query(
    `INSERT INTO job (id, process_definition_id, process_definition_key, tenant_id, type, configuration, due_date, retries,
       priority, exclusive, suspended, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, true, false, now())`,
    [
      id,
      of?.id ?? null,
      of?.key ?? null,
      of?.tenant ?? null,
      type,
      JSON.stringify(suspension),
      dueDate,
      DEFAULT_RETRIES,
    ],
  );
  await recordJobs(tx, [id], 'created');
  return { id, dueDate };
}

/** A condition over columns of a table of definitions. @param first the number of its first parameter */
export function conditionOf(
  what: SuspendedDefinitions,
  columns: { readonly id: string; readonly key: string; readonly tenant: string },
  first: number,
): { readonly sql: string; readonly values: readonly unknown[] } {
  if (!('key' in what)) return { sql: `${columns.id} = $${first}`, values: [what.definitionId] };
  const ofKey = `${columns.key} = $${first}`;
  if (what.tenant === 'all') return { sql: ofKey, values: [what.key] };
  return { sql: `${ofKey} AND ${columns.tenant} IS NOT DISTINCT FROM $${first + 1}`, values: [what.key, what.tenant] };
}
