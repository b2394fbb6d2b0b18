import { type Auth, createWorker, type Logger, stderrLogger, type WorkerEvent } from '../sdk/index.js';
import { creditBureau } from './credit-bureau.js';
import { disbursement } from './disbursement.js';
import { disbursementReversal } from './disbursement-reversal.js';
import { documentArchive } from './document-archive.js';
import { fraudCheck } from './fraud-check.js';
import { Journal } from './journal.js';
import { createHandler, type LoanWorker } from './loan-worker.js';
import { notification } from './notification.js';
import { valuation } from './valuation.js';

export const LOAN_WORKERS: readonly LoanWorker[] = [
  creditBureau,
  fraudCheck,
  valuation,
  documentArchive,
  disbursement,
  disbursementReversal,
  notification,
];

export interface LoanWorkersOptions {
  /** The root of engine-rest. */
  readonly url: string;
  /** Tasks come through queues in Redis instead of over engine-rest. */
  readonly bullmq?: { readonly redisUrl: string; readonly prefix?: string };
  /** Where the journals are. Created when missing. */
  readonly dataDir: string;
  readonly workerVersion?: string;
  /** When the server asks for a login. */
  readonly auth?: Auth;
  /** Default: all. */
  readonly names?: readonly string[];
  readonly logger?: Logger;
  readonly onEvent?: (event: WorkerEvent) => void;
}

export interface RunningLoanWorkers {
  readonly names: readonly string[];
  /** Ends the handlers in order and closes the journals. */
  stop(): Promise<void>;
}

/** Starts loan workers, each with its own poll, worker id and journal. @throws Error for an unknown name or a held journal */
export async function startLoanWorkers(options: LoanWorkersOptions): Promise<RunningLoanWorkers> {
  const selected = selectWorkers(options.names ?? []);
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map((stopOne) => stopOne()));
  };
  try {
    for (const worker of selected) stops.push(await startOne(worker, options));
  } catch (error) {
    await stop();
    throw error;
  }
  return { names: selected.map(({ name }) => name), stop };
}

/** @throws Error naming the names that no worker has */
export function selectWorkers(names: readonly string[]): readonly LoanWorker[] {
  const unknown = names.filter((name) => !LOAN_WORKERS.some((worker) => worker.name === name));
  if (unknown.length > 0) {
    const known = LOAN_WORKERS.map(({ name }) => name).join(', ');
    throw new Error(`Expected names of loan workers (${known}), but got ${unknown.join(', ')}`);
  }
  return names.length === 0 ? LOAN_WORKERS : LOAN_WORKERS.filter(({ name }) => names.includes(name));
}

async function startOne(loanWorker: LoanWorker, options: LoanWorkersOptions): Promise<() => Promise<void>> {
  const { url, bullmq, dataDir, workerVersion, auth, logger = stderrLogger, onEvent } = options;
  const common = { url, version: workerVersion, auth, logger, onEvent, autoStart: false };
  const worker = createWorker(bullmq ? { ...common, ...bullmq, transport: 'bullmq' } : common);
  const journal = await Journal.open(dataDir, loanWorker.name);
  worker.subscribe(loanWorker.topic, createHandler(loanWorker, journal, { workerVersion }), {
    retry: loanWorker.retry,
  });
  worker.start();
  return async () => {
    await worker.stop();
    await journal.close();
  };
}
