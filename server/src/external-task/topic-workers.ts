import { Injectable } from '@nestjs/common';
import { Database } from '../persistence/database.js';
import { canDo } from '../worker/worker-coverage.js';
import { type LiveWorker, LiveWorkers } from '../worker-bridge/live-workers.js';
import { FetchQueue } from './fetch-queue.js';

/** Which topics have a worker at this moment, as far as the server can see. */
@Injectable()
export class TopicWorkers {
  constructor(
    private readonly database: Database,
    private readonly live: LiveWorkers,
    private readonly fetches: FetchQueue,
  ) {}

  /** Those of workers that announce themselves, of clients that wait for tasks here, and of tasks that are locked now. */
  async served(): Promise<ServedTopics> {
    const [workers, locked] = await Promise.all([
      this.live.list(),
      this.database.query<{ topic: string }>(
        'SELECT DISTINCT topic_name AS topic FROM external_task WHERE worker_id IS NOT NULL AND lock_expires_at > now()',
      ),
    ]);
    return new ServedTopics(workers, new Set([...locked.map(({ topic }) => topic), ...this.fetches.awaitedTopics()]));
  }
}

export class ServedTopics {
  constructor(
    private readonly workers: readonly LiveWorker[],
    /** Of clients of which nothing else is known. */
    private readonly others: ReadonlySet<string>,
  ) {}

  /** @param range of worker versions to which the topic is pinned: a worker that doesn't tell its version doesn't count */
  has(topic: string, range?: string): boolean {
    if (range === undefined && this.others.has(topic)) return true;
    return this.workers.some((worker) => canDo(worker, { topic, range }));
  }
}
