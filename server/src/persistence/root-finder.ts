import type { Database } from './database.js';

interface Waiting {
  readonly id: string;
  readonly resolve: (root: string | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Finds the roots of instances: those that are asked for in the same turn of the event loop share a statement. */
export class RootFinder {
  private waiting: Waiting[] = [];

  constructor(private readonly database: Database) {}

  /** Null for an instance that has ended or never was. */
  find(id: string): Promise<string | null> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ id, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => void this.ask());
    });
  }

  private async ask(): Promise<void> {
    const asked = this.waiting;
    this.waiting = [];
    try {
      const rows = await this.database.query<{ id: string; root: string }>(
        'SELECT id, root_process_instance_id AS root FROM process_instance WHERE id = ANY($1)',
        [[...new Set(asked.map(({ id }) => id))]],
      );
      const roots = new Map(rows.map(({ id, root }) => [id, root]));
      for (const { id, resolve } of asked) resolve(roots.get(id) ?? null);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
