import {
  InvalidCommandError,
  inverseOf,
  NotFoundError,
  restoreState,
  type TableName,
  type VariableRow,
} from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { BatchContext, BatchHandler, Skipped } from '../batch/batch-handler.js';
import { Database } from '../persistence/database.js';
import { CHANGE_TABLES } from '../persistence/entities/all-entities.js';
import type { MigrationSnapshotEntity } from '../persistence/entities/migration-snapshot.js';
import { VariableEntity } from '../persistence/entities/variable.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { REASON } from './migration-log.query.js';

export interface MigrationUndo {
  readonly migrationId: string;
}

type Snapshot = Pick<MigrationSnapshotEntity, 'id' | 'revision' | 'footprint' | 'state' | 'rows'> & {
  readonly reason: string | null;
};

/** Puts one instance back to where it stood before its migration. One that has moved on is skipped. */
@Injectable()
export class MigrationUndoHandler implements BatchHandler<MigrationUndo> {
  readonly type = 'migration-undo';

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async run(
    instanceId: string,
    { migrationId }: MigrationUndo,
    { options }: BatchContext,
  ): Promise<Skipped | undefined> {
    const snapshot = await this.snapshot(instanceId, migrationId);
    if (!snapshot) return { skipped: 'Nothing is left with which it could be undone' };
    const { reason, revision, footprint, state } = snapshot;
    if (reason !== null) return { skipped: reason };
    const before = restoreState(state, await this.variablesBefore(instanceId, snapshot));
    const former = { processDefinitionId: before.definitionId, processDefinitionKey: before.definitionKey };
    const changes = inverseOf(footprint, former, (table, id) => this.row(snapshot, table, id));
    try {
      await this.unitOfWork.run(
        instanceId,
        { kind: 'restore', before, changes, revision },
        { ...options, isAlone: true },
      );
    } catch (error) {
      // Somebody was quicker.
      if (error instanceof NotFoundError) return { skipped: 'It has ended' };
      if (error instanceof InvalidCommandError) return { skipped: 'It has moved on since its migration' };
      throw error;
    }
    // Were this lost by a crash, the snapshot would only be said to have moved on.
    await this.database.query('UPDATE migration_snapshot SET undone_at = now() WHERE id = $1', [snapshot.id]);
    return undefined;
  }

  private async snapshot(instanceId: string, migrationId: string): Promise<Snapshot | undefined> {
    const [snapshot] = await this.database.query<Snapshot>(
      `SELECT s.id, s.revision, s.footprint, s.state, s.rows, ${REASON} AS reason
       FROM migration_snapshot s LEFT JOIN process_instance p ON p.id = s.process_instance_id
       WHERE s.migration_id = $1 AND s.process_instance_id = $2`,
      [migrationId, instanceId],
    );
    return snapshot;
  }

  /**
   * Those of now, but for what the migration has changed. Should somebody change more of them meanwhile, the instance has
   * moved on, and the command will say so.
   */
  private async variablesBefore(instanceId: string, snapshot: Snapshot): Promise<VariableRow[]> {
    const traces = snapshot.footprint.variable ?? {};
    const now = await this.database.dataSource.getRepository(VariableEntity).findBy({ processInstanceId: instanceId });
    const kept = Object.keys(snapshot.rows.variable ?? {}).map((id) => this.row(snapshot, 'variable', id) as unknown);
    return [...now.filter(({ id }) => traces[id] === undefined), ...(kept as VariableRow[])];
  }

  /** A row as the engine knows it. */
  private row({ rows }: Snapshot, table: TableName, id: string): Readonly<Record<string, unknown>> | undefined {
    const stored = rows[table]?.[id];
    if (!stored) return undefined;
    const { columns } = this.database.dataSource.getMetadata(CHANGE_TABLES[table]);
    return Object.fromEntries(
      columns.map(({ propertyName, databaseName, type }) => {
        const value = stored[databaseName] ?? null;
        return [propertyName, type === 'timestamptz' && value !== null ? new Date(String(value)) : value];
      }),
    );
  }
}
