import { EventEmitter } from 'node:events';
import { type messages, type PGlite, protocol } from '@electric-sql/pglite';
import pg from 'pg';
import { toParameter } from './parameters.js';

/** What the `pg` driver answers, as far as TypeORM reads it. */
export interface QueryAnswer {
  readonly rows: Record<string, unknown>[];
  readonly rowCount: number | null;
  readonly command: string | null;
}

type Callback = (error: Error | null, answer?: QueryAnswer) => void;

const { serialize } = protocol;

/**
 * The embedded database's one session, with the methods of a `pg` client. A statement with parameters goes through
 * in one call: parse, bind, describe, execute and sync are one message.
 */
export class EmbeddedClient extends EventEmitter {
  /** Whether a transaction is open: PostgreSQL's own word in its last answer. */
  inTransaction = false;
  private last: Promise<unknown> = Promise.resolve();
  /** Names of statements that the session keeps ready. */
  private readonly known = new Set<string>();

  constructor(
    private readonly database: PGlite,
    private readonly onBroken: (error: Error) => void,
  ) {
    super();
  }

  query(sql: string | NamedStatement, params?: readonly unknown[]): Promise<QueryAnswer>;
  query(sql: string, callback: Callback): void;
  query(sql: string | NamedStatement, second?: readonly unknown[] | Callback): Promise<QueryAnswer> | undefined {
    const params = typeof second === 'function' ? [] : (second ?? []);
    // One after the other, also when the caller doesn't wait.
    const answer = this.last.then(() => (typeof sql === 'string' ? this.send(sql, params) : this.sendNamed(sql)));
    this.last = answer.catch(() => undefined);
    if (typeof second !== 'function') return answer;
    answer.then(
      (result) => second(null, result),
      (error: Error) => second(error),
    );
    return undefined;
  }

  private async send(sql: string, params: readonly unknown[]): Promise<QueryAnswer> {
    const request = params.length > 0 ? extended({ text: sql, values: params }, true) : serialize.query(sql);
    return this.read(await this.exchange(request));
  }

  /** Its plan is made once in the session, and stays there also when the statement fails. */
  private async sendNamed(statement: NamedStatement): Promise<QueryAnswer> {
    const received = await this.exchange(extended(statement, !this.known.has(statement.name)));
    if (received.some(({ name }) => name === 'parseComplete')) this.known.add(statement.name);
    return this.read(received);
  }

  private async exchange(request: Uint8Array): Promise<readonly messages.BackendMessage[]> {
    try {
      return await this.database.execProtocolStream(request, { throwOnError: false, syncToFs: false });
    } catch (error) {
      // Not an answer of the database but its end: its memory can't be trusted any more.
      this.onBroken(error as Error);
      throw error;
    }
  }

  private read(received: readonly messages.BackendMessage[]): QueryAnswer {
    let rows: Record<string, unknown>[] = [];
    let columns: readonly Column[] = [];
    let command: string | null = null;
    let rowCount: number | null = null;
    let failure: messages.DatabaseError | null = null;
    for (const message of received) {
      switch (message.name) {
        case 'rowDescription':
          columns = (message as messages.RowDescriptionMessage).fields.map(toColumn);
          rows = [];
          break;
        case 'dataRow':
          rows.push(toRow(columns, (message as messages.DataRowMessage).fields));
          break;
        case 'commandComplete': {
          const words = (message as messages.CommandCompleteMessage).text.split(' ');
          command = words[0] ?? null;
          rowCount = words.length > 1 ? Number(words.at(-1)) : null;
          break;
        }
        case 'error':
          failure ??= message as messages.DatabaseError;
          break;
        case 'readyForQuery':
          this.inTransaction = (message as messages.ReadyForQueryMessage).status !== 'I';
          break;
      }
    }
    if (failure) throw toError(failure);
    return { rows, rowCount: Number.isNaN(rowCount) ? null : rowCount, command };
  }
}

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

// pg's own parsers, so that a column has the same JavaScript type on both databases (bigint is text, for one).
function toColumn({ name, dataTypeID }: { name: string; dataTypeID: number }): Column {
  return { name, parse: pg.types.getTypeParser(dataTypeID, 'text') };
}

function toRow(columns: readonly Column[], values: readonly (string | null)[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  columns.forEach(({ name, parse }, index) => {
    const value = values[index] ?? null;
    row[name] = value === null ? null : parse(value);
  });
  return row;
}

interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

function extended(
  { name = '', text, values }: Omit<NamedStatement, 'name'> & { readonly name?: string },
  parse: boolean,
): Uint8Array {
  return Buffer.concat(
    [
      ...(parse ? [serialize.parse({ name, text })] : []),
      serialize.bind({ statement: name, values: values.map(toParameter) }),
      serialize.describe({ type: 'P' }),
      serialize.execute({}),
      serialize.sync(),
    ].map((part) => Buffer.from(part)),
  );
}

/** With a stack that leads to the caller, and PostgreSQL's fields (`code`, `constraint`, …) as the `pg` driver has them. */
function toError(failure: messages.DatabaseError): Error {
  const { message, severity, code, detail, hint, position, table, column, constraint, schema, where } = failure;
  return Object.assign(new Error(message), {
    name: 'error',
    severity,
    code,
    detail,
    hint,
    position,
    table,
    column,
    constraint,
    schema,
    where,
  });
}
