import type { Change, TableName } from '../runtime/records.js';

/** What a change set has done to a row: it came, it went, or these columns changed. Plain JSON. */
export type Trace = 'inserted' | 'deleted' | readonly string[];

/** The rows that a change set has touched, by table and id. */
export type Footprint = { readonly [T in TableName]?: Readonly<Record<string, Trace>> };

type Row = Readonly<Record<string, unknown>>;

/** What has to be known of a change set so that it can be taken back once the rows before it are known too. */
export function footprintOf(changes: readonly Change[]): Footprint {
  const footprint: Partial<Record<TableName, Record<string, Trace>>> = {};
  for (const change of changes) {
    const rows = footprint[change.table] ?? {};
    footprint[change.table] = rows;
    if (change.op === 'update') rows[change.id] = Object.keys(change.set);
    else rows[change.id] = change.op === 'insert' ? 'inserted' : 'deleted';
  }
  return footprint;
}

/**
 * The change set that takes another one back: rows that came go, rows that went come back as they were, and the columns
 * that changed are as before. What others have written into other columns meanwhile stays.
 * @param before a row as it was before the change set; undefined where there was none, as for the history of a process
 *   that keeps none
 */
export function inverseOf(
  footprint: Footprint,
  before: (table: TableName, id: string) => Row | undefined,
): readonly Change[] {
  const changes: unknown[] = [];
  for (const [table, rows] of Object.entries(footprint))
    for (const [id, trace] of Object.entries(rows)) {
      const row = before(table as TableName, id);
      if (trace === 'inserted') changes.push({ op: 'delete', table, id });
      else if (row && trace === 'deleted') changes.push({ op: 'insert', table, id, row });
      else if (row && typeof trace !== 'string')
        changes.push({ op: 'update', table, id, set: Object.fromEntries(trace.map((name) => [name, row[name]])) });
    }
  return changes as Change[];
}
