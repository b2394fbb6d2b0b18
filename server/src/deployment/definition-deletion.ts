import { NotFoundError } from '@millrace/engine';
import type { CommitEvents } from '../persistence/commit-events.js';
import type { Database, Transaction } from '../persistence/database.js';
import type { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';
import { recordJobs } from '../persistence/job-log.js';
import { announceStartTimers } from '../persistence/start-timers.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import { recordOperation } from '../persistence/user-operations.js';
import type { DefinitionCache } from './definition-cache.js';
import { DefinitionInUseError } from './definition-in-use-error.js';
import { newestFirst } from './definition-lookup.js';
import { type DeletionPreviewDto, previewDeletion } from './deletion-preview.js';
import { DEPLOYMENT_LOCK } from './deployment-lock.js';
import { rearm } from './rearm.js';

export interface DeletionOptions {
  /** Also running instances and the history. */
  readonly cascade: boolean;
  readonly skipCustomListeners: boolean;
  readonly skipIoMappings: boolean;
  /** Who deletes, for the user operation log. */
  readonly userId?: string | null;
}

/** They are found by their instances. */
const BY_INSTANCE = ['job_log', 'external_task_log', 'historic_variable'];

const HISTORY_TABLES = [
  'historic_activity_instance',
  'historic_task',
  'historic_incident',
  'historic_process_instance',
];

/** Takes definitions away, and gives what started their instances back to the version before. */
export class DefinitionDeletion {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly definitions: DefinitionCache,
    private readonly events: CommitEvents,
  ) {}

  /** @throws NotFoundError, DefinitionInUseError */
  async deleteDeployment(deploymentId: string, options: DeletionOptions): Promise<void> {
    const ids = await this.definitionsOf(deploymentId);
    await this.remove(ids, options, async (tx) => {
      await tx.query(
        `DELETE FROM call_binding WHERE target_definition_id IN (SELECT id FROM decision_definition WHERE deployment_id = $1)`,
        [deploymentId],
      );
      await tx.query('DELETE FROM decision_definition WHERE deployment_id = $1', [deploymentId]);
      await tx.query('DELETE FROM deployment WHERE id = $1', [deploymentId]);
      await recordOperation(tx, options.userId ?? null, {
        operationType: 'Delete',
        entityType: 'Deployment',
        deploymentId,
        properties: [{ property: 'cascade', newValue: String(options.cascade) }],
      });
    });
  }

  /** Changes nothing. @throws NotFoundError */
  async previewDeployment(deploymentId: string, cascade: boolean): Promise<DeletionPreviewDto> {
    const definitionIds = await this.definitionsOf(deploymentId);
    return previewDeletion(this.database, { type: 'deployment-deletion', definitionIds, deploymentId, cascade });
  }

  /** All of them or none. Their resources stay in their deployments. @throws NotFoundError, DefinitionInUseError */
  async deleteProcessDefinitions(ids: readonly string[], options: DeletionOptions): Promise<void> {
    await this.requireDefinitions(ids);
    await this.remove(ids, options, async (tx) => {
      for (const id of ids)
        await recordOperation(tx, options.userId ?? null, {
          operationType: 'Delete',
          entityType: 'ProcessDefinition',
          processDefinitionId: id,
          properties: [{ property: 'cascade', newValue: String(options.cascade) }],
        });
    });
  }

  /** Changes nothing. @throws NotFoundError */
  async previewProcessDefinitions(definitionIds: readonly string[], cascade: boolean): Promise<DeletionPreviewDto> {
    await this.requireDefinitions(definitionIds);
    const deletion = { type: 'process-definition-deletion', definitionIds, deploymentId: null, cascade } as const;
    return previewDeletion(this.database, deletion);
  }

  private async definitionsOf(deploymentId: string): Promise<string[]> {
    const [deployment] = await this.database.query('SELECT id FROM deployment WHERE id = $1', [deploymentId]);
    if (!deployment)
      throw new NotFoundError(`Expected deployment '${deploymentId}' to exist, but there is none`, {
        id: deploymentId,
      });
    const rows = await this.database.query<{ id: string }>(
      'SELECT id FROM process_definition WHERE deployment_id = $1',
      [deploymentId],
    );
    return rows.map(({ id }) => id);
  }

  private async requireDefinitions(ids: readonly string[]): Promise<void> {
    const rows = await this.database.query<{ id: string }>('SELECT id FROM process_definition WHERE id = ANY($1)', [
      ids,
    ]);
    const missing = ids.find((id) => !rows.some((row) => row.id === id));
    if (missing !== undefined)
      throw new NotFoundError(`Expected process definition '${missing}' to exist, but there is none`, { id: missing });
  }

  private async remove(
    ids: readonly string[],
    options: DeletionOptions,
    also: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    // Instances that are started while the others are being deleted are found by the next round.
    for (;;) {
      if (options.cascade) await this.deleteInstances(ids, options);
      const restarted = await this.database.transaction((tx) => this.removeDefinitions(tx, ids, options, also));
      if (restarted) {
        this.definitions.forget(ids);
        await announceStartTimers(this.database, this.events, restarted);
        return;
      }
    }
  }

  /** @returns the versions that are started by messages and timers from now on; null when there are instances to delete first */
  private async removeDefinitions(
    tx: Transaction,
    ids: readonly string[],
    { cascade }: DeletionOptions,
    also: (tx: Transaction) => Promise<void>,
  ): Promise<string[] | null> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [DEPLOYMENT_LOCK]);
    const definitions = await tx.query<
      Pick<ProcessDefinitionEntity, 'key'> & { tenantId: string | null; isLatest: boolean }
    >(
      `SELECT d.key, d.tenant_id AS "tenantId",
         d.id = (SELECT l.id FROM process_definition l WHERE l.key = d.key
           AND l.tenant_id IS NOT DISTINCT FROM d.tenant_id ORDER BY ${newestFirst('l')} LIMIT 1) AS "isLatest"
       FROM process_definition d WHERE d.id = ANY($1) ORDER BY d.id FOR UPDATE`,
      [ids],
    );
    const [running] = await tx.query<{ id: string }>(
      'SELECT process_definition_id AS id FROM process_instance WHERE process_definition_id = ANY($1) LIMIT 1',
      [ids],
    );
    if (running && cascade) return null;
    if (running) throw DefinitionInUseError.of(running.id);
    await tx.query('DELETE FROM call_binding WHERE target_definition_id = ANY($1)', [ids]);
    await tx.query('DELETE FROM process_definition WHERE id = ANY($1)', [ids]);
    const restarted: string[] = [];
    for (const { key, tenantId, isLatest } of definitions) {
      if (!isLatest) continue;
      const id = await rearm(tx, this.definitions, key, tenantId);
      if (id !== null) restarted.push(id);
    }
    // Suspensions of these definitions that are still to come. Their timers are gone by now.
    await removeJobs(tx, ids);
    if (cascade) await removeHistory(tx, ids);
    await also(tx);
    return restarted;
  }

  private async deleteInstances(
    ids: readonly string[],
    { skipCustomListeners, skipIoMappings }: DeletionOptions,
  ): Promise<void> {
    const instances = await this.database.query<{ id: string }>(
      // Callers before the called, who go with them.
      'SELECT id FROM process_instance WHERE process_definition_id = ANY($1) ORDER BY (super_process_instance_id IS NOT NULL), id',
      [ids],
    );
    for (const { id } of instances)
      await this.unitOfWork
        .run(
          id,
          { kind: 'deleteInstance', reason: 'deleted deployment', skipCustomListeners, skipIoMappings },
          { isLogged: false },
        )
        .catch(isGone);
  }
}

async function removeHistory(tx: Transaction, ids: readonly string[]): Promise<void> {
  for (const table of BY_INSTANCE)
    await tx.query(
      `DELETE FROM ${table} WHERE process_instance_id IN
         (SELECT id FROM historic_process_instance WHERE process_definition_id = ANY($1))`,
      [ids],
    );
  await tx.query('DELETE FROM job_log WHERE process_instance_id IS NULL AND process_definition_id = ANY($1)', [ids]);
  for (const table of HISTORY_TABLES)
    await tx.query(`DELETE FROM ${table} WHERE process_definition_id = ANY($1)`, [ids]);
}

async function removeJobs(tx: Transaction, ids: readonly string[]): Promise<void> {
  const jobs = await tx.query<{ id: string }>(
    'SELECT id FROM job WHERE process_instance_id IS NULL AND process_definition_id = ANY($1)',
    [ids],
  );
  const jobIds = jobs.map(({ id }) => id);
  await recordJobs(tx, jobIds, 'deleted');
  await tx.query('DELETE FROM job WHERE id = ANY($1)', [jobIds]);
}

/** Passes over an instance that has ended before its turn came. */
export function isGone(error: unknown): undefined {
  if (error instanceof NotFoundError) return undefined;
  throw error;
}
