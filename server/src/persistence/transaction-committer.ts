import { NotFoundError, SuspendedError, storeState, type TableName } from '@millrace/engine';
import type { Committer, TouchedInstance, UnitOfWorkResult } from './committer.js';
import { RevisionConflict } from './conflicts.js';
import type { Database, Transaction } from './database.js';
import { CHANGE_TABLES } from './entities/all-entities.js';
import { ProcessInstanceEntity } from './entities/process-instance.js';
import { foldChanges } from './fold-changes.js';
import { TableWriter } from './table-writer.js';

// The settings of a job's definition reach jobs that are created later.
const OF_JOB_DEFINITION = `FROM job_definition d WHERE d.process_definition_id = v.process_definition_id
  AND d.element_id = v.element_id AND d.type = v.type AND d.configuration = v.configuration`;
const JOB_EXPRESSIONS = {
  suspended: `v.suspended OR EXISTS (SELECT 1 ${OF_JOB_DEFINITION} AND d.suspended)`,
  priority: `coalesce((SELECT d.priority ${OF_JOB_DEFINITION} LIMIT 1), v.priority)`,
};

/** One transaction per unit of work. */
export class TransactionCommitter implements Committer {
  private readonly tables: readonly (readonly [TableName, TableWriter])[];
  private readonly instances: TableWriter;

  constructor(private readonly database: Database) {
    const { dataSource } = database;
    this.tables = (Object.keys(CHANGE_TABLES) as TableName[]).map((name) => [
      name,
      new TableWriter(dataSource, CHANGE_TABLES[name], name === 'job' ? JOB_EXPRESSIONS : {}),
    ]);
    this.instances = new TableWriter(dataSource, ProcessInstanceEntity);
  }

  async commit(unit: UnitOfWorkResult): Promise<void> {
    await this.database.transaction(async (tx) => {
      await unit.within?.(tx);
      await checkStartable(tx, unit.startedDefinitionIds);
      // The instances' rows first: they are the locks that everything else of the instance stands behind.
      await this.writeInstances(tx, unit.instances);
      const folded = foldChanges(unit.changes);
      for (const [name, writer] of this.tables) {
        const table = folded.get(name);
        if (!table) continue;
        await writer.insert(tx, table.inserts);
        await writer.update(tx, table.updates);
        await writer.delete(tx, table.deletes);
      }
    });
  }

  private async writeInstances(tx: Transaction, instances: readonly TouchedInstance[]): Promise<void> {
    const sorted = [...instances].sort((a, b) => (a.id < b.id ? -1 : 1));
    await updateInstances(tx, sorted);
    await deleteInstances(tx, sorted);
    await this.instances.insert(
      tx,
      sorted.flatMap(({ before, after }) => {
        if (before || !after) return [];
        const { definitionId, definitionKey, startedAt, ...state } = after;
        return {
          ...state,
          processDefinitionId: definitionId,
          processDefinitionKey: definitionKey,
          startedAt: new Date(startedAt),
          revision: 1,
          state: storeState(after),
        };
      }),
    );
  }
}

async function updateInstances(tx: Transaction, instances: readonly TouchedInstance[]): Promise<void> {
  const updated = instances.flatMap(({ before, after }) => (before && after ? [{ before, after }] : []));
  if (updated.length === 0) return;
  const rows = await tx.query(
    `UPDATE process_instance p
     SET revision = v.revision + 1, process_definition_id = v.definition_id, process_definition_key = v.definition_key,
         business_key = v.business_key, suspended = v.suspended, state = v.state
     FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::jsonb[])
       AS v(id, revision, definition_id, definition_key, business_key, suspended, state)
     WHERE p.id = v.id AND p.revision = v.revision RETURNING p.id`,
    [
      updated.map(({ after }) => after.id),
      updated.map(({ before }) => before.revision),
      updated.map(({ after }) => after.definitionId),
      updated.map(({ after }) => after.definitionKey),
      updated.map(({ after }) => after.businessKey),
      updated.map(({ after }) => after.suspended),
      updated.map(({ after }) => storeState(after)),
    ],
  );
  if (rows.length < updated.length) throw new RevisionConflict('An instance has changed meanwhile');
}

async function deleteInstances(tx: Transaction, instances: readonly TouchedInstance[]): Promise<void> {
  const ended = instances.flatMap(({ before, after }) => (before && !after ? [before] : []));
  if (ended.length === 0) return;
  const rows = await tx.query(
    `DELETE FROM process_instance p USING unnest($1::text[], $2::integer[]) AS v(id, revision)
     WHERE p.id = v.id AND p.revision = v.revision RETURNING p.id`,
    [ended.map(({ id }) => id), ended.map(({ revision }) => revision)],
  );
  if (rows.length < ended.length) throw new RevisionConflict('An instance has changed meanwhile');
}

/** Like a foreign key's check: the definitions can't be deleted or suspended while the unit isn't committed. */
async function checkStartable(tx: Transaction, definitionIds: readonly string[]): Promise<void> {
  const ids = [...new Set(definitionIds)].sort();
  if (ids.length === 0) return;
  const rows = await tx.query<{ id: string; suspended: boolean }>(
    'SELECT id, suspended FROM process_definition WHERE id = ANY($1) ORDER BY id FOR SHARE',
    [ids],
  );
  for (const id of ids) {
    const definition = rows.find((row) => row.id === id);
    if (!definition) throw new NotFoundError(`Expected process definition '${id}' to exist, but there is none`);
    if (definition.suspended)
      throw new SuspendedError(`Expected process definition '${id}' to be active, but it is suspended`);
  }
}
