import type { StatementPart } from './statement-part.js';

/** An instance as it's before the commit. All parts of a commit's statement see the moment before it. */
export const SNAPSHOT_COLUMNS = [
  { name: 'id', type: 'text' },
  { name: 'migration_id', type: 'text' },
  { name: 'batch_id', type: 'text' },
  { name: 'process_instance_id', type: 'text' },
  { name: 'source_definition_id', type: 'text' },
  { name: 'target_definition_id', type: 'text' },
  { name: 'user_id', type: 'text' },
  { name: 'revision', type: 'integer' },
  { name: 'blocked', type: 'text' },
  { name: 'footprint', type: 'jsonb' },
  { name: 'state', type: 'jsonb' },
] as const;

/** By the engine's name of a table: the ids of the rows to copy. */
const KEPT = { name: 'kept', type: 'jsonb' } as const;

/** A table as the engine and as the database names it. */
interface SnapshotTable {
  readonly name: string;
  readonly table: string;
  /** What columns hold that are JSON themselves must stay as it is, nulls and all. */
  readonly hasJson: boolean;
}

/** Copies the rows that the same commit changes, as they're stored now: so nobody can come between the copy and the change. */
export function snapshotPart(tables: readonly SnapshotTable[]): StatementPart {
  const names = SNAPSHOT_COLUMNS.map(({ name }) => name);
  // Most migrations touch few of the tables: the others aren't looked at.
  const rows = tables.map(({ name, table, hasJson }) => {
    const row = hasJson ? 'to_jsonb(t)' : 'jsonb_strip_nulls(to_jsonb(t))';
    const ids = `ARRAY(SELECT jsonb_array_elements_text(v.kept -> '${name}'))`;
    return `CASE WHEN v.kept ? '${name}' THEN jsonb_build_object('${name}',
      (SELECT jsonb_object_agg(t.id, ${row}) FROM ${table} t WHERE t.id = ANY(${ids}))) ELSE '{}' END`;
  });
  return {
    key: 'migration_snapshot+',
    columns: [...SNAPSHOT_COLUMNS, KEPT],
    sql: (values) =>
      `INSERT INTO migration_snapshot (${names}, created_at, rows)
       SELECT ${names.map((name) => `v.${name}`)}, now(), ${rows.join(' || ')} FROM ${values}`,
    checks: [],
  };
}
