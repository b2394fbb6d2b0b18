import type { Queryable } from '../persistence/database.js';
import type { VariableEntity } from '../persistence/entities/variable.js';

/** Every place of a parallel multi-instance has it. */
const COUNTER = 'loopCounter';

/**
 * Variables of a loop lie in a place of their own around each instance. Clients look for them at the activity instance
 * that is in there: from the places of these variables to what is in them now.
 */
export async function activityInstancesInPlaces(
  from: Queryable,
  variables: readonly Pick<VariableEntity, 'name' | 'activityInstanceId' | 'processInstanceId'>[],
): Promise<ReadonlyMap<string, string>> {
  const counters = variables.filter(({ name }) => name === COUNTER);
  if (counters.length === 0) return new Map();
  const nodes = await from.query<{ id: string; parentId: string | null; phase: string }>(
    `SELECT n->>'id' AS id, n->>'parentId' AS "parentId", n->>'phase' AS phase
     FROM process_instance p, jsonb_array_elements(p.state->'nodes') n WHERE p.id = ANY($1)`,
    [[...new Set(counters.map(({ processInstanceId }) => processInstanceId))]],
  );
  const places = new Set(nodes.filter(({ phase }) => phase === 'token').map(({ id }) => id));
  return new Map(
    nodes.flatMap(({ id, parentId }) => (parentId !== null && places.has(parentId) ? [[parentId, id] as const] : [])),
  );
}
