import { createWorker } from '@millrace/worker';

/** A program that takes one task and never ends it, for tests that kill it. Says `took <task id>` when it has one. */
const [redisUrl = '', prefix = '', topic = '', lockDurationMs = ''] = process.argv.slice(2);

createWorker({ transport: 'bullmq', redisUrl, prefix, workerId: 'doomed' }).subscribe(
  topic,
  (task) => {
    process.stdout.write(`took ${task.id}\n`);
    return new Promise(() => undefined);
  },
  { maxTasks: 1, lockDurationMs: Number(lockDurationMs) },
);
