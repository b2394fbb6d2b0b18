import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { EngineClient, FailureReport, LockedTaskDto } from '../engine-client.js';
import { ConnectionError, EngineRestError } from '../errors.js';
import type { Outcome, TaskReports } from '../transport.js';
import type { VariableDtos } from '../typed-value.js';
import { RESULTS_QUEUE, repliesChannel } from './names.js';
import type { RedisLink } from './redis-link.js';

export interface Identity {
  readonly workerId: string;
  readonly version: string | undefined;
  readonly build: string | undefined;
}

type Kind = 'complete' | 'failure' | 'bpmnError' | 'extendLock';

/** The server's answer to an `extendLock`: without an error the lock is extended. */
interface Reply {
  readonly requestId: string;
  readonly error?: { readonly status: number; readonly type: string; readonly message: string };
}

interface Asked {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Puts results into the queue `results`, where they wait for a server. A result counts as delivered once the queue has
 * it; only whether a lock was extended is worth waiting for, because it tells whether the task is still ours.
 */
export class ResultSender implements TaskReports {
  private readonly queue: Queue;
  private readonly asked = new Map<string, Asked>();
  /** The extension that each task waits for: it must not arrive after the task's result. */
  private readonly extending = new Map<string, Promise<void>>();

  constructor(
    private readonly link: RedisLink,
    prefix: string,
    private readonly identity: Identity,
    private readonly requestTimeoutMs: number,
    private readonly files: EngineClient | undefined,
    replies: Redis,
  ) {
    this.queue = new Queue(RESULTS_QUEUE, { connection: link.commands, prefix });
    this.queue.on('error', (error) => link.report(error));
    replies.on('message', (_, text) => this.hear(text));
    void replies.subscribe(repliesChannel(prefix, identity.workerId)).catch((error) => link.report(error));
  }

  async complete(
    task: LockedTaskDto,
    { variables, localVariables, ifRefused }: Outcome & { readonly localVariables: VariableDtos },
  ): Promise<void> {
    await this.send('complete', task, { variables, localVariables }, { ifRefused: ifRefused() });
  }

  async failure(task: LockedTaskDto, report: FailureReport): Promise<void> {
    await this.send('failure', task, { ...report });
  }

  async bpmnError(
    task: LockedTaskDto,
    { errorCode, errorMessage, variables, ifRefused }: Outcome & { errorCode: string; errorMessage: string },
  ): Promise<void> {
    await this.send('bpmnError', task, { errorCode, errorMessage, variables }, { ifRefused: ifRefused() });
  }

  async extendLock(task: LockedTaskDto, newDuration: number): Promise<void> {
    const extension = this.ask(task, newDuration);
    const settled = extension.then(
      () => undefined,
      () => undefined,
    );
    this.extending.set(task.id, settled);
    try {
      await extension;
    } finally {
      if (this.extending.get(task.id) === settled) this.extending.delete(task.id);
    }
  }

  readFile(processInstanceId: string, variableName: string): Promise<Uint8Array> {
    if (this.files) return this.files.readFile(processInstanceId, variableName);
    throw new TypeError(`Expected the worker's option 'url' to be set, over which the file '${variableName}' is read`);
  }

  /** Nobody waits any more for what hasn't been answered. */
  async close(): Promise<void> {
    for (const { reject } of this.asked.values()) reject(new ConnectionError('extendLock', 'the worker was stopped'));
    await this.queue.close();
  }

  private async ask(task: LockedTaskDto, newDuration: number): Promise<void> {
    const requestId = randomUUID();
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<void>((resolve, reject) => {
      this.asked.set(requestId, { resolve, reject });
      timer = setTimeout(
        () => reject(new ConnectionError('extendLock', `nothing came within ${this.requestTimeoutMs} ms`)),
        this.requestTimeoutMs,
      );
    });
    answer.catch(() => undefined); // when the request itself can't be sent, nobody waits for its answer
    try {
      await this.add('extendLock', task, { newDuration }, { requestId }, requestId);
      await answer;
    } catch (error) {
      // What no server has read yet must not be read later, when it might extend what follows.
      if (error instanceof ConnectionError && this.link.commands.status === 'ready') {
        await this.queue.remove(requestId).catch(() => undefined);
      }
      throw error;
    } finally {
      clearTimeout(timer);
      this.asked.delete(requestId);
    }
  }

  private hear(text: string): void {
    const { requestId, error } = JSON.parse(text) as Reply;
    const asked = this.asked.get(requestId);
    if (!asked) return;
    if (error) asked.reject(new EngineRestError('extendLock', error.status, error.type, error.message));
    else asked.resolve();
  }

  private async send(kind: Kind, task: LockedTaskDto, body: object, more: object = {}): Promise<void> {
    await this.extending.get(task.id);
    // The same id for the same result, so that one which is sent twice waits only once.
    await this.add(kind, task, body, more, `${task.id}_${task.workerId}_${kind}`.replaceAll(':', '_'));
  }

  private async add(kind: Kind, task: LockedTaskDto, body: object, more: object, jobId: string): Promise<void> {
    const what = `${kind} of external task ${task.id}`;
    this.link.requireReady(what);
    const { workerId, version = null } = this.identity;
    const data = {
      externalTaskId: task.id,
      topicName: task.topicName,
      body: { workerId: task.workerId, ...body },
      from: { workerId, version },
      ...more,
    };
    try {
      await this.queue.add(kind, data, { jobId, removeOnComplete: true, removeOnFail: true });
    } catch (error) {
      throw new ConnectionError(what, (error as Error).message, error);
    }
  }
}
