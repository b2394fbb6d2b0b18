import type { JobRow } from '@millrace/engine';
import type { Committer, UnitOfWorkResult } from '../persistence/committer.js';
import type { AcquiredJob } from './acquired-job.js';
import { LOCK_SECONDS } from './job-locks.js';

type ClaimedRow = { -readonly [K in keyof JobRow]: JobRow[K] };

/** Who runs jobs in this process. */
export interface JobTaker {
  /** Names this process in a job's lock. */
  readonly owner: string;
  /** How many more jobs it would take at once. */
  room(): number;
  /** Runs jobs that are locked for it. */
  take(jobs: readonly AcquiredJob[]): void;
}

/**
 * A committer that writes jobs which can run at once as locked by this process, as far as it has room, and runs them when
 * they are committed: they needn't be looked for, and their rows are written once less. Should the process die, others
 * take them over when the lock has run out, like every other.
 */
export class ClaimedJobs implements Committer {
  private taker: JobTaker | null = null;
  /** Claimed, and not committed yet. */
  private pending = 0;

  constructor(private readonly committer: Committer) {}

  get waiting(): number {
    return this.committer.waiting;
  }

  close(): Promise<void> {
    return this.committer.close();
  }

  /** @param taker null: nothing is claimed any more */
  runBy(taker: JobTaker | null): void {
    this.taker = taker;
  }

  async commit(unit: UnitOfWorkResult): Promise<void> {
    const { taker } = this;
    const claimed = taker ? this.claim(unit, taker) : [];
    try {
      await this.committer.commit(unit);
    } finally {
      this.pending -= claimed.length;
    }
    // Not before whoever waits for the commit knows the state that it has made: the jobs begin with that.
    if (taker && claimed.length > 0) setImmediate(() => taker.take(claimed.map(toAcquired)));
  }

  /** The rows are this unit's own, so that nobody else sees the mark before it's committed. */
  private claim({ changes }: UnitOfWorkResult, taker: JobTaker): ClaimedRow[] {
    const claimed: ClaimedRow[] = [];
    let now: Date | null = null;
    for (const change of changes) {
      if (change.table !== 'job' || change.op !== 'insert') continue;
      const row: ClaimedRow = change.row;
      now ??= new Date();
      if (!isRunnable(row, now) || this.pending >= taker.room()) continue;
      row.lockOwner = taker.owner;
      row.lockExpiresAt = new Date(now.getTime() + LOCK_SECONDS * 1000);
      this.pending++;
      claimed.push(row);
    }
    return claimed;
  }
}

function isRunnable({ dueDate, retries, suspended, lockOwner, processInstanceId }: JobRow, now: Date): boolean {
  if (suspended || retries <= 0 || lockOwner !== null || processInstanceId === null) return false;
  return dueDate === null || dueDate <= now;
}

function toAcquired(row: JobRow): AcquiredJob {
  const {
    id,
    processInstanceId,
    processDefinitionId,
    tenantId,
    elementId,
    type,
    configuration,
    dueDate,
    repeat,
    retries,
  } = row;
  return {
    id,
    processInstanceId,
    processDefinitionId,
    tenantId,
    elementId,
    type,
    configuration,
    batchId: null,
    dueDate,
    repeat,
    retries,
  };
}
