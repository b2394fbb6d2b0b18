import type { Change, TableName, Tables } from './records.js';

/**
 * Gathers a command's changes and folds those of one row into one: a row that comes and goes leaves no trace. A row
 * that is inserted belongs to the recorder from then on.
 */
export class ChangeRecorder {
  private readonly tables = new Map<TableName, Map<string, Change>>();

  insert<T extends TableName>(table: T, row: Tables[T] & { readonly id: string }): void {
    this.of(table).set(row.id, { op: 'insert', table, id: row.id, row } as unknown as Change);
  }

  update<T extends TableName>(table: T, id: string, set: Partial<Tables[T]>): void {
    const changes = this.of(table);
    const before = changes.get(id);
    if (before?.op === 'insert') Object.assign(before.row, set);
    else if (before?.op === 'update') Object.assign(before.set, set);
    else if (!before) changes.set(id, { op: 'update', table, id, set: { ...set } } as Change);
  }

  delete(table: TableName, id: string): void {
    const changes = this.of(table);
    if (changes.get(id)?.op === 'insert') changes.delete(id);
    else changes.set(id, { op: 'delete', table, id } as Change);
  }

  list(): Change[] {
    const list: Change[] = [];
    for (const changes of this.tables.values()) for (const change of changes.values()) list.push(change);
    return list;
  }

  private of(table: TableName): Map<string, Change> {
    const changes = this.tables.get(table);
    if (changes) return changes;
    const created = new Map<string, Change>();
    this.tables.set(table, created);
    return created;
  }
}
