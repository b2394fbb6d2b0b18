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

/**
 * Copies the rows that the same commit changes, as they're stored now: so nobody can come between the copy and the change.
 * @param tables by the engine's name the database's
 */
export function snapshotPart(tables: Readonly<Record<string, string>>): StatementPart {
  const names = SNAPSHOT_COLUMNS.map(({ name }) => name);
  const rows = Object.entries(tables).map(([name, table]) => {
    const condition =
      name === 'variable'
        ? 't.process_instance_id = v.process_instance_id'
        : `t.id IN (SELECT jsonb_object_keys(v.footprint -> '${name}'))`;
    return `'${name}', (SELECT jsonb_object_agg(t.id, to_jsonb(t)) FROM ${table} t WHERE ${condition})`;
  });
  return {
    key: 'migration_snapshot+',
    columns: SNAPSHOT_COLUMNS,
    sql: (values) =>
      `INSERT INTO migration_snapshot (${names}, created_at, rows)
       SELECT ${names.map((name) => `v.${name}`)}, now(), jsonb_build_object(${rows}) FROM ${values}`,
    checks: [],
  };
}
