import { stderrLogger } from '../sdk/index.js';
import { type RunningLoanWorkers, startLoanWorkers } from './workers.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs the loan process's workers until SIGTERM or SIGINT, those named on the command line or all. Environment:
 * MILLRACE_URL (http://127.0.0.1:8080/engine-rest), MILLRACE_USER and MILLRACE_PASSWORD (no login), LOAN_DATA_DIR
 * (./data/workers), WORKER_VERSION (none), WORKER_TRANSPORT (rest, or bullmq with REDIS_URL and MILLRACE_REDIS_PREFIX).
 */
async function main(): Promise<void> {
  const running = await startLoanWorkers({
    url: process.env.MILLRACE_URL || 'http://127.0.0.1:8080/engine-rest',
    bullmq: queues(process.env),
    dataDir: process.env.LOAN_DATA_DIR || './data/workers',
    workerVersion: process.env.WORKER_VERSION || undefined,
    auth: credentials(),
    names: process.argv.slice(2),
  });
  const onSignal = () => {
    // From now on a signal finds no listener and ends the process at once.
    for (const signal of SIGNALS) process.off(signal, onSignal);
    void shutDown(running);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.stdout.write(`loan workers running: ${running.names.join(', ')}\n`);
}

/** Undefined for the transport `rest`. @throws Error naming the setting that is missing or wrong */
function queues(env: NodeJS.ProcessEnv) {
  const { WORKER_TRANSPORT: transport = 'rest', REDIS_URL: redisUrl, MILLRACE_REDIS_PREFIX: prefix } = env;
  if (transport === '' || transport === 'rest') return undefined;
  if (transport !== 'bullmq') throw new Error(`WORKER_TRANSPORT must be rest or bullmq, but it is '${transport}'`);
  if (!redisUrl) throw new Error('WORKER_TRANSPORT=bullmq needs REDIS_URL, the Redis of the server');
  return { redisUrl, prefix: prefix || undefined };
}

function credentials() {
  const { MILLRACE_USER: username, MILLRACE_PASSWORD: password = '' } = process.env;
  return username ? { username, password } : undefined;
}

async function shutDown(running: RunningLoanWorkers): Promise<void> {
  await running.stop();
  process.stdout.write('loan workers stopped\n');
}

main().catch((error: unknown) => {
  stderrLogger.error(`the loan workers could not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
