import { DEFAULT_LOCK_MS, type LiveWorker } from './live-workers.js';
import { pinnedQueue, topicQueue } from './names.js';

/** What the live workers that take from one queue can do together. */
export interface QueueCapacity {
  readonly topicName: string;
  /** The workers' version, when the queue is for what is pinned to it; null when it is everybody's. */
  readonly version: string | null;
  readonly concurrency: number;
  readonly lockDurationMs: number;
}

/** By the queue's name. The longest lock that one of its workers asks for counts, because any of them may get a task. */
export function capacities(workers: readonly LiveWorker[]): Map<string, QueueCapacity> {
  const byQueue = new Map<string, QueueCapacity>();
  for (const { topics, version, takesPinned } of workers)
    for (const { name, concurrency, lockDurationMs = DEFAULT_LOCK_MS } of topics) {
      const add = (queue: string, of: string | null) => {
        const before = byQueue.get(queue);
        byQueue.set(queue, {
          topicName: name,
          version: of,
          concurrency: (before?.concurrency ?? 0) + concurrency,
          lockDurationMs: Math.max(before?.lockDurationMs ?? 0, lockDurationMs),
        });
      };
      add(topicQueue(name), null);
      if (takesPinned && version !== null) add(pinnedQueue(name, version), version);
    }
  return byQueue;
}
