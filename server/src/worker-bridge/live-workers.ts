import { Injectable } from '@nestjs/common';
import { type Static, Type } from '@sinclair/typebox';

/** What a worker says of itself every few seconds. */
export const LiveWorkerDto = Type.Object({
  workerId: Type.String({ minLength: 1 }),
  version: Type.Union([Type.String(), Type.Null()]),
  build: Type.Union([Type.String(), Type.Null()]),
  transport: Type.Union([Type.Literal('bullmq'), Type.Literal('rest')]),
  takesPinned: Type.Optional(
    Type.Boolean({ description: 'Over BullMQ: it listens to the queues of its version, where pinned tasks come' }),
  ),
  topics: Type.Array(
    Type.Object({
      name: Type.String({ minLength: 1 }),
      concurrency: Type.Integer({ minimum: 1, description: 'How many tasks of the topic it works on at once' }),
      lockDurationMs: Type.Optional(Type.Integer({ minimum: 1, description: 'How long it wants tasks to be locked' })),
    }),
  ),
  startedAt: Type.String({ description: "ISO 8601, by the worker's clock" }),
  seenAt: Type.String({ description: "ISO 8601, by the worker's clock" }),
});
export type LiveWorker = Static<typeof LiveWorkerDto>;

/** Knows the live workers of one transport. */
export interface WorkerSource {
  list(): Promise<readonly LiveWorker[]>;
}

export const DEFAULT_LOCK_MS = 30_000;

/** The workers that are alive, over all servers and transports. */
@Injectable()
export class LiveWorkers {
  private readonly sources: WorkerSource[] = [];

  add(source: WorkerSource): void {
    this.sources.push(source);
  }

  async list(): Promise<LiveWorker[]> {
    return (await Promise.all(this.sources.map((source) => source.list()))).flat();
  }
}
