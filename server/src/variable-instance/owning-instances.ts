import type { Queryable } from '../persistence/database.js';

/** What a variable's row leaves to that of its process instance. */
export interface OwningInstance {
  readonly rootProcessInstanceId: string;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
}

/** Adds to each variable what its process instance's row says. */
export async function withOwningInstances<V extends { readonly processInstanceId: string }>(
  database: Queryable,
  table: 'process_instance' | 'historic_process_instance',
  variables: readonly V[],
): Promise<(V & OwningInstance)[]> {
  if (variables.length === 0) return [];
  const rows = await database.query<OwningInstance & { id: string }>(
    `SELECT id, root_process_instance_id AS "rootProcessInstanceId", process_definition_id AS "processDefinitionId",
       process_definition_key AS "processDefinitionKey" FROM ${table} WHERE id = ANY($1)`,
    [[...new Set(variables.map(({ processInstanceId }) => processInstanceId))]],
  );
  const byId = new Map(rows.map(({ id, ...instance }) => [id, instance]));
  // A variable without an instance has been deleted with it since it was read.
  return variables.flatMap((variable) => {
    const instance = byId.get(variable.processInstanceId);
    return instance ? [{ ...variable, ...instance }] : [];
  });
}
