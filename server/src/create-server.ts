import 'reflect-metadata';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { appModule } from './app.module.js';
import { type Config, ConfigError } from './config.js';
import { type Core, openCore } from './core.js';
import { Readiness } from './health/readiness.js';
import { Admission } from './http/admission.js';
import { configureHttp } from './http/http-server.js';
import { JsonAdapter } from './http/json-adapter.js';
import { LoadGauge } from './http/load-gauge.js';
import { BasicAuth, requireLogin } from './identity/basic-auth.js';
import { readUsersFile } from './identity/users-file.js';
import { createLogger, quietly } from './logging.js';
import { isOutage } from './persistence/outage.js';
import { serveNoQueueBoard } from './queue-board/no-queue-board.js';
import type { WorkerBridge } from './worker-bridge/worker-bridge.js';
import { WORKER_BRIDGE } from './worker-bridge/worker-bridge.module.js';

/** How long a stopping server waits for requests that it is still working on. */
const DRAIN_MS = 20_000;
const SWEEP_MS = 100;
const MB = 1024 * 1024;

export interface RunningServer {
  /** Where it answers, without a slash at the end. */
  readonly url: string;
  readonly core: Core;
  /** Says that it's going, answers what was asked, finishes running jobs, closes the database. */
  close(): Promise<void>;
}

/**
 * Starts a server in this process.
 * @throws ConfigError, DirectoryLockedError, or the system's error when the address is in use
 */
export async function createServer(config: Config, logger: Logger = createLogger(config)): Promise<RunningServer> {
  const auth = config.usersFile === null ? null : new BasicAuth(await readUsersFile(config.usersFile));
  const core = await openCore(config, logger);
  const quiet = quietly(logger);
  let app: NestFastifyApplication | null = null;
  let isListening = false;
  const readiness = new Readiness();
  const load = new LoadGauge(config.maxLagMs);
  const close = async () => {
    readiness.beginStop();
    // Load balancers learn from /health/ready that the server is going; until they know, requests still come.
    if (isListening) await sleep(config.stopDelayMs);
    // First HTTP, so that whoever was promised an answer gets it, then jobs, then the database.
    if (app) await drain(app);
    load.stop();
    await core.close();
  };
  const maxBodyBytes = config.maxBodyMb * MB;
  const adapter = new JsonAdapter({ bodyLimitBytes: maxBodyBytes, requestTimeoutMs: config.requestTimeoutMs });
  try {
    app = await NestFactory.create<NestFastifyApplication>(appModule(core, auth, readiness), adapter, {
      bodyParser: false,
      logger: false,
      abortOnError: false,
    });
    const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    const { maxRequests, maxLongPolls, maxWaitingCommits } = config;
    const maxBodiesBytes = config.maxBodiesMb * MB;
    const limits = { maxRequests, maxLongPolls, maxBodyBytes, maxBodiesBytes, maxWaitingCommits };
    new Admission(limits, load, core.commits).guard(fastify);
    sendElsewhere(fastify, readiness);
    if (auth) requireLogin(fastify, auth);
    await configureHttp(app, {
      browserAppDirectory: browserAppDirectory(),
      reportError: (error, method, url) => {
        if (isOutage(error)) quiet.error('requests failed because the database is away or too busy', error);
        else logger.error({ err: error, method, url }, 'request failed');
      },
      maxBodyBytes,
    });
    const bridge = app.get<WorkerBridge | null>(WORKER_BRIDGE, { strict: false });
    if (bridge) await (await import('./queue-board/queue-board.js')).serveQueueBoard(fastify, bridge);
    else serveNoQueueBoard(fastify);
    await app.listen({ host: config.host, port: config.port });
    isListening = true;
    load.start();
    await core.jobExecutor.start();
    return { url: urlOf(config, fastify), core, close };
  } catch (error) {
    await close();
    throw explain(error, config);
  }
}

/** Clients of a stopping server ask over another connection next time, which leads to another server. */
function sendElsewhere(fastify: FastifyInstance, readiness: Readiness): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (readiness.isStopping) void reply.header('connection', 'close');
    done(null, payload);
  });
}

/** Ends when every request was answered; connections that clients keep open for the next one don't count. */
async function drain(app: NestFastifyApplication): Promise<void> {
  const { server } = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const started = Date.now();
  const sweep = setInterval(() => {
    if (Date.now() - started > DRAIN_MS) server.closeAllConnections();
    else server.closeIdleConnections();
  }, SWEEP_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}

function urlOf(config: Config, fastify: FastifyInstance): string {
  const { port } = fastify.server.address() as AddressInfo;
  return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
}

function explain(error: unknown, { host, port }: Config): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `Another program already uses port ${port} of ${host}; stop it, or set PORT to another one.`,
      );
    case 'EADDRNOTAVAIL':
      return new ConfigError(`HOST is ${host}, which is no address of this machine.`);
    case 'EACCES':
      return new ConfigError(`This user may not use port ${port}; set PORT to one above 1023.`);
    default:
      return error;
  }
}

/** Beside the server in the workspace: modeler-ui/dist. */
function browserAppDirectory(): string | null {
  const directory = fileURLToPath(new URL('../../modeler-ui/dist', import.meta.url));
  return existsSync(directory) ? directory : null;
}
