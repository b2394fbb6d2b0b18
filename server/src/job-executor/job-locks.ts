import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Database } from '../persistence/database.js';
import { Gathering } from '../persistence/gathering.js';
import { type AcquiredJob, JOB_COLUMNS } from './acquired-job.js';

/** Renewed while the job runs, so it only tells how soon the jobs of a server that died are taken over. */
export const LOCK_SECONDS = 20;
export const RENEWAL_MS = 6_000;

const UNLOCKED = '(lock_expires_at IS NULL OR lock_expires_at <= now())';
const EXECUTABLE = 'retries > 0 AND NOT suspended';
// As in the index job_due.
const DUE = `coalesce(due_date, '-infinity')`;

export interface DueJob {
  readonly id: string;
  readonly dueDate: Date | null;
}

/**
 * Which server runs which job, in the job's row. Lock times are the database's, since servers' clocks differ; only a job
 * that a server claims while it writes it has that server's.
 */
export class JobLocks {
  /** Names this server process in the rows. */
  readonly owner = `${hostname()}:${process.pid}:${randomUUID()}`;

  private readonly free: Gathering<AcquiredJob>;
  private readonly given = new WeakSet<AcquiredJob>();

  constructor(private readonly database: Database) {
    this.free = new Gathering((ids) => this.acquireAll(ids));
  }

  /** Locks due jobs that nobody has, the oldest first. */
  acquireDue(limit: number, now: Date): Promise<AcquiredJob[]> {
    return this.database.query<AcquiredJob>(
      `UPDATE job SET lock_owner = $1, lock_expires_at = now() + interval '${LOCK_SECONDS} seconds'
       WHERE id IN (SELECT id FROM job WHERE ${EXECUTABLE} AND ${DUE} <= $2 AND ${UNLOCKED}
                    ORDER BY ${DUE}, id LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING ${JOB_COLUMNS}`,
      [this.owner, now, limit],
    );
  }

  /**
   * Locks one job, if it's there, due and free. Those that are asked for at the same time share a statement: 2,000 jobs
   * over BullMQ took 2,120 statements one by one, and take 86.
   */
  async acquire(id: string): Promise<AcquiredJob | null> {
    const job = await this.free.get(id);
    // Asked for twice in one statement: only one of them may run it.
    if (!job || this.given.has(job)) return null;
    this.given.add(job);
    return job;
  }

  private acquireAll(ids: ReadonlySet<string>): Promise<AcquiredJob[]> {
    return this.database.query<AcquiredJob>(
      `UPDATE job SET lock_owner = $1, lock_expires_at = now() + interval '${LOCK_SECONDS} seconds'
       WHERE id IN (SELECT id FROM job WHERE id = ANY($2) AND ${EXECUTABLE} AND ${DUE} <= $3 AND ${UNLOCKED}
                    FOR UPDATE SKIP LOCKED)
       RETURNING ${JOB_COLUMNS}`,
      [this.owner, [...ids], new Date()],
    );
  }

  /** Jobs that nobody has and that are due before `until`. */
  due(until: Date, limit: number): Promise<DueJob[]> {
    return this.database.query<DueJob>(
      `SELECT id, due_date AS "dueDate" FROM job WHERE ${EXECUTABLE} AND ${DUE} <= $1 AND ${UNLOCKED} ORDER BY ${DUE}, id LIMIT $2`,
      [until, limit],
    );
  }

  /** When the next job that nobody has is due; null when there is none. A job without a date is due since for ever. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.database.query<DueJob>(
      `SELECT id, due_date AS "dueDate" FROM job WHERE ${EXECUTABLE} AND lock_expires_at IS NULL ORDER BY ${DUE}, id LIMIT 1`,
    );
    return row ? (row.dueDate ?? new Date(0)) : null;
  }

  async renew(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.query(
      `UPDATE job SET lock_expires_at = now() + interval '${LOCK_SECONDS} seconds' WHERE id = ANY($1) AND lock_owner = $2`,
      [ids, this.owner],
    );
  }

  async release(id: string): Promise<void> {
    await this.database.query(
      'UPDATE job SET lock_owner = NULL, lock_expires_at = NULL WHERE id = $1 AND lock_owner = $2',
      [id, this.owner],
    );
  }

  /** Gives a job back only if it's suspended. @returns whether it was */
  async releaseSuspended(id: string): Promise<boolean> {
    const rows = await this.database.query(
      'UPDATE job SET lock_owner = NULL, lock_expires_at = NULL WHERE id = $1 AND lock_owner = $2 AND suspended RETURNING id',
      [id, this.owner],
    );
    return rows.length > 0;
  }

  /** At the start of the only server of a database: whoever had locks is gone. */
  async releaseAll(): Promise<void> {
    await this.database.query('UPDATE job SET lock_owner = NULL, lock_expires_at = NULL WHERE lock_owner IS NOT NULL');
  }
}
