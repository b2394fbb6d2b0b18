import type { Database } from './database.js';
import { Gathering } from './gathering.js';

interface RootRow {
  readonly id: string;
  readonly root: string;
}

/** Finds the roots of instances. */
export class RootFinder {
  private readonly rows: Gathering<RootRow>;

  constructor(database: Database) {
    this.rows = new Gathering((ids) =>
      database.query<RootRow>('SELECT id, root_process_instance_id AS root FROM process_instance WHERE id = ANY($1)', [
        [...ids],
      ]),
    );
  }

  /** Null for an instance that has ended or never was. */
  async find(id: string): Promise<string | null> {
    return (await this.rows.get(id))?.root ?? null;
  }
}
