import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';
import type { Queryable } from './database.js';

type Row = Readonly<Record<string, unknown>>;

interface ColumnInfo {
  readonly property: string;
  readonly name: string;
  /** As in a cast. */
  readonly type: string;
}

/**
 * Writes many rows of one table with one statement: a column of values is one array parameter, so the statement's text
 * is the same for one row and for a thousand.
 */
export class TableWriter {
  private readonly table: string;
  private readonly columns: readonly ColumnInfo[];

  /**
   * @param expressions what to insert instead of a column's value; `v` is the row of values
   */
  constructor(
    dataSource: DataSource,
    entity: EntityTarget<ObjectLiteral>,
    private readonly expressions: Readonly<Record<string, string>> = {},
  ) {
    const metadata = dataSource.getMetadata(entity);
    this.table = metadata.tableName;
    this.columns = metadata.columns.map(({ propertyName, databaseName, type }) => ({
      property: propertyName,
      name: databaseName,
      type: String(type),
    }));
  }

  async insert(on: Queryable, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const names = this.columns.map(({ name }) => name);
    const selected = names.map((name) => this.expressions[name] ?? `v.${name}`);
    await on.query(
      `INSERT INTO ${this.table} (${names}) SELECT ${selected} FROM ${unnest(this.columns)}`,
      this.columns.map(({ property }) => rows.map((row) => row[property] ?? null)),
    );
  }

  /** Rows that set the same columns share a statement. */
  async update(on: Queryable, updates: readonly { readonly id: string; readonly set: Row }[]): Promise<void> {
    const groups = new Map<string, { id: string; set: Row }[]>();
    for (const update of updates) {
      const key = Object.keys(update.set).sort().join();
      if (key !== '') groups.set(key, [...(groups.get(key) ?? []), update]);
    }
    for (const group of groups.values()) await this.updateAlike(on, group);
  }

  private async updateAlike(on: Queryable, updates: readonly { readonly id: string; readonly set: Row }[]) {
    const changed = this.columns.filter(({ property }) => property !== 'id' && property in updates[0]!.set);
    const columns = [{ property: 'id', name: 'id', type: 'text' }, ...changed];
    await on.query(
      `UPDATE ${this.table} t SET ${changed.map(({ name }) => `${name} = v.${name}`)}
       FROM ${unnest(columns)} WHERE t.id = v.id`,
      [updates.map(({ id }) => id), ...changed.map(({ property }) => updates.map(({ set }) => set[property] ?? null))],
    );
  }

  async delete(on: Queryable, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await on.query(`DELETE FROM ${this.table} WHERE id = ANY($1)`, [ids]);
  }
}

/** `unnest($1::text[], …) AS v(id, …)` */
export function unnest(columns: readonly { readonly name: string; readonly type: string }[]): string {
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${type}[]`);
  return `unnest(${arrays}) AS v(${columns.map(({ name }) => name)})`;
}
