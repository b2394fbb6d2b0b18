import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';

/** Where statements can be sent: the database itself (each on its own) or one transaction. */
export interface Queryable {
  /** The rows; of UPDATE and DELETE those of RETURNING. */
  query<T = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<T[]>;
}

export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
  /** Buffers are sent in PostgreSQL's binary form. */
  readonly values: readonly Buffer[];
}

interface PreparingClient {
  query(statement: PreparedStatement): Promise<{ readonly rows: unknown[] }>;
}

/** Statements that are committed together or not at all. */
export interface Transaction extends Queryable {
  /** For TypeORM's query builder inside the transaction. */
  readonly runner: QueryRunner;
}

/**
 * Set while a transaction's work runs, also in what it calls. Only for the embedded database, where a second statement
 * would wait for ever: once it's used, every promise of the process costs more.
 */
const insideTransaction = new AsyncLocalStorage<true>();

/** The one way to the data: PostgreSQL, or the embedded database that speaks the same SQL. */
@Injectable()
export class Database implements Queryable {
  constructor(
    readonly dataSource: DataSource,
    private readonly hasOneConnection: boolean,
  ) {}

  async query<T = Record<string, unknown>>(sql: string, params: readonly unknown[] = []): Promise<T[]> {
    refuseInsideTransaction();
    const runner = this.dataSource.createQueryRunner();
    try {
      return await rows<T>(runner, sql, params);
    } finally {
      await runner.release();
    }
  }

  /** A statement that the connection keeps ready under a name. Its values are in PostgreSQL's text form. */
  async prepared<T = Record<string, unknown>>(statement: PreparedStatement): Promise<T[]> {
    refuseInsideTransaction();
    const runner = this.dataSource.createQueryRunner();
    try {
      const client: PreparingClient = await runner.connect();
      const { rows } = await client.query(statement);
      return rows as T[];
    } finally {
      await runner.release();
    }
  }

  /** Runs `work` in a transaction; it's committed when `work` ends and rolled back when it throws. */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    refuseInsideTransaction();
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      const tx: Transaction = {
        runner,
        query: <R>(sql: string, params: readonly unknown[] = []) => rows<R>(runner, sql, params),
      };
      const result = await (this.hasOneConnection ? insideTransaction.run(true, () => work(tx)) : work(tx));
      await runner.commitTransaction();
      return result;
    } catch (error) {
      // The first error is the one to tell; a connection that is gone rolls back by itself.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

/** A second connection would wait for the first for ever. */
function refuseInsideTransaction(): void {
  if (insideTransaction.getStore()) throw new Error('Expected every statement inside a transaction to go through it');
}

async function rows<T>(runner: QueryRunner, sql: string, params: readonly unknown[]): Promise<T[]> {
  const { records } = await runner.query(sql, [...params], true);
  return (records ?? []) as T[];
}
