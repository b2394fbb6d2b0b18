import pg from 'pg';
import type { QuietLog } from '../logging.js';
import { isUndone } from '../persistence/conflicts.js';
import type { HintChannel } from './hint-channel.js';

const CHANNEL = 'millrace_hints';
const RETRY_MS = 1_000;
/** For one message; longer than that there is nobody at the other end. */
const SEND_MS = 5_000;

/**
 * PostgreSQL's LISTEN and NOTIFY, on a connection of its own. A transaction that notifies holds a lock of the whole
 * cluster while it commits, so commands never do; messages are transactions of their own that don't wait for the disk.
 */
export class PostgresHints implements HintChannel {
  /** PostgreSQL allows 7999. */
  readonly maxBytes = 7_900;
  private client: pg.Client | null = null;
  private connecting: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private onMessage: (message: string) => void = () => {};

  constructor(
    private readonly url: string,
    private readonly log: QuietLog,
  ) {}

  start(onMessage: (message: string) => void): void {
    this.onMessage = onMessage;
    this.connect();
  }

  async send(message: string): Promise<void> {
    const { client } = this;
    if (!client) throw new Error('The connection for hints is away');
    try {
      await client.query('SELECT pg_notify($1, $2)', [CHANNEL, message]);
    } catch (error) {
      // What is still under way there would keep the next message waiting.
      if (!isUndone(error)) client.end().catch(() => undefined);
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.connecting;
    await this.client?.end().catch(() => undefined);
    this.client = null;
  }

  private connect(): void {
    this.connecting = this.open().catch((error) => this.lost(error));
  }

  private async open(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'millrace hints',
      connectionTimeoutMillis: 10_000,
      query_timeout: SEND_MS,
      keepAlive: true,
    });
    let ended = false;
    const end = (error: unknown) => {
      if (ended) return;
      ended = true;
      this.lost(error);
    };
    client.on('error', end);
    client.on('notification', ({ payload }) => this.onMessage(payload ?? ''));
    try {
      await client.connect();
      await client.query('SET synchronous_commit = off');
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      ended = true;
      client.end().catch(() => undefined);
      throw error;
    }
    client.on('end', () => end(new Error('The connection was closed')));
    if (!ended) this.client = client;
  }

  private lost(error: unknown): void {
    this.client = null;
    if (this.stopped) return;
    this.log.warn("the other servers' hints do not arrive while the database is away", error);
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), RETRY_MS);
  }
}
