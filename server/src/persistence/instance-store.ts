import { type InstanceState, restoreState, type StoredInstance, type VariableRow } from '@millrace/engine';
import { ArrayLiteral } from './commit/array-literal.js';
import type { Database, Queryable } from './database.js';

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

/** Instances of one statement; more of them would keep the first waiting for too long. */
const MAX_IDS = 100;

interface Waiting {
  readonly id: string;
  readonly resolve: (state: InstanceState | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Loads instances for concurrent commands: those that are asked for while a statement is under way share the next one. */
export class InstanceLoader {
  private waiting: Waiting[] = [];
  private isBusy = false;

  constructor(private readonly database: Database) {}

  /** As `loadInstance`. */
  load(id: string): Promise<InstanceState | null> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ id, resolve, reject });
      if (!this.isBusy) this.start();
    });
  }

  private start(): void {
    this.isBusy = true;
    // Whoever asks in the same turn of the event loop is among the first.
    setImmediate(() => void this.loadWaiting());
  }

  private async loadWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, MAX_IDS);
      this.waiting = this.waiting.slice(MAX_IDS);
      await this.loadBatch(batch);
    }
    this.isBusy = false;
  }

  private async loadBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const values = [toTextArray(new Set(batch.map(({ id }) => id)))];
      const rows = await this.database.prepared<InstanceRow>({ name: 'load_instances', text: LOAD, values });
      const found = new Map(rows.map((row) => [row.id, row]));
      for (const { id, resolve, reject } of batch) {
        const row = found.get(id);
        try {
          resolve(row ? toState(row) : null);
        } catch (error) {
          reject(error);
        }
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function toTextArray(ids: Iterable<string>): string {
  const literal = new ArrayLiteral('text');
  for (const id of ids) literal.add(id);
  return String(literal);
}
