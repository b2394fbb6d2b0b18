import type { JobHint } from '../persistence/commit-events.js';
import type { Queryable } from '../persistence/database.js';
import { type ChangedProperty, recordOperation } from '../persistence/user-operations.js';
import { newId } from '../persistence/uuid-v7.js';
import { ITEMS_PER_JOB, insertJobs, RETRIES } from './batch-store.js';

export interface NewBatch {
  /** Of the handler that does the work. */
  readonly type: string;
  /** What the batch is about; each is done once, however often it's named. */
  readonly instanceIds: readonly string[];
  /** JSON for the handler. */
  readonly configuration: unknown;
  readonly userId: string | null;
  readonly tenantId?: string | null;
  /** Why, for the user operation log. */
  readonly annotation?: string | null;
  /** What the log calls the operation: `Delete`, `SetJobRetries`. */
  readonly operation?: {
    readonly type: string;
    readonly entity: string;
    readonly processDefinitionId?: string;
    readonly properties?: readonly ChangedProperty[];
  };
}

/** Stores a batch with all its items and the job that begins it. @returns the jobs to tell of after the commit */
export async function storeBatch(
  tx: Queryable,
  given: NewBatch,
): Promise<{ readonly id: string; readonly jobs: readonly JobHint[] }> {
  const ids = [...new Set(given.instanceIds)];
  const id = newId();
  const { type, userId } = given;
  const batch = {
    id,
    type,
    configuration: JSON.stringify(given.configuration ?? null),
    suspended: false,
    priority: 0,
    tenantId: given.tenantId ?? null,
    createUserId: userId,
  };
  await tx.query(
    `INSERT INTO batch (id, type, total_jobs, jobs_created, seed_job_definition_id, monitor_job_definition_id,
         batch_job_definition_id, configuration, suspended, priority, tenant_id, create_user_id, annotation, started_at)
       VALUES ($1, $2, $3, 0, $4, $5, $6, $7, false, 0, $8, $9, $10, now())`,
    [
      id,
      type,
      ids.length,
      newId(),
      newId(),
      newId(),
      batch.configuration,
      batch.tenantId,
      userId,
      given.annotation ?? null,
    ],
  );
  await tx.query(
    `INSERT INTO batch_item (id, batch_id, subject_id, job_id, state)
       SELECT v.id, $1, v.subject_id, v.job_id, 'open'
       FROM unnest($2::text[], $3::text[], $4::text[]) AS v(id, subject_id, job_id)`,
    [id, ids.map(() => newId()), ids, shareOut(ids.length)],
  );
  if (given.operation)
    await recordOperation(tx, userId, {
      operationType: given.operation.type,
      entityType: given.operation.entity,
      batchId: id,
      annotation: given.annotation ?? null,
      processDefinitionId: given.operation.processDefinitionId ?? null,
      properties: [
        ...(given.operation.properties ?? []),
        { property: 'nrOfInstances', newValue: String(ids.length) },
        { property: 'async', newValue: 'true' },
      ],
    });
  const seed = { id: newId(), type: 'batch-seed-job', retries: RETRIES, message: null, stacktrace: null } as const;
  return { id, jobs: await insertJobs(tx, batch, [seed]) };
}

/** The job of each item, which the seed job is to create: written with the items, so that no item is written twice. */
function shareOut(items: number): readonly string[] {
  const jobIds = Array.from({ length: Math.ceil(items / ITEMS_PER_JOB) }, () => newId());
  return Array.from({ length: items }, (_, i) => jobIds[Math.floor(i / ITEMS_PER_JOB)]!);
}
