import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../lib/free-port.mjs';
import { saying, startProgram, startServer } from '../lib/programs.mjs';
import { startPostgres, startRedis } from '../lib/services.mjs';
import { root } from '../run.mjs';
import { startProxy } from './proxy.mjs';

const SERVERS = 3;
const WORKERS = 3;
const DATABASE = 'millrace_chaos';
/** How long a server may take to come up, with all attempts. */
const UP_LIMIT_MS = 90_000;
export const LOCK_MS = 5_000;

const fromServer = createRequire(join(root, 'server/package.json'));

/** Servers, workers and what they stand on, all started here; each can be killed and comes back. */
export class Cluster {
  postgres;
  redis;
  proxy;
  servers = [];
  workers = [];
  /** What has ended without being killed, as sentences. It's started again. */
  unexpected = [];
  #folder;
  #dist;
  #seed;
  #transport;
  #comingBack = new Set();
  #isClosed = false;

  /** @param dist folder of the built server, which may be a sabotaged copy @param transport of the workers */
  constructor({ folder, dist, seed, transport }) {
    this.#folder = folder;
    this.#dist = dist;
    this.#seed = seed;
    this.#transport = transport;
    // Also when something unforeseen ends this process, nothing of it goes on.
    process.once('exit', () => this.#isClosed || this.#endAtOnce());
  }

  async start(random) {
    for (const name of ['logs', 'journals']) mkdirSync(join(this.#folder, name));
    this.postgres = await startPostgres();
    this.redis = await startRedis();
    this.postgres.sql(`CREATE DATABASE ${DATABASE}`);
    for (let number = 1; number <= SERVERS; number += 1) {
      this.servers.push({ name: `server-${number}`, port: await freePort(), program: null });
    }
    await Promise.all(this.servers.map((server) => this.#upServer(server)));
    this.proxy = await startProxy({ serverPorts: this.servers.map(({ port }) => port), random });
    for (let number = 1; number <= WORKERS; number += 1) this.workers.push({ name: `worker-${number}`, program: null });
  }

  async startWorkers() {
    await Promise.all(this.workers.map((worker) => this.#upWorker(worker)));
  }

  get urls() {
    return this.servers.map(({ port }) => `http://127.0.0.1:${port}`);
  }

  /** Kills it without a warning; it comes back after the pause. */
  killServer(server, pauseMs) {
    return this.#killFor(server, pauseMs, () => this.#upServer(server));
  }

  killWorker(worker, pauseMs) {
    return this.#killFor(worker, pauseMs, () => this.#upWorker(worker));
  }

  /** The process stands still: its locks run out while it believes to hold them. */
  pauseWorker(worker, pauseMs) {
    const { program } = worker;
    if (!program || program.hasEnded()) return;
    process.kill(program.pid, 'SIGSTOP');
    this.#later(async () => {
      await sleep(pauseMs);
      if (!program.hasEnded()) process.kill(program.pid, 'SIGCONT');
    });
  }

  /** @param mode as of `stopServer` */
  async restartPostgres(mode, pauseMs) {
    this.postgres.stopServer(mode);
    await sleep(pauseMs);
    this.postgres.startServer();
  }

  async flushRedis() {
    const { Redis } = fromServer('ioredis');
    const redis = new Redis(this.redis.url, { maxRetriesPerRequest: 1 });
    await redis.flushall();
    redis.disconnect();
  }

  /** Puts what waits in the queues in a second time. @returns how many entries */
  async duplicateQueueEntries() {
    const { Redis } = fromServer('ioredis');
    const { Queue } = fromServer('bullmq');
    const redis = new Redis(this.redis.url, { maxRetriesPerRequest: 1 });
    let count = 0;
    for (const key of await redis.keys('*:meta')) {
      const [name, ...prefix] = key.split(':').slice(0, -1).reverse();
      const queue = new Queue(name, { connection: redis, prefix: prefix.reverse().join(':'), skipMetasUpdate: true });
      const entries = await queue.getJobs(['waiting', 'delayed', 'prioritized', 'active'], 0, 50);
      for (const entry of entries.filter(Boolean)) {
        await queue.add(entry.name, entry.data, {
          removeOnComplete: true,
          removeOnFail: true,
          delay: entry.delay ?? 0,
        });
        count += 1;
      }
      await queue.close();
    }
    redis.disconnect();
    return count;
  }

  /** At least two servers and two workers run. @throws Error when something doesn't come up */
  async mostlyUp() {
    const up = (targets) => targets.filter(({ program }) => program && !program.hasEnded()).length;
    while (up(this.servers) < 2 || up(this.workers) < 2) {
      if (this.#comingBack.size === 0) throw new Error('too little runs, and nothing comes back');
      await Promise.race(this.#comingBack);
    }
  }

  /** All that was killed is up again. @throws Error when something doesn't come up */
  async whole() {
    while (this.#comingBack.size > 0) await Promise.all(this.#comingBack);
  }

  journal() {
    const folder = join(this.#folder, 'journals');
    return readdirSync(folder).flatMap((name) => {
      // A line without its end was being written when the worker was killed.
      const lines = readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1);
      return lines.map((line) => JSON.parse(line));
    });
  }

  async stop() {
    this.#isClosed = true;
    this.proxy?.stop();
    const programs = [...this.workers, ...this.servers].flatMap(({ program }) => program ?? []);
    await Promise.all(programs.map((program) => program.kill('SIGKILL')));
    await Promise.allSettled(this.#comingBack);
    this.redis?.stop();
    this.postgres?.stop();
  }

  #endAtOnce() {
    for (const { program } of [...this.workers, ...this.servers]) program?.child.kill('SIGKILL');
    this.redis?.stop();
    this.postgres?.stop();
  }

  async #killFor(target, pauseMs, up) {
    const { program } = target;
    if (!program) return;
    target.program = null;
    await program.kill('SIGKILL');
    this.#later(async () => {
      await sleep(pauseMs);
      await up();
    });
  }

  #watch(target, program, up) {
    target.program = program;
    void program.ended.then((code) => {
      if (this.#isClosed || target.program !== program) return;
      target.program = null;
      this.unexpected.push(`${target.name} ended by itself, with code ${code}`);
      this.#later(up);
    });
  }

  #later(work) {
    const promise = work().finally(() => this.#comingBack.delete(promise));
    promise.catch(() => undefined); // `whole` tells
    this.#comingBack.add(promise);
  }

  async #upServer(server) {
    const env = { DATABASE_URL: this.postgres.urlOf(DATABASE), REDIS_URL: this.redis.url };
    const log = join(this.#folder, 'logs', `${server.name}.log`);
    const until = Date.now() + UP_LIMIT_MS;
    while (!this.#isClosed) {
      try {
        const program = await startServer({ dist: this.#dist, port: server.port, env, log });
        this.#watch(server, program, () => this.#upServer(server));
        return;
      } catch (error) {
        // The database may be away at this moment; whoever looks after servers starts them again.
        if (Date.now() > until) throw error;
        await sleep(500);
      }
    }
  }

  async #upWorker(worker) {
    if (this.#isClosed) return;
    const program = startProgram(['scripts/chaos/worker.mjs'], {
      env: {
        MILLRACE_URL: `${this.proxy.url}/engine-rest`,
        REDIS_URL: this.redis.url,
        WORKER_TRANSPORT: this.#transport,
        CHAOS_NAME: worker.name,
        CHAOS_JOURNAL: join(this.#folder, 'journals'),
        CHAOS_LOCK_MS: String(LOCK_MS),
        CHAOS_SEED: String(this.#seed),
      },
      log: join(this.#folder, 'logs', `${worker.name}.log`),
    });
    await saying(program, 'worker is ready');
    this.#watch(worker, program, () => this.#upWorker(worker));
  }
}
