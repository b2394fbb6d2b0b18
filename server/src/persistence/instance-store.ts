import { type InstanceState, restoreState, type StoredInstance, type VariableRow } from '@millrace/engine';
import { encodeArray } from './commit/encode-array.js';
import type { Database, Queryable } from './database.js';
import { Gathering } from './gathering.js';

interface InstanceRow {
  readonly id: string;
  readonly revision: number;
  readonly state: StoredInstance;
  readonly variables: VariableRow[] | null;
}

// One statement sees one moment: tree and variables always belong together.
const LOAD = `
SELECT p.id, p.revision, p.state,
  (SELECT json_agg(json_build_object('id', v.id, 'name', v.name, 'activityInstanceId', v.activity_instance_id, 'taskId', v.task_id,
     'type', v.type, 'textValue', v.text_value, 'numberValue', v.number_value, 'valueInfo', v.value_info) ORDER BY v.id)
   FROM variable v WHERE v.process_instance_id = p.id) AS variables
FROM process_instance p WHERE p.id = ANY($1)`;

/** The instance as it's stored now; null when it has ended or never was. */
export async function loadInstance(from: Queryable, id: string): Promise<InstanceState | null> {
  const [row] = await from.query<InstanceRow>(LOAD, [[id]]);
  return row ? toState(row) : null;
}

/** As `loadInstance`, all at one moment. What isn't there is left out. */
export async function loadInstances(
  from: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, InstanceState>> {
  const rows = await from.query<InstanceRow>(LOAD, [ids]);
  return new Map(rows.map((row) => [row.id, toState(row)]));
}

function toState({ revision, state, variables }: InstanceRow): InstanceState {
  return restoreState({ ...state, revision }, variables ?? []);
}

/** Loads instances for concurrent commands. */
export class InstanceLoader {
  private readonly rows: Gathering<InstanceRow>;

  constructor(database: Database) {
    this.rows = new Gathering((ids) =>
      database.prepared<InstanceRow>({ name: 'load_instances', text: LOAD, values: [encodeArray('text', ids)] }),
    );
  }

  /** As `loadInstance`. */
  async load(id: string): Promise<InstanceState | null> {
    const row = await this.rows.get(id);
    return row ? toState(row) : null;
  }
}
