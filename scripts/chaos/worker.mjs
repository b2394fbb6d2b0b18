// A worker of the chaos run, as a program of its own so that it can be killed. It writes what it has done into a journal,
// on the disk before the server is told.
import { randomUUID } from 'node:crypto';
import { fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../lib/random.mjs';
import { transportOf, workerSdk, workerSettings } from '../lib/workers.mjs';
import { resultName, TOPICS } from './model.mjs';

const { CHAOS_JOURNAL: folder, CHAOS_NAME: name, CHAOS_LOCK_MS: lockMs, CHAOS_SEED: seed } = process.env;
const FAILURES = 0.03;
const LONGEST_WORK_MS = 150;
/** Some tasks are slow, whoever does them: so a worker that was stopped finds its task in somebody else's hands. */
const SLOW_TASKS = 0.25;
const SLOW_WORK_MS = 2_500;

const { createWorker, FailedTask } = await workerSdk();
const random = createRandom(seed, `worker ${name}`);
const workerId = `${name}-${process.pid}`;
const file = openSync(join(folder, `${workerId}.jsonl`), 'a');
// A queue takes a result without knowing whether it will count.
const hearsWhatCounts = transportOf(process.env) === 'rest';
const worker = createWorker({
  ...workerSettings(process.env),
  workerId,
  maxTasks: 8,
  lockDurationMs: Number(lockMs),
  ...(hearsWhatCounts && { asyncResponseTimeoutMs: 2_000 }),
  requestTimeoutMs: 5_000,
  backoff: { initialMs: 250, maxMs: 2_000, slowMs: 2_000 },
  logger: { debug() {}, info() {}, warn() {}, error() {} },
  autoStart: false,
  onEvent: ({ type, taskId }) => {
    if (type === 'completed' && hearsWhatCounts) write({ kind: 'acknowledged', taskId, workerId });
    if (type === 'failed') write({ kind: 'failed', taskId, workerId });
  },
});

for (const topic of TOPICS) worker.subscribe(topic, work);
worker.start();
process.stdout.write('worker is ready\n');

async function work(task) {
  const receivedAt = Date.now();
  const isSlow = createRandom(seed, `task ${task.id}`).chance(SLOW_TASKS);
  await sleep(random.between(0, LONGEST_WORK_MS) + (isSlow ? SLOW_WORK_MS : 0));
  const { id: taskId, topicName: topic, processInstanceId, lockExpirationTime } = task;
  const lockedAt = Date.parse(lockExpirationTime) - Number(lockMs);
  // Whom the lock is for: over the queues every delivery has a name of its own.
  const holder = task.workerId;
  const about = { taskId, topic, processInstanceId, workerId, holder, receivedAt, lockedAt, lockMs: Number(lockMs) };
  if (random.chance(FAILURES)) {
    write({ kind: 'failed', ...about });
    throw new FailedTask('the machine is jammed', { retries: 3, retryTimeoutMs: 200 });
  }
  const token = randomUUID();
  write({ kind: 'effect', ...about, token });
  return { [resultName(topic)]: token };
}

function write(record) {
  writeSync(file, `${JSON.stringify({ at: Date.now(), ...record })}\n`);
  fsyncSync(file);
}
