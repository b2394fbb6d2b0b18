/** A PostgreSQL cluster of its own. */
export interface PrivatePostgres {
  /** Of its database `postgres`. */
  readonly url: string;
  urlOf(database: string): string;
  readonly port: number;
  readonly version: string;
  /** Of its postmaster. */
  readonly pid: number;
  sql(statement: string, database?: string): string[][];
  stopServer(mode: 'fast' | 'immediate'): void;
  startServer(): void;
  /** For good: removes its files. */
  stop(): void;
}

export function startPostgres(settings?: Readonly<Record<string, string | number>>): Promise<PrivatePostgres>;
