import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Config, parseConfig } from '../../src/config.js';
import { createServer, type RunningServer } from '../../src/create-server.js';
import { createStorage } from './test-storage.js';

export interface TestServer {
  /** Where it answers, without a slash at the end. */
  readonly url: string;
  /** For requests: `${server.rest}/task`. */
  readonly rest: string;
  readonly config: Config;
  /** The server at this moment; another one after `restart`. */
  readonly running: RunningServer;
  /** Stops the server and starts it again on the same data, at another port. @param meanwhile done while none runs */
  restart(settings?: Readonly<Record<string, string>>, meanwhile?: () => Promise<void>): Promise<void>;
  /** Stops it, and removes its data. */
  stop(): Promise<void>;
}

/**
 * A whole server at a free port, on a database of its own: embedded, or in the cluster that DATABASE_URL names. With
 * REDIS_URL set its jobs go through that Redis, under names of their own.
 * @param settings as in the environment: `{ JOB_EXECUTOR: 'off' }` leaves due jobs to the test
 */
export async function startTestServer(settings: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const storage = await createStorage();
  const redisUrl = process.env['REDIS_URL'];
  const prefix = `millrace-test-${randomBytes(6).toString('hex')}`;
  const configure = (more: Readonly<Record<string, string>>): Config => ({
    ...parseConfig({
      LOG_LEVEL: 'silent',
      ...(redisUrl && { REDIS_URL: redisUrl }),
      MILLRACE_REDIS_PREFIX: prefix,
      ...settings,
      ...more,
      PORT: '0',
    }),
    databaseUrl: storage.databaseUrl,
    dataDir: storage.dataDir,
  });
  let config = configure({});
  let running = await createServer(config);
  return {
    get url() {
      return running.url;
    },
    get rest() {
      return `${running.url}/engine-rest`;
    },
    get config() {
      return config;
    },
    get running() {
      return running;
    },
    restart: async (more = {}, meanwhile = async () => {}) => {
      await running.close();
      await meanwhile();
      config = configure(more);
      running = await createServer(config);
    },
    stop: async () => {
      await running.close();
      await storage.remove();
      if (redisUrl) await removeKeys(redisUrl, prefix);
    },
  };
}

/** Everything whose name begins with the prefix. */
export async function removeKeys(redisUrl: string, prefix: string): Promise<void> {
  const redis = new Redis(redisUrl);
  for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1000 }))
    if ((keys as string[]).length > 0) await redis.del(keys as string[]);
  await redis.quit();
}
