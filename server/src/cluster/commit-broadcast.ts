import { randomUUID } from 'node:crypto';
import type { CommitEvents } from '../persistence/commit-events.js';
import type { HintChannel } from './hint-channel.js';

/** At most one message in this time and direction; hints that come meanwhile travel together. */
export const BATCH_MS = 10;
/** How long the server that committed a job has it for itself, when it runs jobs. */
const HEAD_START_MS = 50;

interface Message {
  readonly from: string;
  readonly topics: readonly string[];
  /** When the earliest job is due, in milliseconds since the epoch; null when there are none. */
  readonly due: number | null;
}

export interface BroadcastOptions {
  /** `own`: this server runs what it commits; `others`: only others do; `no`: a queue that all share tells of them. */
  readonly jobs: 'own' | 'others' | 'no';
}

/**
 * Tells the other servers of the same database what this one's commits have made ready to be done, and this one what
 * theirs have. Only hints: what gets lost is found by each server's own look at the tables.
 */
export class CommitBroadcast {
  private readonly id = randomUUID();
  private topics = new Set<string>();
  private due = Number.POSITIVE_INFINITY;
  private timer: NodeJS.Timeout | null = null;
  private sentAt = 0;
  /** While a message is under way, hints gather: a slow channel gets fewer and larger ones. */
  private sending: Promise<void> | null = null;
  private hearing = false;
  private readonly subscriptions: (() => void)[] = [];

  constructor(
    private readonly channel: HintChannel,
    private readonly events: CommitEvents,
    private readonly options: BroadcastOptions,
  ) {}

  start(): void {
    this.channel.start((text) => this.hear(text));
    this.subscriptions.push(
      this.events.on('externalTasks', (topics) => {
        if (this.hearing) return; // it came from there
        for (const topic of topics) this.topics.add(topic);
        this.sendSoon();
      }),
    );
    if (this.options.jobs === 'no') return;
    const headStart = this.options.jobs === 'own' ? HEAD_START_MS : 0;
    this.subscriptions.push(
      this.events.on('jobs', (earliestDue) => {
        if (this.hearing) return;
        this.due = Math.min(this.due, Math.max(earliestDue.getTime(), Date.now()) + headStart);
        this.sendSoon();
      }),
    );
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.subscriptions) unsubscribe();
    await this.sending;
    if (this.timer) {
      clearTimeout(this.timer);
      await this.send();
    }
    await this.channel.stop();
  }

  private sendSoon(): void {
    if (this.sending) return;
    this.timer ??= setTimeout(
      () => {
        this.sending = this.send().finally(() => {
          this.sending = null;
          if (this.topics.size > 0 || Number.isFinite(this.due)) this.sendSoon();
        });
      },
      Math.max(0, this.sentAt + BATCH_MS - Date.now()),
    );
  }

  private async send(): Promise<void> {
    this.timer = null;
    this.sentAt = Date.now();
    const due = Number.isFinite(this.due) ? this.due : null;
    const { topics } = this;
    this.topics = new Set();
    this.due = Number.POSITIVE_INFINITY;
    // What gets lost is in the channel's log, and the others look by themselves.
    for (const message of this.split([...topics], due)) await this.channel.send(message).catch(() => undefined);
  }

  private split(topics: readonly string[], due: number | null): string[] {
    const text = JSON.stringify({ from: this.id, topics, due } satisfies Message);
    if (Buffer.byteLength(text) <= this.channel.maxBytes) return [text];
    if (topics.length < 2) return due === null ? [] : this.split([], due);
    const half = topics.length >> 1;
    return [...this.split(topics.slice(0, half), due), ...this.split(topics.slice(half), null)];
  }

  private hear(text: string): void {
    const message = read(text);
    if (!message || message.from === this.id) return;
    this.hearing = true;
    try {
      this.events.emitExternalTasks(new Set(message.topics));
      if (message.due !== null) this.events.emitJobsElsewhere(new Date(message.due));
    } finally {
      this.hearing = false;
    }
  }
}

/** Null for what no server of ours has written: anybody may send on the channel. */
function read(text: string): Message | null {
  try {
    const { from, topics, due } = JSON.parse(text) as Record<string, unknown>;
    const isMessage =
      typeof from === 'string' &&
      Array.isArray(topics) &&
      topics.every((topic) => typeof topic === 'string') &&
      (due === null || (typeof due === 'number' && Number.isFinite(new Date(due).getTime())));
    return isMessage ? { from, topics: topics as string[], due: due as number | null } : null;
  } catch {
    return null;
  }
}
