import { type ScriptHost, scriptHostOn } from '@millrace/engine';
import type { Logger } from 'pino';
import { BatchHandlers } from './batch/batch-handler.js';
import { CommitBroadcast } from './cluster/commit-broadcast.js';
import { PostgresHints } from './cluster/postgres-hints.js';
import type { Config } from './config.js';
import { CanaryStarts } from './deployment/canary-starts.js';
import { DefinitionCache } from './deployment/definition-cache.js';
import { DefinitionDeletion } from './deployment/definition-deletion.js';
import { DefinitionResources } from './deployment/definition-resources.js';
import { DefinitionSuspension } from './deployment/definition-suspension.js';
import { DeploymentService } from './deployment/deployment.service.js';
import { SUSPENSION_JOBS } from './deployment/scheduled-suspension.js';
import type { AcquiredJob } from './job-executor/acquired-job.js';
import { ClaimedJobs } from './job-executor/claimed-jobs.js';
import { InProcessDispatcher } from './job-executor/dispatch/in-process-dispatcher.js';
import type { JobDispatcher } from './job-executor/dispatch/job-dispatcher.js';
import { BatchJobHandler } from './job-executor/handlers/batch-job.js';
import { InstanceJobHandler } from './job-executor/handlers/instance-job.js';
import { ScheduledSuspensionHandler } from './job-executor/handlers/scheduled-suspension.js';
import { TimerStartEventHandler } from './job-executor/handlers/timer-start-event.js';
import { JobExecutor } from './job-executor/job-executor.js';
import { JobLocks } from './job-executor/job-locks.js';
import { JobRunner } from './job-executor/job-runner.js';
import { quietly } from './logging.js';
import { EmbeddedConnections, PostgresConnections } from './persistence/commit/commit-connections.js';
import { GroupCommitter } from './persistence/commit/group-committer.js';
import { UnitParts } from './persistence/commit/unit-parts.js';
import { CommitEvents } from './persistence/commit-events.js';
import type { Committer } from './persistence/committer.js';
import type { Database } from './persistence/database.js';
import { openDatabase } from './persistence/open-database.js';
import { findServerName } from './persistence/server-name.js';
import { UnitOfWork } from './persistence/unit-of-work.js';
import { logOperationsOf } from './persistence/user-operations.js';
import { VariableLimit } from './persistence/variable-limit.js';
import { ThreadedScriptRunner } from './script-host/threaded-script-runner.js';

/** Commits under way at once: while one waits for the disk the next is being gathered. */
const COMMIT_LANES = 4;
const STATE_CACHE_BYTES = 64 * 1024 * 1024;

/** What the server does without HTTP: persistence, deployments, jobs. */
export interface Core {
  readonly config: Config;
  readonly logger: Logger;
  readonly database: Database;
  readonly scripts: ScriptHost;
  readonly commitEvents: CommitEvents;
  readonly unitOfWork: UnitOfWork;
  readonly commits: Pick<Committer, 'waiting'>;
  readonly definitions: DefinitionCache;
  readonly resources: DefinitionResources;
  readonly deployments: DeploymentService;
  readonly canaryStarts: CanaryStarts;
  readonly jobExecutor: JobExecutor;
  readonly batchHandlers: BatchHandlers;
  /** Begins the names of all of this installation's keys in Redis. */
  readonly redisPrefix: string;
  /** Lets running jobs end, and closes the database. */
  close(): Promise<void>;
}

/**
 * Opens the database and puts the parts together. Jobs run once `core.jobExecutor.start()` was called.
 * @throws DirectoryLockedError, or the driver's error when PostgreSQL can't be reached
 */
export async function openCore(config: Config, logger: Logger): Promise<Core> {
  await findServerName();
  logOperationsOf(config.userOperationLog);
  const { database, isEmbedded, installationId, close } = await openDatabase(config, logger);
  const scriptRunner = new ThreadedScriptRunner();
  const scripts = scriptHostOn(scriptRunner);
  const commitEvents = new CommitEvents();
  const definitions = new DefinitionCache(database, scripts);
  const resources = new DefinitionResources(database, definitions, scripts);
  const connections =
    config.databaseUrl === null
      ? new EmbeddedConnections(database)
      : new PostgresConnections(config.databaseUrl, COMMIT_LANES, config.queryTimeoutMs, logger);
  const committer = new GroupCommitter(connections, new UnitParts(database.dataSource));
  const limited = new VariableLimit(committer, config.maxVariableMb * 1024 * 1024);
  const claims = new ClaimedJobs(limited);
  const unitOfWork = new UnitOfWork(database, resources, claims, commitEvents, logger, STATE_CACHE_BYTES);
  const deletion = new DefinitionDeletion(database, unitOfWork, definitions, commitEvents);
  const suspension = new DefinitionSuspension(database, unitOfWork, commitEvents);
  const deployments = new DeploymentService(database, scripts, definitions, deletion, suspension, commitEvents, config);
  const canaryStarts = new CanaryStarts(database, definitions, commitEvents, logger);
  const instanceJobs = new InstanceJobHandler(unitOfWork);
  const startTimers = new TimerStartEventHandler(database, unitOfWork, commitEvents, canaryStarts);
  const suspensions = new ScheduledSuspensionHandler(database, suspension, commitEvents);
  const batchHandlers = new BatchHandlers();
  const batchJobs = new BatchJobHandler(database, batchHandlers, commitEvents);
  const locks = new JobLocks(database);
  const handlerOf = ({ type, processInstanceId }: AcquiredJob) => {
    if (type === 'batch-job' || type === 'batch-seed-job') return batchJobs;
    if (SUSPENSION_JOBS.has(type)) return suspensions;
    return processInstanceId === null ? startTimers : instanceJobs;
  };
  const runner = new JobRunner(locks, handlerOf, logger);
  // Installations that share a Redis must not take each other's work; the braces keep their keys together in a cluster.
  const redisPrefix = `${config.redisPrefix}:{${installationId}}`;
  const jobExecutor = new JobExecutor(
    database,
    runner,
    await createDispatcher(config, redisPrefix, runner, claims, commitEvents, logger),
  );
  const broadcast = isEmbedded ? null : await createBroadcast(config, installationId, commitEvents, logger);
  broadcast?.start();
  // Only this server can have had locks there, and it isn't the same process any more.
  if (isEmbedded) await locks.releaseAll();
  return {
    config,
    logger,
    database,
    scripts,
    commitEvents,
    unitOfWork,
    commits: committer,
    definitions,
    resources,
    deployments,
    canaryStarts,
    jobExecutor,
    batchHandlers,
    redisPrefix,
    close: async () => {
      await jobExecutor.stop();
      await broadcast?.stop();
      await committer.close();
      await scriptRunner.close();
      await close();
    },
  };
}

/** Between the servers of one database. What is for Redis is loaded where there is one: it takes a tenth of the start. */
async function createBroadcast(
  { databaseUrl, redisUrl, redisPrefix, jobExecutor }: Config,
  installationId: string,
  events: CommitEvents,
  logger: Logger,
): Promise<CommitBroadcast> {
  const channel = redisUrl
    ? new (await import('./cluster/redis-hints.js')).RedisHints(
        redisUrl,
        `${redisPrefix}:{${installationId}}:hints`,
        quietly(logger),
      )
    : new PostgresHints(databaseUrl!, quietly(logger));
  // With Redis the queue tells all servers of jobs, if this one fills it.
  const jobs = !jobExecutor ? 'others' : redisUrl ? 'no' : 'own';
  return new CommitBroadcast(channel, events, { jobs });
}

async function createDispatcher(
  config: Config,
  redisPrefix: string,
  runner: JobRunner,
  claims: ClaimedJobs,
  events: CommitEvents,
  logger: Logger,
): Promise<JobDispatcher | null> {
  if (!config.jobExecutor) return null;
  if (config.redisUrl === null) return new InProcessDispatcher(runner, claims, events, logger);
  const { BullmqDispatcher } = await import('./job-executor/dispatch/bullmq-dispatcher.js');
  return new BullmqDispatcher(config.redisUrl, redisPrefix, runner, events, logger);
}
