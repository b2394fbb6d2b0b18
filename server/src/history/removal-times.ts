import { formatDate } from '../http/date.js';
import type { Database } from '../persistence/database.js';

/**
 * Fills in when the history of ended instances may go: the end of the outermost instance plus the time that its
 * definition lets history live; null where it lives for ever or nothing has ended yet.
 */
export async function withRemovalTimes<D extends { rootProcessInstanceId: string | null; removalTime: string | null }>(
  database: Database,
  dtos: readonly D[],
): Promise<D[]> {
  if (dtos.length === 0) return [];
  // Nothing but the ids is asked for: told that they have ended, PostgreSQL may look through all that have.
  const rows = await database.query<{ id: string; at: Date | null }>(
    `SELECT i.id, i.ended_at + d.history_time_to_live * interval '1 day' AS at
       FROM historic_process_instance i JOIN process_definition d ON d.id = i.process_definition_id
      WHERE i.id = ANY($1)`,
    [[...new Set(dtos.map(({ rootProcessInstanceId }) => rootProcessInstanceId))]],
  );
  const byRoot = new Map(rows.map(({ id, at }) => [id, at && formatDate(at)]));
  return dtos.map((dto) => ({ ...dto, removalTime: byRoot.get(dto.rootProcessInstanceId ?? '') ?? null }));
}
