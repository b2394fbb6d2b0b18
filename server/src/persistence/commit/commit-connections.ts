import pg from 'pg';
import type { Logger } from 'pino';
import { isUndone } from '../conflicts.js';
import type { Database, PreparedStatement } from '../database.js';

/** Where commits are sent: each statement is a transaction of its own. */
export interface CommitConnections {
  /** How many statements can be under way at once. */
  readonly count: number;
  /** @throws the driver's error; the commit is then undone, or its fate unknown when the connection was lost */
  execute(statement: PreparedStatement): Promise<void>;
  close(): Promise<void>;
}

/**
 * Commits look rows up by their ids only, and their plans are made once, maybe when the tables are still empty. So the
 * planner is told what it would find out later: use the index. Compiling a plan of many small parts never pays.
 */
const SESSION =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';

/** As far as it doesn't harm the reads that share the session. */
const SHARED_SESSION =
  "SELECT set_config('plan_cache_mode', 'force_generic_plan', false), set_config('enable_seqscan', 'off', false)";

/** PostgreSQL ends what takes too long by itself; when it hasn't by then, there is nobody at the other end. */
const SILENCE_MS = 5_000;

/** Connections of their own to a PostgreSQL server, so that commits never wait behind reads. */
export class PostgresConnections implements CommitConnections {
  private readonly pool: pg.Pool;

  /** @param timeoutMs how long one statement may take; 0 for ever */
  constructor(
    url: string,
    readonly count: number,
    timeoutMs: number,
    logger: Logger,
  ) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: count,
      application_name: 'millrace commit',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      options: SESSION,
      ...(timeoutMs > 0 && { statement_timeout: timeoutMs, query_timeout: timeoutMs + SILENCE_MS }),
    });
    const report = (error: Error) => logger.error({ err: error }, 'database connection lost');
    this.pool.on('error', report);
    // The pool listens only while a connection is idle; one that breaks at work would end the process.
    this.pool.on('connect', (client) => client.on('error', report));
  }

  async execute({ name, text, values }: PreparedStatement): Promise<void> {
    const client = await this.pool.connect();
    let doubtful: Error | undefined;
    try {
      await client.query({ name, text, values: [...values] });
    } catch (error) {
      if (!isUndone(error)) doubtful = error as Error;
      throw error;
    } finally {
      client.release(doubtful);
    }
  }

  async close(): Promise<void> {
    if (!this.pool.ended) await this.pool.end();
  }
}

/** The embedded database's one session, which reads share. */
export class EmbeddedConnections implements CommitConnections {
  readonly count = 1;
  private settled: Promise<unknown> | null = null;

  constructor(private readonly database: Database) {}

  async execute(statement: PreparedStatement): Promise<void> {
    this.settled ??= this.database.query(SHARED_SESSION);
    await this.settled;
    await this.database.prepared(statement);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
