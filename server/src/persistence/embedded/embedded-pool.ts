import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite';
import { EmbeddedClient } from './embedded-client.js';

type Release = (error?: Error) => void;
type ConnectCallback = (error: Error | null, client?: EmbeddedClient, release?: Release) => void;

/**
 * A `pg` pool of one client, because the embedded database has one session. Whoever gets the client has it alone until
 * it's released; the others wait in line.
 */
export class EmbeddedPool extends EventEmitter {
  private readonly client: EmbeddedClient;
  private readonly waiting: ConnectCallback[] = [];
  private busy = false;
  private ended = false;
  private onIdle: (() => void) | null = null;

  constructor(database: PGlite) {
    super();
    this.client = new EmbeddedClient(database, (error) => this.emit('error', error));
    this.client.setMaxListeners(0);
  }

  connect(callback: ConnectCallback): void {
    if (this.ended) callback(new Error('The database is closed'));
    else if (this.busy) this.waiting.push(callback);
    else this.lend(callback);
  }

  /** Waits for whoever has or waits for the client. */
  end(callback: (error?: Error) => void): void {
    this.ended = true;
    if (this.busy) this.onIdle = callback;
    else callback();
  }

  private lend(callback: ConnectCallback): void {
    this.busy = true;
    let released = false;
    callback(null, this.client, () => {
      if (released) return;
      released = true;
      void this.takeBack();
    });
  }

  private async takeBack(): Promise<void> {
    // A borrower that failed half-way must not hand its transaction to the next one.
    if (this.client.inTransaction) await this.client.query('ROLLBACK').catch(() => undefined);
    this.busy = false;
    const next = this.waiting.shift();
    if (next) this.lend(next);
    else this.onIdle?.();
  }
}

export interface EmbeddedDriver {
  readonly Pool: new () => EmbeddedPool;
  readonly Client: typeof EmbeddedClient;
}

/** A `driver` for TypeORM's `postgres` type that leads to the embedded database. */
export function embeddedDriver(database: PGlite): EmbeddedDriver {
  return {
    Pool: class extends EmbeddedPool {
      constructor() {
        super(database);
      }
    },
    Client: EmbeddedClient,
  };
}
