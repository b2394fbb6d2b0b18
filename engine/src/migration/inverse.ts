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
    const rows = footprint[change.table] ?? {};
    footprint[change.table] = rows;
    if (change.op === 'update') rows[change.id] = traceOf(Object.keys(change.set));
    else rows[change.id] = change.op === 'insert' ? 'inserted' : 'deleted';
  }
  return footprint;
}

function traceOf(columns: readonly string[]): Trace {
  return columns.length > 0 && columns.every((column) => OF_DEFINITION.has(column)) ? 'moved' : columns;
}

/** The rows, by table, that have to be kept as they were before a change set; what else it did is known without them. */
export function rowsToKeep(footprint: Footprint): { readonly [T in TableName]?: readonly string[] } {
  const tables = Object.entries(footprint).map(([table, rows]) => {
    const ids = Object.entries(rows).flatMap(([id, trace]) => (trace === 'inserted' || trace === 'moved' ? [] : [id]));
    return [table, ids] as const;
  });
  return Object.fromEntries(tables.filter(([, ids]) => ids.length > 0));
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
        changes.push({ op: 'update', table, id, set: Object.fromEntries(trace.map((name) => [name, row[name]])) });
    }
  return changes as Change[];
}
