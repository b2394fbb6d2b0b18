import type { Change, TableName } from '@millrace/engine';

type Row = Readonly<Record<string, unknown>>;

/** What is left to do per row, after several commands of one unit of work have changed it. */
export interface FoldedTable {
  readonly inserts: readonly Row[];
  readonly updates: readonly { readonly id: string; readonly set: Row }[];
  readonly deletes: readonly string[];
}

type Net =
  | { readonly op: 'insert'; readonly row: Row }
  | { readonly op: 'update'; readonly set: Row }
  | { readonly op: 'delete' };

/**
 * One statement per row: a row that is inserted and updated is inserted as it ends up, one that is inserted and deleted
 * never was.
 */
export function foldChanges(changes: readonly Change[]): ReadonlyMap<TableName, FoldedTable> {
  const tables = new Map<TableName, Map<string, Net>>();
  for (const change of changes) {
    const rows = tables.get(change.table) ?? new Map<string, Net>();
    tables.set(change.table, rows);
    const net = combine(rows.get(change.id), change);
    if (net) rows.set(change.id, net);
    else rows.delete(change.id);
  }
  return new Map([...tables].map(([table, rows]) => [table, toFolded(rows)]));
}

function combine(before: Net | undefined, change: Change): Net | null {
  switch (change.op) {
    case 'insert':
      // Deleted before: the row is there, so it's overwritten.
      return before?.op === 'delete'
        ? { op: 'update', set: { ...change.row } }
        : { op: 'insert', row: { ...change.row } };
    case 'update':
      if (before?.op === 'insert') return { op: 'insert', row: { ...before.row, ...change.set } };
      if (before?.op === 'delete') return before;
      return { op: 'update', set: { ...before?.set, ...change.set } };
    case 'delete':
      return before?.op === 'insert' ? null : { op: 'delete' };
  }
}

function toFolded(rows: ReadonlyMap<string, Net>): FoldedTable {
  const inserts: Row[] = [];
  const updates: { id: string; set: Row }[] = [];
  const deletes: string[] = [];
  for (const [id, net] of rows) {
    if (net.op === 'insert') inserts.push(net.row);
    else if (net.op === 'update') updates.push({ id, set: net.set });
    else deletes.push(id);
  }
  return { inserts, updates, deletes };
}
