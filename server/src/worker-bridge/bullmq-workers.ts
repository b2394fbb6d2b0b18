import { TypeCompiler } from '@sinclair/typebox/compiler';
import { type LiveWorker, LiveWorkerDto, type WorkerSource } from './live-workers.js';
import { bridgeKeys } from './names.js';
import type { RedisLink } from './redis-link.js';

const announcement = TypeCompiler.Compile(LiveWorkerDto);

/** The workers that announce themselves in Redis. Who stops doing so is forgotten when its key's time is over. */
export class BullmqWorkers implements WorkerSource {
  constructor(
    private readonly link: RedisLink,
    private readonly prefix: string,
  ) {}

  /** None while Redis is away: then nobody can be reached. */
  async list(): Promise<LiveWorker[]> {
    if (!this.link.isReady) return [];
    const redis = this.link.commands;
    const ids = await redis.smembers(bridgeKeys.workers(this.prefix));
    if (ids.length === 0) return [];
    const texts = await redis.mget(ids.map((id) => bridgeKeys.worker(this.prefix, id)));
    const gone = ids.filter((_, i) => texts[i] === null);
    // A worker that comes back at this very moment is in the set again with its next heartbeat.
    if (gone.length > 0) await redis.srem(bridgeKeys.workers(this.prefix), gone);
    return texts.flatMap((text) => read(text));
  }
}

/** A message of another version of the protocol is passed over. */
function read(text: string | null | undefined): LiveWorker[] {
  if (!text) return [];
  try {
    const value: unknown = JSON.parse(text);
    return announcement.Check(value) ? [value] : [];
  } catch {
    return [];
  }
}
