import { type Condition, sql } from '../http/condition.js';
import type { Queryable } from '../persistence/database.js';
import type { OfIncident } from '../persistence/entities/of-incident.js';

/**
 * The job definition of each incident of a failed job, by the incident's id. The job itself tells it while it's there;
 * later the element does, where an element with several kinds of jobs leaves the first of them.
 */
export async function jobDefinitionsOf(
  database: Queryable,
  incidents: readonly OfIncident[],
): Promise<Map<string, string>> {
  const failed = incidents.filter(({ type }) => type === 'failedJob');
  if (failed.length === 0) return new Map();
  const rows = await database.query<{ id: string; definition: string }>(
    `SELECT i.id, (
       SELECT d.id FROM job_definition d LEFT JOIN job j ON j.id = i.configuration
       WHERE d.process_definition_id = i.process_definition_id AND d.element_id = coalesce(j.element_id, i.element_id)
         AND (j.id IS NULL OR (d.type = j.type AND d.configuration = j.configuration))
       ORDER BY d.id LIMIT 1) AS definition
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS i(id, configuration, process_definition_id, element_id)`,
    [
      failed.map(({ id }) => id),
      failed.map(({ configuration }) => configuration),
      failed.map(({ processDefinitionId }) => processDefinitionId),
      failed.map(({ elementId }) => elementId),
    ],
  );
  return new Map(rows.flatMap(({ id, definition }) => (definition ? [[id, definition]] : [])));
}

/** Over the entity alias `incident`: it is of a failed job of one of these definitions. */
export function ofJobDefinitions(ids: readonly string[]): Condition {
  return sql`(incident.type = 'failedJob' AND EXISTS (
    SELECT 1 FROM job_definition d WHERE d.id = ANY(${ids})
      AND d.process_definition_id = incident.processDefinitionId AND d.element_id = incident.elementId))`;
}
