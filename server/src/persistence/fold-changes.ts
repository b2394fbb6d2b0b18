import type { Change } from '@millrace/engine';

/**
 * One change per row: a row that is inserted and updated is inserted as it ends up, one that is inserted and deleted
 * never was.
 * @param sets the change sets of one command after the other; within a set a row stands once
 */
export function foldChanges(sets: readonly (readonly Change[])[]): readonly Change[] {
  if (sets.length <= 1) return sets[0] ?? [];
  const tables = new Map<string, Map<string, Change>>();
  for (const set of sets)
    for (const change of set) {
      const rows = tables.get(change.table) ?? new Map<string, Change>();
      tables.set(change.table, rows);
      const net = combine(rows.get(change.id), change);
      if (net) rows.set(change.id, net);
      else rows.delete(change.id);
    }
  return [...tables.values()].flatMap((rows) => [...rows.values()]);
}

function combine(before: Change | undefined, change: Change): Change | null {
  if (!before) return change;
  const { table, id } = change;
  switch (change.op) {
    case 'insert':
      // Deleted before: the row is there, so it's overwritten.
      return before.op === 'delete' ? ({ op: 'update', table, id, set: change.row } as unknown as Change) : change;
    case 'update':
      if (before.op === 'delete') return before;
      if (before.op === 'insert')
        return { op: 'insert', table, id, row: { ...before.row, ...change.set } } as unknown as Change;
      return { op: 'update', table, id, set: { ...before.set, ...change.set } } as unknown as Change;
    case 'delete':
      return before.op === 'insert' ? null : change;
  }
}
