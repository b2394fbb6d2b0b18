interface Waiting<Row> {
  readonly id: string;
  readonly resolve: (row: Row | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Enough to share a statement's cost, few enough that the first doesn't wait for long. */
const MAX_IDS = 100;

/** Fetches rows by their ids for many who ask at once: those that ask while a statement is under way share the next one. */
export class Gathering<Row extends { readonly id: string }> {
  private waiting: Waiting<Row>[] = [];
  private isBusy = false;

  /** @param fetch the rows that there are, in any order */
  constructor(private readonly fetch: (ids: ReadonlySet<string>) => Promise<readonly Row[]>) {}

  /** Null when there is none. Whoever asks for the same id at the same time gets the same row. */
  get(id: string): Promise<Row | null> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ id, resolve, reject });
      if (this.isBusy) return;
      this.isBusy = true;
      // Whoever asks in the same turn of the event loop is among the first.
      setImmediate(() => void this.fetchWaiting());
    });
  }

  private async fetchWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, MAX_IDS);
      this.waiting = this.waiting.slice(MAX_IDS);
      try {
        const rows = await this.fetch(new Set(batch.map(({ id }) => id)));
        const found = new Map(rows.map((row) => [row.id, row]));
        for (const { id, resolve } of batch) resolve(found.get(id) ?? null);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.isBusy = false;
  }
}
