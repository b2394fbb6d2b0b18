import { createHash } from 'node:crypto';
import { BpmnError, type Handler, type RetryBackoff } from '../sdk/index.js';
import type { LoanTask } from './application.js';
import type { Journal, JournalRecord } from './journal.js';

type Result = Readonly<Record<string, unknown>>;

/** One of the loan process's workers: what it does, and what of it must happen only once. */
export interface LoanWorker {
  /** Names the program and its journal, e.g. `credit-bureau`. */
  readonly name: string;
  readonly topic: string;
  readonly retry?: RetryBackoff;
  /** Deliveries with the same key are the same work: it is done once, and later ones get its recorded answer. */
  idempotencyKey(task: LoanTask): string;
  /**
   * Does the work: a pure function of the task, the attempt (from 1) and the time, so that a test can foretell it. The
   * returned JSON is the effect; it counts once it's in the journal. Throws BpmnError and FailedTask.
   */
  work(task: LoanTask, attempt: number, now: Date): Result;
  /** What the process gets for the recorded result. Throws when the recorded work isn't what this task asks for. */
  variables(result: Result, task: LoanTask): Record<string, unknown>;
}

export interface HandlerEnvironment {
  readonly now?: () => Date;
  readonly workerVersion?: string;
}

/** The handler of a loan worker over its journal. Deliveries of the same work are taken one after another. */
export function createHandler(worker: LoanWorker, journal: Journal, environment: HandlerEnvironment = {}): Handler {
  const { now = () => new Date(), workerVersion = null } = environment;
  const running = new Map<string, Promise<unknown>>();

  async function handle(task: LoanTask, idempotencyKey: string): Promise<Record<string, unknown>> {
    const at = now();
    const attempt = journal.countAttempts(idempotencyKey) + 1;
    const record = (outcome: JournalRecord['outcome'], rest: Pick<JournalRecord, 'result' | 'reason'> = {}) =>
      journal.append({
        at: at.toISOString(),
        worker: worker.name,
        workerVersion,
        externalTaskId: task.id,
        processInstanceId: task.processInstanceId,
        businessKey: task.businessKey ?? null,
        idempotencyKey,
        attempt,
        outcome,
        ...rest,
      });
    try {
      const earlier = journal.findDone(idempotencyKey)?.result;
      if (earlier) {
        const variables = worker.variables(earlier, task);
        await record('duplicate');
        return variables;
      }
      const result = worker.work(task, attempt, at);
      await record('done', { result });
      return worker.variables(result, task);
    } catch (error) {
      const outcome = error instanceof BpmnError ? 'bpmnError' : 'failed';
      await record(outcome, { reason: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  return (task) => {
    const key = worker.idempotencyKey(task);
    const before = running.get(key) ?? Promise.resolve();
    const current = before.then(() => handle(task, key));
    // The next one waits for the end, however it came about.
    const ended = current.then(
      () => undefined,
      () => undefined,
    );
    running.set(key, ended);
    void ended.then(() => {
      if (running.get(key) === ended) running.delete(key);
    });
    return current;
  };
}

/** The first `length` hex digits of the SHA-256 of the parts: a reference that is the same for the same input. */
export function fingerprint(length: number, ...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, length).toUpperCase();
}
