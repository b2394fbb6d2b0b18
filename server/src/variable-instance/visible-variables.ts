import { fromColumns, type StoredInstance, type TypedValue, type ValueColumns } from '@millrace/engine';
import type { Queryable } from '../persistence/database.js';

/** From where variables are seen: an activity instance with the scopes around it, and before them a task. */
export interface VariableScope {
  readonly processInstanceId: string;
  readonly activityInstanceId: string;
  readonly taskId: string | null;
}

type Values = Record<string, TypedValue>;

interface Row extends ValueColumns {
  readonly processInstanceId: string;
  /** The task or activity instance that holds it. */
  readonly holder: string;
  readonly name: string;
}

/**
 * The variables that can be seen from each scope, the innermost of a name winning. Files come without their bytes
 * unless asked for. One statement for all scopes; a second one only where a scope in between holds variables, to learn which that are.
 * @param names null for all
 */
export async function visibleVariables(
  database: Queryable,
  scopes: readonly VariableScope[],
  names: readonly string[] | null,
  withFiles = false,
): Promise<Values[]> {
  if (scopes.length === 0 || names?.length === 0) return scopes.map(() => ({}));
  const rows = await database.query<Row>(
    `SELECT v.process_instance_id AS "processInstanceId", coalesce(v.task_id, v.activity_instance_id) AS holder, v.name,
       ${valueColumns(withFiles)}
     FROM variable v
     WHERE v.process_instance_id = ANY($1) AND (v.task_id IS NULL OR v.task_id = ANY($2))
       AND ($3::text[] IS NULL OR v.name = ANY($3))`,
    [unique(scopes.map((scope) => scope.processInstanceId)), scopes.flatMap(({ taskId }) => taskId ?? []), names],
  );
  const held = new Map<string, Values>();
  for (const row of rows) {
    const values = held.get(row.holder) ?? {};
    values[row.name] = fromColumns(row);
    held.set(row.holder, values);
  }
  const direct = new Set(scopes.flatMap((scope) => Object.values(scope)));
  const between = unique(rows.filter(({ holder }) => !direct.has(holder)).map((row) => row.processInstanceId));
  const parents = await parentsOf(database, between);
  return scopes.map((scope) => {
    let visible: Values = {};
    for (const holder of chain(scope, parents)) visible = { ...held.get(holder), ...visible };
    return visible;
  });
}

/** The variables that the scope itself holds: the task when it is one, else the activity instance. */
export async function localVariables(
  database: Queryable,
  scopes: readonly VariableScope[],
  names: readonly string[] | null,
  withFiles = false,
): Promise<Values[]> {
  const rows = await database.query<Omit<Row, 'processInstanceId'>>(
    `SELECT coalesce(v.task_id, v.activity_instance_id) AS holder, v.name, ${valueColumns(withFiles)}
     FROM variable v
     WHERE v.process_instance_id = ANY($1) AND coalesce(v.task_id, v.activity_instance_id) = ANY($2)
       AND ($3::text[] IS NULL OR v.name = ANY($3))`,
    [
      unique(scopes.map((scope) => scope.processInstanceId)),
      scopes.map((scope) => scope.taskId ?? scope.activityInstanceId),
      names,
    ],
  );
  return scopes.map((scope) => {
    const own = rows.filter(({ holder }) => holder === (scope.taskId ?? scope.activityInstanceId));
    return Object.fromEntries(own.map((row) => [row.name, fromColumns(row)]));
  });
}

function valueColumns(withFiles: boolean): string {
  const text = withFiles ? 'v.text_value' : "CASE WHEN v.type <> 'File' THEN v.text_value END";
  return `v.type, ${text} AS "textValue", v.number_value AS "numberValue", v.value_info AS "valueInfo"`;
}

/** From the innermost holder to the process instance. */
function chain(scope: VariableScope, parents: ReadonlyMap<string, string | null>): string[] {
  const holders = scope.taskId === null ? [] : [scope.taskId];
  let node: string | null | undefined = scope.activityInstanceId;
  for (; node; node = parents.get(node)) holders.push(node);
  if (!holders.includes(scope.processInstanceId)) holders.push(scope.processInstanceId);
  return holders;
}

async function parentsOf(database: Queryable, instanceIds: readonly string[]): Promise<Map<string, string | null>> {
  const parents = new Map<string, string | null>();
  if (instanceIds.length === 0) return parents;
  const rows = await database.query<{ nodes: StoredInstance['nodes'] }>(
    "SELECT state->'nodes' AS nodes FROM process_instance WHERE id = ANY($1)",
    [instanceIds],
  );
  for (const { nodes } of rows) for (const { id, parentId } of nodes) parents.set(id, parentId);
  return parents;
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
