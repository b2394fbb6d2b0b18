import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '../persistence/database.js';
import type { WorkerEntity, WorkerTopic } from '../persistence/entities/worker.js';
import type { LiveWorker, WorkerSource } from '../worker-bridge/live-workers.js';

/** How often a server notes that it has seen the same worker, unless something about it has changed. */
const NOTE_EVERY_MS = 10_000;
/** How long a worker counts as live after a heartbeat or the end of a fetch. Three heartbeats may get lost. */
const GRACE_MS = 35_000;
/** Sightings that come together share a statement. */
const GATHER_MS = 100;
/** Workers that were not seen for so long are forgotten. */
const FORGET_AFTER_MS = 7 * 24 * 60 * 60 * 1000;
const FORGET_EVERY_MS = 60 * 60 * 1000;
/** More than so many are not remembered as noted; they are noted again. */
const MAX_NOTED = 10_000;

export interface Announcement {
  readonly workerId: string;
  readonly version: string | null;
  readonly build: string | null;
  readonly topics: Readonly<Record<string, WorkerTopic>>;
  readonly startedAt: Date;
}

/** What a fetch shows of a worker that has announced nothing. */
export interface Sighting {
  readonly workerId: string;
  /** Of the headers. */
  readonly version: string | null;
  readonly build: string | null;
  readonly topics: Readonly<Record<string, WorkerTopic>>;
  /** How long the worker may wait for the answer. */
  readonly waitMs: number;
}

interface Noted {
  readonly fingerprint: string;
  readonly at: number;
}

/** A remembered worker. */
export type KnownWorker = WorkerEntity & { readonly isLive: boolean; readonly tasksHeld: number };

/**
 * The workers that come over REST. They are kept in the database, so that every server knows all of them, and written
 * rarely: a fetch never waits for it.
 */
@Injectable()
export class RestWorkers implements WorkerSource, OnModuleDestroy {
  private readonly noted = new Map<string, Noted>();
  private readonly seen = new Map<string, Sighting>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();
  private forgotAt = 0;
  private announced = new Map<string, string | null>();
  private announcedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly database: Database) {}

  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.seen.clear();
    await this.writing;
  }

  /** A heartbeat. What it says replaces what was known. */
  async announce(worker: Announcement): Promise<void> {
    this.announced.set(worker.workerId, worker.version);
    const { workerId, version, build, topics, startedAt } = worker;
    const fingerprint = JSON.stringify(['announced', version, build, topics, startedAt]);
    if (!this.isNews(workerId, fingerprint)) return;
    const now = new Date();
    const liveUntil = new Date(now.getTime() + GRACE_MS);
    try {
      await this.database.query(
        `INSERT INTO worker (id, version, build, topics, started_at, seen_at, live_until, announced_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, build = excluded.build, topics = excluded.topics,
           started_at = excluded.started_at, seen_at = excluded.seen_at, live_until = excluded.live_until,
           announced_until = excluded.announced_until`,
        [workerId, version, build, JSON.stringify(topics), startedAt, now, liveUntil],
      );
    } catch (error) {
      this.noted.delete(workerId);
      throw error;
    }
  }

  /** A worker that stops says so. @returns whether it was known */
  async sayGoodbye(workerId: string): Promise<boolean> {
    this.noted.delete(workerId);
    this.seen.delete(workerId);
    this.announced.delete(workerId);
    await this.writing;
    const rows = await this.database.query('UPDATE worker SET live_until = $2 WHERE id = $1 RETURNING id', [
      workerId,
      new Date(),
    ]);
    return rows.length > 0;
  }

  /** A fetch is a sign of life. Noted soon, and seldom. */
  see(sighting: Sighting): void {
    const { workerId, version, build, topics } = sighting;
    // Those who announce themselves say more than their fetches do.
    const announced = this.noted.get(workerId);
    if (announced && Date.now() - announced.at < GRACE_MS) return;
    const known = this.seen.get(workerId);
    const all = { ...known?.topics, ...topics };
    if (!this.isNews(`${workerId}\n${Object.keys(topics).sort().join('\n')}`, JSON.stringify([version, build]))) return;
    this.seen.set(workerId, { ...sighting, topics: all, waitMs: Math.max(sighting.waitMs, known?.waitMs ?? 0) });
    this.timer ??= setTimeout(() => {
      this.timer = null;
      // The next sighting tries again.
      this.writing = this.writeSeen().catch(() => this.noted.clear());
    }, GATHER_MS).unref();
  }

  /** The version that a worker announced; null when it announced none. */
  async versionOf(workerId: string): Promise<string | null> {
    if (Date.now() - this.announcedAt > 1_000) {
      this.announcedAt = Date.now();
      const rows = await this.database.query<{ id: string; version: string | null }>(
        'SELECT id, version FROM worker WHERE announced_until > $1 AND live_until > $1',
        [new Date()],
      );
      this.announced = new Map(rows.map(({ id, version }) => [id, version]));
    }
    return this.announced.get(workerId) ?? null;
  }

  /** Those that are alive. */
  async list(): Promise<LiveWorker[]> {
    return (await this.known()).filter(({ isLive }) => isLive).map(toLiveWorker);
  }

  /** Those of the last days, gone ones among them, by id. */
  async known(): Promise<KnownWorker[]> {
    const now = new Date();
    return this.database.query<KnownWorker>(
      `SELECT w.id, w.version, w.build, w.topics, w.started_at AS "startedAt", w.seen_at AS "seenAt",
         w.live_until AS "liveUntil", w.announced_until AS "announcedUntil",
         coalesce(h.held, 0)::int AS "tasksHeld", (w.live_until > $1 OR coalesce(h.held, 0) > 0) AS "isLive"
       FROM worker w LEFT JOIN (
         SELECT worker_id, count(*) AS held FROM external_task
         WHERE worker_id IS NOT NULL AND lock_expires_at > $1 GROUP BY worker_id) h ON h.worker_id = w.id
       ORDER BY w.id`,
      [now],
    );
  }

  /** Whether it is to be written: something is new, or the last time is a while ago. */
  private isNews(key: string, fingerprint: string): boolean {
    const now = Date.now();
    const before = this.noted.get(key);
    if (before && before.fingerprint === fingerprint && now - before.at < NOTE_EVERY_MS) return false;
    if (this.noted.size >= MAX_NOTED) this.noted.clear();
    this.noted.set(key, { fingerprint, at: now });
    return true;
  }

  private async writeSeen(): Promise<void> {
    const now = Date.now();
    const rows = [...this.seen.values()].map(({ workerId, version, build, topics, waitMs }) => ({
      id: workerId,
      version,
      build,
      topics,
      live_until: new Date(now + waitMs + GRACE_MS).toISOString(),
    }));
    this.seen.clear();
    if (rows.length === 0) return;
    // Who fetches one topic at a time serves all of them; who has announced itself just now has said it all.
    await this.database.query(
      `INSERT INTO worker AS w (id, version, build, topics, started_at, seen_at, live_until)
       SELECT s.id, s.version, s.build, s.topics, $2, $2, s.live_until
       FROM jsonb_to_recordset($1::jsonb) AS s(id text, version text, build text, topics jsonb, live_until timestamptz)
       ORDER BY s.id
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, build = excluded.build,
         topics = CASE WHEN w.announced_until IS NULL THEN w.topics || excluded.topics ELSE excluded.topics END,
         started_at = CASE WHEN w.announced_until IS NULL THEN w.started_at ELSE excluded.started_at END,
         seen_at = excluded.seen_at, live_until = excluded.live_until, announced_until = NULL
       WHERE w.announced_until IS NULL OR w.announced_until <= excluded.seen_at`,
      [JSON.stringify(rows), new Date(now)],
    );
    if (now - this.forgotAt < FORGET_EVERY_MS) return;
    this.forgotAt = now;
    await this.database.query('DELETE FROM worker WHERE live_until < $1', [new Date(now - FORGET_AFTER_MS)]);
  }
}

function toLiveWorker({ id, version, build, topics, startedAt, seenAt }: KnownWorker): LiveWorker {
  return {
    workerId: id,
    version,
    build,
    transport: 'rest',
    topics: Object.entries(topics).map(([name, topic]) => ({ name, ...topic })),
    startedAt: startedAt.toISOString(),
    seenAt: seenAt.toISOString(),
  };
}
