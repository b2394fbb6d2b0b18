import type { Change, TableName } from '../runtime/records.js';

/** What a change set has done to a row: it came, it went, it only got another definition, or these columns changed. Plain JSON. */
export type Trace = 'inserted' | 'deleted' | 'moved' | readonly string[];

/** The rows that a change set has touched, by table and id. */
export type Footprint = { readonly [T in TableName]?: Readonly<Record<string, Trace>> };

type Row = Readonly<Record<string, unknown>>;

/** By which definition an instance ran before. */
export interface FormerDefinition {
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
}

const OF_DEFINITION: ReadonlySet<string> = new Set<keyof FormerDefinition>([
  'processDefinitionId',
  'processDefinitionKey',
]);

/** What has to be known of a change set so that it can be taken back once the rows before it are known too. */
export function footprintOf(changes: readonly Change[]): Footprint {
  const footprint: Partial<Record<TableName, Record<string, Trace>>> = {};
  for (const change of changes) {
    // A dictionary from the start: of objects with such keys V8 would keep a shape each.
    const rows: Record<string, Trace> = footprint[change.table] ?? Object.create(null);
    footprint[change.table] = rows;
    if (change.op === 'update') rows[change.id] = traceOf(Object.keys(change.set));
    else rows[change.id] = change.op === 'insert' ? 'inserted' : 'deleted';
  }
  return footprint;
}

function traceOf(columns: readonly string[]): Trace {
  return columns.length > 0 && columns.every((column) => OF_DEFINITION.has(column)) ? 'moved' : columns;
}

/** Rows of one table that have to be kept as they were before a change set. */
export interface KeptRows {
  readonly ids: readonly string[];
  /** The columns that changed in any of them, but for the definition; null when one of them went, so that all of its columns are wanted. */
  readonly columns: ReadonlySet<string> | null;
}

/** What has to be kept of each table; what else a change set did is known without it. */
export function rowsToKeep(footprint: Footprint): { readonly [T in TableName]?: KeptRows } {
  const kept: Partial<Record<TableName, KeptRows>> = {};
  for (const [table, rows] of Object.entries(footprint)) {
    const ids: string[] = [];
    const columns = new Set<string>();
    let isWhole = false;
    for (const [id, trace] of Object.entries(rows)) {
      if (trace === 'inserted' || trace === 'moved') continue;
      ids.push(id);
      if (trace === 'deleted') isWhole = true;
      else for (const column of trace) if (!OF_DEFINITION.has(column)) columns.add(column);
    }
    if (ids.length > 0) kept[table as TableName] = { ids, columns: isWhole ? null : columns };
  }
  return kept;
}

/**
 * The change set that takes another one back: rows that came go, rows that went come back as they were, and the columns
 * that changed are as before. What others have written into other columns meanwhile stays.
 * @param definition of the instance before the change set
 * @param before a row as it was before the change set; undefined where there was none, as for the history of a process
 *   that keeps none
 */
export function inverseOf(
  footprint: Footprint,
  definition: FormerDefinition,
  before: (table: TableName, id: string) => Row | undefined,
): readonly Change[] {
  const changes: unknown[] = [];
  for (const [table, rows] of Object.entries(footprint))
    for (const [id, trace] of Object.entries(rows)) {
      if (trace === 'inserted') {
        changes.push({ op: 'delete', table, id });
        continue;
      }
      if (trace === 'moved') {
        changes.push({ op: 'update', table, id, set: definition });
        continue;
      }
      const row = before(table as TableName, id);
      if (row && trace === 'deleted') changes.push({ op: 'insert', table, id, row });
      else if (row && typeof trace !== 'string')
        changes.push({ op: 'update', table, id, set: formerValues(trace, definition, row) });
    }
  return changes as Change[];
}

function formerValues(columns: readonly string[], definition: FormerDefinition, row: Row): Row {
  const former: Row = { ...row, ...definition };
  return Object.fromEntries(columns.map((column) => [column, former[column]]));
}
