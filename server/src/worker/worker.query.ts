import { Injectable } from '@nestjs/common';
import { formatDate } from '../http/date.js';
import { type LiveWorker, LiveWorkers } from '../worker-bridge/live-workers.js';
import { type KnownWorker, RestWorkers } from './rest-workers.js';
import type { WorkerDto } from './worker.dto.js';

/** Who works, over all servers and transports. */
@Injectable()
export class WorkerQueries {
  constructor(
    private readonly live: LiveWorkers,
    private readonly rest: RestWorkers,
  ) {}

  /** By id. Gone ones are remembered for a week when they came over REST. */
  async list(): Promise<WorkerDto[]> {
    const [live, rest] = await Promise.all([this.live.list(), this.rest.known()]);
    const bullmq = live.filter(({ transport }) => transport === 'bullmq');
    return [...rest.map(restDto), ...bullmq.map(bullmqDto)].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

function restDto(worker: KnownWorker): WorkerDto {
  const { id, version, build, topics, startedAt, seenAt, announcedUntil, isLive, tasksHeld } = worker;
  return {
    id,
    version,
    build,
    transport: 'rest',
    state: isLive ? 'live' : 'gone',
    isAnnounced: announcedUntil !== null,
    topics: Object.entries(topics).map(([name, topic]) => ({ name, ...topic })),
    startedAt: formatDate(startedAt),
    seenAt: formatDate(seenAt),
    tasksHeld,
  };
}

function bullmqDto({ workerId, version, build, topics, startedAt, seenAt }: LiveWorker): WorkerDto {
  return {
    id: workerId,
    version,
    build,
    transport: 'bullmq',
    state: 'live',
    isAnnounced: true,
    topics: topics.map((topic) => ({ ...topic })),
    startedAt: formatDate(new Date(startedAt)),
    seenAt: formatDate(new Date(seenAt)),
    tasksHeld: null,
  };
}
