import { isCallersFault, isLoginProblem, LONGEST_TIMER_MS } from './backoff.js';
import type { LockedTaskDto } from './engine-client.js';
import { LockLostError } from './errors.js';
import type { Logger } from './logger.js';
import type { TaskReports } from './transport.js';

/**
 * Extends a task's lock at half of its duration until it is ended. When the server can't be reached it keeps trying;
 * the server decides whether the lock still stands: a refusal means that it is lost.
 */
export class LockKeeper {
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    private readonly reports: TaskReports,
    private readonly task: LockedTaskDto,
    private lockDurationMs: number,
    private readonly logger: Logger,
    private readonly onLost: (error: LockLostError) => void,
  ) {
    this.schedule(lockDurationMs / 2);
  }

  /** Sets another duration, from now on. @throws EngineRestError, ConnectionError, and then nothing has changed */
  async extendTo(lockDurationMs: number): Promise<void> {
    await this.reports.extendLock(this.task, lockDurationMs);
    this.lockDurationMs = lockDurationMs;
    this.schedule(lockDurationMs / 2);
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (!this.ended) this.timer = setTimeout(() => void this.extend(), Math.min(ms, LONGEST_TIMER_MS));
  }

  private async extend(): Promise<void> {
    try {
      await this.reports.extendLock(this.task, this.lockDurationMs);
      this.schedule(this.lockDurationMs / 2);
    } catch (error) {
      if (this.ended) return;
      if (isCallersFault(error) && !isLoginProblem(error)) {
        this.end();
        this.onLost(new LockLostError(this.task.id, (error as Error).message));
        return;
      }
      this.logger.debug('lock not extended, trying again', { taskId: this.task.id, reason: (error as Error).message });
      this.schedule(Math.min(5_000, Math.max(250, this.lockDurationMs / 10)));
    }
  }
}
