import { type InstanceState, restoreState, type StoredInstance, type VariableRow } from '@millrace/engine';
import type { Queryable } from './database.js';

interface InstanceRow {
  readonly revision: number;
  readonly state: StoredInstance;
  readonly variables: VariableRow[] | null;
}

// One statement sees one moment: tree and variables always belong together.
const LOAD = `
SELECT p.revision, p.state,
  (SELECT json_agg(json_build_object('id', v.id, 'name', v.name, 'activityInstanceId', v.activity_instance_id, 'taskId', v.task_id,
     'type', v.type, 'textValue', v.text_value, 'numberValue', v.number_value, 'valueInfo', v.value_info) ORDER BY v.id)
   FROM variable v WHERE v.process_instance_id = p.id) AS variables
FROM process_instance p WHERE p.id = $1`;

/** The instance as it's stored now; null when it has ended or never was. */
export async function loadInstance(from: Queryable, id: string): Promise<InstanceState | null> {
  const [row] = await from.query<InstanceRow>(LOAD, [id]);
  return row ? restoreState({ ...row.state, revision: row.revision }, row.variables ?? []) : null;
}
