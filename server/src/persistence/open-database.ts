import type { Logger } from 'pino';
import { DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import type { Config } from '../config.js';
import { quietly } from '../logging.js';
import { Database } from './database.js';
import { type EmbeddedDatabase, openEmbeddedDatabase } from './embedded/embedded-database.js';
import { ALL_ENTITIES } from './entities/all-entities.js';
import { Initial1790000000001 } from './schema/1-initial.js';
import { Batches1790000000003 } from './schema/3-batches.js';
import { Restart1790000000004 } from './schema/4-restart.js';
import { Releases1790000000005 } from './schema/5-releases.js';
import { WorkLogs1790000000006 } from './schema/6-work-logs.js';
import { RefuseCommit1790000000007 } from './schema/7-refuse-commit.js';
import { MigrationSnapshots1790000000008 } from './schema/8-migration-snapshots.js';
import { Workers1790000000009 } from './schema/9-workers.js';
import { NarrowVariables1790000000013 } from './schema/13-narrow-variables.js';
import { FewerIndexWrites1790000000014 } from './schema/14-fewer-index-writes.js';
import { Canaries1790000000015 } from './schema/15-canaries.js';
import { VariablesByNameAndInstance1790000000016 } from './schema/16-variables-by-name-and-instance.js';
import { LightSnapshots1790000000017 } from './schema/17-light-snapshots.js';
import { FailedStarts1790000000018 } from './schema/18-failed-starts.js';
import { SnakeCaseNaming } from './snake-case.js';

/** Any number that no other program on the cluster takes: several servers may start at once, one brings the schema up to date. */
const SCHEMA_LOCK = 7_416_001;

export interface OpenDatabase {
  readonly database: Database;
  readonly isEmbedded: boolean;
  /** Of this database's data, the same for all its servers for ever. */
  readonly installationId: string;
  close(): Promise<void>;
}

/**
 * By its stock settings PostgreSQL takes a page at random for four times as dear as the next one, as on disks that turn. Then it
 * would rather read through all tasks than fetch those of one process by their index.
 */
const PLANNER = '-c random_page_cost=1.1';

/**
 * Connects to the configured database and brings its schema up to date.
 * @throws DirectoryLockedError, or the driver's error when PostgreSQL can't be reached
 */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir'> &
    Partial<Pick<Config, 'embeddedSync' | 'databaseConnections' | 'queryTimeoutMs'>>,
  logger: Logger,
): Promise<OpenDatabase> {
  const { databaseUrl, dataDir, embeddedSync = true, databaseConnections = 10, queryTimeoutMs = 0 } = config;
  const embedded = databaseUrl === null ? await openEmbeddedDatabase(dataDir, { sync: embeddedSync }) : null;
  if (embedded && embeddedSync) logger.info(SURVIVES_POWER_LOSS);
  else if (embedded) logger.warn(POWER_LOSS);
  const quiet = quietly(logger);
  const dataSource = new DataSource({
    type: 'postgres',
    ...(embedded ? { driver: embedded.driver } : { url: databaseUrl ?? undefined }),
    applicationName: 'millrace',
    poolSize: databaseConnections,
    // Also how long a statement waits for a free connection.
    connectTimeoutMS: 10_000,
    ...(embedded ? {} : { extra: { keepAlive: true, statement_timeout: queryTimeoutMs, options: PLANNER } }),
    installExtensions: false,
    entities: ALL_ENTITIES,
    namingStrategy: new SnakeCaseNaming(),
    migrations: [
      Initial1790000000001,
      Batches1790000000003,
      Restart1790000000004,
      Releases1790000000005,
      WorkLogs1790000000006,
      RefuseCommit1790000000007,
      MigrationSnapshots1790000000008,
      Workers1790000000009,
      NarrowVariables1790000000013,
      FewerIndexWrites1790000000014,
      Canaries1790000000015,
      VariablesByNameAndInstance1790000000016,
      LightSnapshots1790000000017,
      FailedStarts1790000000018,
    ],
    migrationsTableName: 'schema_step',
    poolErrorHandler: (error: Error) => quiet.error('database connection lost', error),
  });
  const close = async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await embedded?.close();
  };
  try {
    await dataSource.initialize();
    await updateSchema(dataSource, embedded);
  } catch (error) {
    await close();
    throw error;
  }
  const database = new Database(dataSource, embedded !== null);
  const [installation] = await database.query<{ id: string }>('SELECT id FROM installation');
  return { database, isEmbedded: embedded !== null, installationId: installation!.id, close };
}

const SURVIVES_POWER_LOSS =
  'The embedded database writes every commit to the disk before it is answered, so that it survives a power failure as ' +
  'far as the disk keeps what it has confirmed.';
const POWER_LOSS =
  'EMBEDDED_SYNC is off: the embedded database survives the death of this process at any moment, but not a power failure ' +
  'or a crash of the machine: what was committed shortly before can be lost or damaged.';

async function updateSchema(dataSource: DataSource, embedded: EmbeddedDatabase | null): Promise<void> {
  // The embedded database has one session and one server: the lock's session would keep the steps waiting.
  if (embedded) {
    await dataSource.runMigrations({ transaction: 'each' });
    return;
  }
  const runner = dataSource.createQueryRunner();
  try {
    // A step on large tables, or waiting for another server's, may take as long as it takes.
    await runner.query('SET statement_timeout = 0');
    await runner.query('SELECT pg_advisory_lock($1)', [SCHEMA_LOCK]);
    const steps = new MigrationExecutor(dataSource, runner);
    steps.transaction = 'each';
    await steps.executePendingMigrations();
  } finally {
    await unlock(runner);
  }
}

async function unlock(runner: QueryRunner): Promise<void> {
  await runner.query('SELECT pg_advisory_unlock($1)', [SCHEMA_LOCK]).catch(() => undefined);
  await runner.query('RESET statement_timeout').catch(() => undefined);
  await runner.release();
}
