import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { until } from './until.js';

export interface OwnRedis {
  readonly url: string;
  /** Forgets everything. */
  flush(): Promise<void>;
  /** Ends at once, with all that it knows. */
  kill(): Promise<void>;
  /** Stops answering, and keeps its connections open. */
  freeze(): void;
  thaw(): void;
  /** Starts again at the same port, empty. */
  start(): Promise<void>;
}

/** A Redis that a test may empty and kill: its own process at a free port, which keeps nothing on disk. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess | null = null;
  const start = async () => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    server = spawn('redis-server', options, { stdio: 'ignore' });
    const failed = once(server, 'error').then(([error]) => Promise.reject(error));
    await Promise.race([failed, until('Redis to answer', () => ask(url, (redis) => redis.ping()).catch(() => null))]);
  };
  await start();
  return {
    url,
    start,
    flush: () => ask(url, (redis) => redis.flushall()).then(() => undefined),
    kill: async () => {
      if (!server || server.exitCode !== null || server.signalCode !== null) return;
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    },
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
  };
}

async function ask<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null, lazyConnect: true });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
