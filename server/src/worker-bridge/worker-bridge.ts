import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import type { ExternalTaskService } from '../external-task/external-task.service.js';
import type { CommitEvents } from '../persistence/commit-events.js';
import type { Database } from '../persistence/database.js';
import { BullmqWorkers } from './bullmq-workers.js';
import { InstallationBeacon } from './installation-beacon.js';
import type { LiveWorkers } from './live-workers.js';
import { capacities } from './queue-capacities.js';
import { RedisLink } from './redis-link.js';
import { ResultConsumer } from './result-consumer.js';
import { TaskLocks } from './task-locks.js';
import { type PinnedWork, TaskPusher } from './task-pusher.js';

/** How often it looks who is there, and for tasks that no commit of this server told of: retries, lost locks. */
const LOOK_MS = 1_000;
/** How long a stopping server waits for Redis before it cuts the connections. */
const GOODBYE_MS = 5_000;

/**
 * Makes external tasks available to BullMQ workers. Every server of an installation runs one, and none of them owns
 * anything: the database knows the tasks and their locks, Redis carries them, and may lose them.
 */
export class WorkerBridge implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  readonly link: RedisLink;
  private readonly workers: BullmqWorkers;
  private readonly pusher: TaskPusher;
  private readonly results: ResultConsumer;
  private beacon: InstallationBeacon | null = null;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private stopped = false;
  private unsubscribe = () => {};
  /** The newest answer that waited when this server met Redis; until it was taken no task is locked. */
  private newestAnswer: string | null | undefined;

  constructor(
    redisUrl: string,
    readonly prefix: string,
    tasks: ExternalTaskService,
    database: Database,
    private readonly events: CommitEvents,
    liveWorkers: LiveWorkers,
    pinned: PinnedWork,
    logger: Logger,
  ) {
    this.link = new RedisLink(redisUrl, logger);
    const locks = new TaskLocks(database, events);
    this.workers = new BullmqWorkers(this.link, prefix);
    this.pusher = new TaskPusher(this.link, prefix, tasks, locks, pinned);
    this.results = new ResultConsumer(this.link, prefix, tasks, locks, logger, (topic) => this.pusher.lookNow(topic));
    liveWorkers.add(this.workers);
  }

  onApplicationBootstrap(): void {
    this.beacon = new InstallationBeacon(this.link, this.prefix);
    this.results.start(this.link.openWaiting());
    this.unsubscribe = this.events.on('externalTasks', (topics) => {
      for (const topic of topics) this.pusher.look(topic);
    });
    this.link.commands.on('ready', () => {
      this.newestAnswer = undefined;
      this.look();
    });
    this.look();
  }

  /** Hands out no more tasks. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.unsubscribe();
    this.beacon?.stop();
    if (this.timer) clearTimeout(this.timer);
    await this.looking;
    await this.orGiveUp(this.pusher.stop());
  }

  /** Finishes the results that it has begun; the others wait in Redis for the next server. */
  async onApplicationShutdown(): Promise<void> {
    await this.orGiveUp(this.results.stop());
    this.link.close();
  }

  private look(): void {
    if (this.timer) clearTimeout(this.timer);
    if (this.stopped) return;
    this.looking ??= this.lookAround()
      .catch((error) => this.link.report(error))
      .finally(() => {
        this.looking = null;
        if (!this.stopped) this.timer = setTimeout(() => this.look(), LOOK_MS);
      });
  }

  private async lookAround(): Promise<void> {
    if (!this.link.isReady) return;
    await this.openPusher();
    await this.pusher.update(capacities(await this.workers.list()));
  }

  /** When servers were down, locks have ended whose tasks were done meanwhile: first their answers, then new tasks. */
  private async openPusher(): Promise<void> {
    if (this.newestAnswer === null) return;
    const backlog = await this.results.backlog();
    this.newestAnswer ??= backlog[0] ?? null;
    if (this.newestAnswer !== null && backlog.includes(this.newestAnswer)) return;
    this.newestAnswer = null;
    this.pusher.isOpen = true;
  }

  private async orGiveUp(work: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.link.isReady ? GOODBYE_MS : 0);
    });
    await Promise.race([work.catch((error) => this.link.report(error)), enough]);
    clearTimeout(timer);
  }
}
