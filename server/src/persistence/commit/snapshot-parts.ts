import { type KeptRows, rowsToKeep, type TableName } from '@millrace/engine';
import type { DataSource } from 'typeorm';
import type { MigrationSnapshot } from '../committer.js';
import { CHANGE_TABLES } from '../entities/all-entities.js';
import type { Batch } from './commit-statement.js';
import type { StatementPart } from './statement-part.js';

const COLUMNS = [
  { name: 'id', type: 'text' },
  { name: 'migration_id', type: 'text' },
  { name: 'batch_id', type: 'text' },
  { name: 'target_definition_id', type: 'text' },
  { name: 'user_id', type: 'text' },
  { name: 'blocked', type: 'text' },
  { name: 'footprint', type: 'jsonb' },
] as const;

/** Kept whenever the row is: an undo also asks who held the task before. */
const ALSO_KEPT: { readonly [T in TableName]?: string } = { externalTask: 'lockExpiresAt' };
/** Kept whole, because the state is put together from these rows. */
const KEPT_WHOLE: ReadonlySet<TableName> = new Set<TableName>(['variable']);

interface KeptTable {
  readonly name: TableName;
  readonly ids: readonly string[];
  /** As the database names them; null for all. */
  readonly columns: readonly string[] | null;
}

/**
 * Copies instances and the rows that the same commit changes, as they're stored now: all parts of a commit's statement see
 * the moment before it, so nobody can come between the copy and the change. Migrations that keep the same columns of the
 * same tables share a part.
 */
export class SnapshotParts {
  private readonly parts = new Map<string, StatementPart>();

  constructor(private readonly dataSource: DataSource) {}

  /** @param snapshot of an instance that the same batch updates */
  addTo(batch: Batch, snapshot: MigrationSnapshot): void {
    const tables = this.keptTables(snapshot);
    const key = tables.map(({ name, columns }) => `${name}(${columns ?? '*'})`).join();
    let part = this.parts.get(key);
    if (!part) {
      part = this.toPart(key, tables);
      this.parts.set(key, part);
    }
    const { id, migrationId, batchId, targetDefinitionId, userId, blocked, footprint, before } = snapshot;
    const values = [id, migrationId, batchId, targetDefinitionId, userId, blocked, footprint, before.id];
    batch.add(part, [...values, ...tables.map(({ ids }) => ids.join())]);
  }

  private keptTables({ footprint }: MigrationSnapshot): KeptTable[] {
    return Object.entries(rowsToKeep(footprint)).map(([table, kept]) => {
      const name = table as TableName;
      return { name, ids: kept.ids, columns: this.columnsOf(name, kept) };
    });
  }

  private columnsOf(name: TableName, { columns }: KeptRows): readonly string[] | null {
    if (columns === null || KEPT_WHOLE.has(name)) return null;
    const also = ALSO_KEPT[name];
    return this.dataSource
      .getMetadata(CHANGE_TABLES[name])
      .columns.filter(({ propertyName }) => columns.has(propertyName) || propertyName === also)
      .map(({ databaseName }) => databaseName);
  }

  private toPart(key: string, tables: readonly KeptTable[]): StatementPart {
    const names = COLUMNS.map(({ name }) => name);
    const kept = tables.map((_, i) => ({ name: `kept_${i}`, type: 'text' }));
    const rows = tables.map((table, i) => `'${table.name}', ${this.rowsOf(table, `v.${kept[i]!.name}`)}`);
    return {
      key: `migration_snapshot+${key}`,
      columns: [...COLUMNS, { name: 'process_instance_id', type: 'text' }, ...kept],
      sql: (values) =>
        `INSERT INTO migration_snapshot
           (${names}, process_instance_id, source_definition_id, revision, state, created_at, rows)
         SELECT ${names.map((name) => `v.${name}`)}, p.id, p.process_definition_id, p.revision + 1, p.state, now(),
           jsonb_build_object(${rows})
         FROM ${values} JOIN process_instance p ON p.id = v.process_instance_id`,
      checks: [],
    };
  }

  /** An object of rows by their ids. What columns hold that are JSON themselves stays as it is, nulls and all. */
  private rowsOf({ name, columns }: KeptTable, ids: string): string {
    const { tableName, columns: all } = this.dataSource.getMetadata(CHANGE_TABLES[name]);
    const row = columns ? `jsonb_build_object(${columns.map((column) => `'${column}', t.${column}`)})` : 'to_jsonb(t)';
    const hasJson = all.some(({ type, databaseName }) => type === 'jsonb' && (columns?.includes(databaseName) ?? true));
    return `(SELECT jsonb_object_agg(t.id, ${hasJson ? row : `jsonb_strip_nulls(${row})`})
      FROM ${tableName} t WHERE t.id = ANY(string_to_array(${ids}, ',')))`;
  }
}
