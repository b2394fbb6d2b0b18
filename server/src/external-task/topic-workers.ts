import { Injectable } from '@nestjs/common';
import { Database } from '../persistence/database.js';
import { LiveWorkers } from '../worker-bridge/live-workers.js';
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
  async served(): Promise<ReadonlySet<string>> {
    const [workers, locked] = await Promise.all([
      this.live.list(),
      this.database.query<{ topic: string }>(
        'SELECT DISTINCT topic_name AS topic FROM external_task WHERE worker_id IS NOT NULL AND lock_expires_at > now()',
      ),
    ]);
    return new Set([
      ...workers.flatMap(({ topics }) => topics.map(({ name }) => name)),
      ...locked.map(({ topic }) => topic),
      ...this.fetches.awaitedTopics(),
    ]);
  }
}
