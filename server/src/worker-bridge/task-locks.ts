import type { CommitEvents } from '../persistence/commit-events.js';
import type { Database } from '../persistence/database.js';

interface Delivered {
  readonly id: string;
  readonly topicName: string;
  /** Who holds the lock: a name that belongs to one delivery. */
  readonly workerId: string | null;
}

/** What the bridge asks the database about the locks that it took. */
export class TaskLocks {
  constructor(
    private readonly database: Database,
    private readonly events: CommitEvents,
  ) {}

  /** Whether the task is still there and still locked for this delivery, be the lock expired or not. */
  async isHeld(taskId: string, workerId: string): Promise<boolean> {
    const rows = await this.database.query('SELECT 1 FROM external_task WHERE id = $1 AND worker_id = $2', [
      taskId,
      workerId,
    ]);
    return rows.length > 0;
  }

  /** Ends the locks of tasks that nobody works on. A task that got another lock meanwhile keeps it. */
  async giveBack(tasks: readonly Delivered[]): Promise<void> {
    if (tasks.length === 0) return;
    await this.database.query(
      `UPDATE external_task t SET worker_id = NULL, lock_expires_at = NULL
       FROM unnest($1::text[], $2::text[]) AS held(id, worker_id)
       WHERE t.id = held.id AND t.worker_id = held.worker_id`,
      [tasks.map(({ id }) => id), tasks.map(({ workerId }) => workerId)],
    );
    this.events.emitExternalTasks(new Set(tasks.map(({ topicName }) => topicName)));
  }

  /** Whether the database answers at all. */
  isReachable(): Promise<boolean> {
    return this.database.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }
}
