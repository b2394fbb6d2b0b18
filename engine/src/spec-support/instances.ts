import type { Command } from '../runtime/commands.js';
import type { TableName, Tables } from '../runtime/records.js';
import type { ProcessTest } from '../testing/index.js';

type Row<T extends TableName> = Tables[T];

/** The tables whose rows live only as long as their instance. */
export const RUNTIME_TABLES: readonly TableName[] = [
  'variable',
  'userTask',
  'identityLink',
  'externalTask',
  'job',
  'eventSubscription',
  'incident',
];

export function rowsOf<T extends TableName>(engine: ProcessTest, table: T): Row<T>[] {
  return [...(engine.host.rows[table] as unknown as Map<string, Row<T>>).values()];
}

/** The only row of a table that fits. */
export function onlyRow<T extends TableName>(engine: ProcessTest, table: T, elementId?: string): Row<T> {
  const rows = rowsOf(engine, table).filter(
    (row) => elementId === undefined || ('elementId' in row && row.elementId === elementId),
  );
  if (rows.length === 1) return rows[0]!;
  throw new Error(`Expected one row of ${table}${elementId ? ` at '${elementId}'` : ''}, but there are ${rows.length}`);
}

/** How many runtime rows are left, by table; empty tables are left out. */
export function leftovers(engine: ProcessTest): Record<string, number> {
  const counts = RUNTIME_TABLES.map((table) => [table, engine.host.rows[table].size] as const);
  return Object.fromEntries(counts.filter(([, size]) => size > 0));
}

/** Every activity instance in the history: `<element>`, with a mark where it was cancelled or hasn't ended. */
export function history(engine: ProcessTest): string[] {
  return rowsOf(engine, 'historicActivityInstance').map(
    ({ elementId, endedAt, canceled }) => `${elementId}${endedAt ? (canceled ? ' (canceled)' : '') : ' (open)'}`,
  );
}

/** Sends a command as a host does, without running jobs afterwards. */
export function send(engine: ProcessTest, instanceId: string, command: Command): void {
  engine.host.run(instanceId, command);
}

/** Runs the only job at an element, as the job executor does, but lets its failure through. */
export function runJobAt(engine: ProcessTest, elementId: string): void {
  const { id, processInstanceId } = onlyRow(engine, 'job', elementId);
  send(engine, processInstanceId ?? '', { kind: 'executeJob', jobId: id });
}
