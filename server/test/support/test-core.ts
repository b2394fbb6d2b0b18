import { pino } from 'pino';
import { type Config, parseConfig } from '../../src/config.js';
import { type Core, openCore } from '../../src/core.js';
import { createStorage, type TestStorage } from './test-storage.js';

export interface TestCore {
  readonly core: Core;
  readonly storage: TestStorage;
  readonly config: Config;
  /** Another server on the same PostgreSQL database; null on the embedded one, which has only one. */
  openSecond(): Promise<Core | null>;
  close(): Promise<void>;
}

/** A server without HTTP, on a database of its own. Due jobs wait until the test runs them or starts the executor. */
export async function openTestCore(settings: Readonly<Record<string, string>> = {}): Promise<TestCore> {
  const storage = await createStorage();
  const config: Config = {
    ...parseConfig({ LOG_LEVEL: 'silent', ...settings }),
    databaseUrl: storage.databaseUrl,
    dataDir: storage.dataDir,
  };
  const logger = pino({ level: config.logLevel });
  const core = await openCore(config, logger);
  const others: Core[] = [];
  return {
    core,
    storage,
    config,
    openSecond: async () => {
      if (config.databaseUrl === null) return null;
      const other = await openCore(config, logger);
      others.push(other);
      return other;
    },
    close: async () => {
      for (const each of [...others, core]) await each.close();
      await storage.remove();
    },
  };
}
