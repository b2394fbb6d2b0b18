import type { Queryable } from '../../persistence/database.js';

/** Running instances of one version that stand at the same places and wait for the same things. */
export interface InstanceGroup {
  readonly definitionId: string;
  readonly count: number;
  /** One of them. */
  readonly sampleId: string;
}

// A state's signature: the distinct places of its tree with all that a migration looks at. How many tokens are at one
// place doesn't matter to any check, but at a join, which counts them.
const GROUPS = `
WITH signed AS (
  SELECT p.id, p.process_definition_id AS definition_id, (
    SELECT jsonb_agg(DISTINCT jsonb_build_array(
      n->'elementId', n->'phase', n->'flowId', n->'listener'->'event', n->'listener'->'index',
      jsonb_path_query_array(n, '$.subscriptions[*].elementId'), jsonb_path_query_array(n, '$.jobs[*].elementId'),
      jsonb_path_query_array(n, '$.compensations.**.handlerId'), n ? 'externalTask', n ? 'calledInstanceId',
      CASE n->>'phase' WHEN 'joining' THEN (
        SELECT count(*) FROM jsonb_array_elements(p.state->'nodes') o
        WHERE o->>'phase' = 'joining' AND o->'elementId' = n->'elementId' AND o->'parentId' = n->'parentId') END))
    FROM jsonb_array_elements(p.state->'nodes') n) AS signature
  FROM process_instance p WHERE p.process_definition_id = ANY($1))
SELECT definition_id AS "definitionId", count(*)::int AS count, min(id) AS "sampleId"
FROM signed GROUP BY definition_id, signature ORDER BY definition_id, count(*) DESC, min(id)`;

export function instanceGroups(on: Queryable, definitionIds: readonly string[]): Promise<InstanceGroup[]> {
  return on.query<InstanceGroup>(GROUPS, [definitionIds]);
}
