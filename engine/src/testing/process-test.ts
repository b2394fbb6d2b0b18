import { InvalidCommandError, NotFoundError } from '../errors.js';
import type { JobRow } from '../runtime/records.js';
import { fromNative, type TypedValue, toNative, type Variables } from '../runtime/typed-value.js';
import { fromColumns } from '../runtime/value-columns.js';
import { addDuration, parseDuration } from '../time/duration.js';
import { MemoryHost } from './memory-host.js';

export interface StartOptions {
  readonly businessKey?: string;
  readonly userId?: string;
}

/** How far the clock is moved: an ISO 8601 duration, or its parts. */
export type TimeSpan =
  | string
  | { readonly days?: number; readonly hours?: number; readonly minutes?: number; readonly seconds?: number };

type NativeVariables = Readonly<Record<string, unknown>>;

/** Tests of a process in memory: a clock that stands still, jobs that run inline, nothing to clean up. */
export async function processTest(): Promise<ProcessTest> {
  return new ProcessTest(await MemoryHost.create());
}

export class ProcessTest {
  /** Asynchronous continuations run at once; switch it off to look at the moment before. */
  runJobs = true;

  constructor(readonly host: MemoryHost) {}

  /** Deploys resources by name. @throws ParseError */
  async deploy(files: Readonly<Record<string, string>>): Promise<this> {
    await this.host.deploy(files);
    return this;
  }

  /** Starts the latest version of a process by its none start event. */
  start(key: string, variables: NativeVariables = {}, options: StartOptions = {}): TestInstance {
    return this.startAt(key, undefined, variables, options);
  }

  /** Delivers a message to the instance that waits for it, or starts a process by it. @throws NotFoundError when nobody expects it */
  message(name: string, options: { businessKey?: string; variables?: NativeVariables } = {}): TestInstance {
    const { host } = this;
    for (const subscription of host.rows.eventSubscription.values()) {
      const id = subscription.processInstanceId ?? '';
      const fits = options.businessKey === undefined || host.instances.get(id)?.businessKey === options.businessKey;
      if (subscription.eventType !== 'message' || subscription.eventName !== name || !fits) continue;
      this.command(id, {
        kind: 'deliverMessage',
        subscriptionId: subscription.id,
        variables: typedAll(options.variables),
      });
      return new TestInstance(this, id);
    }
    for (const [key, definitionId] of host.latest)
      for (const trigger of host.models.get(definitionId)?.startTriggers ?? [])
        if (trigger.kind === 'message' && trigger.messageName.literal === name)
          return this.startAt(key, trigger.elementId, options.variables ?? {}, options);
    throw new NotFoundError(`Expected somebody to wait for message '${name}', but nobody does`);
  }

  /** Moves the clock, and runs every timer on the way when it is due. */
  advance(span: TimeSpan): void {
    const until = addDuration(this.host.now, parseDuration(typeof span === 'string' ? span : iso(span)));
    for (let job = this.nextTimer(until); job; job = this.nextTimer(until)) {
      if (job.dueDate && job.dueDate > this.host.now) this.host.now = job.dueDate;
      this.runJob(job);
    }
    this.host.now = until;
  }

  /** @internal */
  command(instanceId: string, command: Parameters<MemoryHost['run']>[1], userId?: string): void {
    this.host.run(instanceId, command, userId ?? null);
    if (this.runJobs) this.settle();
  }

  /** Runs asynchronous continuations until none is left. A failing one is retried without waiting, then an incident. */
  settle(): void {
    for (let job = this.nextContinuation(); job; job = this.nextContinuation()) this.runJob(job);
  }

  private startAt(
    key: string,
    startElementId: string | undefined,
    variables: NativeVariables,
    options: StartOptions,
  ): TestInstance {
    const definitionId = this.host.latest.get(key);
    if (definitionId === undefined) throw new NotFoundError(`Expected a deployed process '${key}', but there is none`);
    const id = this.host.newId();
    const businessKey = options.businessKey ?? null;
    this.command(
      id,
      { kind: 'start', definitionId, businessKey, tenantId: null, variables: typedAll(variables), startElementId },
      options.userId,
    );
    return new TestInstance(this, id);
  }

  private runJob(job: JobRow): void {
    const instanceId = job.processInstanceId ?? '';
    try {
      this.host.run(instanceId, { kind: 'executeJob', jobId: job.id });
    } catch (error) {
      const { message, stack } = error as Error;
      this.host.run(instanceId, {
        kind: 'failJob',
        jobId: job.id,
        message,
        stacktrace: stack ?? '',
        failedElementId: null,
      });
    }
    if (this.runJobs) this.settle();
  }

  private nextContinuation(): JobRow | undefined {
    const jobs = [...this.host.rows.job.values()];
    return jobs.find(
      ({ type, retries, suspended, dueDate }) =>
        type === 'async-continuation' && retries > 0 && !suspended && isDue(dueDate, this.host.now),
    );
  }

  private nextTimer(until: Date): JobRow | undefined {
    const due = [...this.host.rows.job.values()].filter(
      ({ dueDate, retries, suspended }) => isDue(dueDate, until) && retries > 0 && !suspended,
    );
    return due.sort((a, b) => (a.dueDate?.getTime() ?? 0) - (b.dueDate?.getTime() ?? 0))[0];
  }
}

/** One process instance under test. */
export class TestInstance {
  constructor(
    private readonly test: ProcessTest,
    readonly id: string,
  ) {}

  get ended(): boolean {
    return !this.test.host.instances.has(this.id);
  }

  /** Ids of the activities where tokens wait, in this instance and those that it called, sorted. */
  waitingAt(): string[] {
    return this.family()
      .flatMap((id) => {
        const state = this.test.host.instances.get(id);
        const nodes = [...(state?.nodes.values() ?? [])];
        const parents = new Set(nodes.map(({ parentId }) => parentId));
        return nodes.filter(
          (node) =>
            node.parentId !== null &&
            !parents.has(node.id) &&
            node.phase !== 'token' &&
            node.calledInstanceId === undefined,
        );
      })
      .map(({ elementId }) => elementId)
      .sort();
  }

  /** The process's variables, also after its end. */
  variables(): Record<string, unknown> {
    const rows = [...this.test.host.rows.historicVariable.values()];
    const own = rows.filter(
      (row) => row.activityInstanceId === this.id && row.taskId === null && row.state === 'CREATED',
    );
    return Object.fromEntries(own.map((row) => [row.name, toNative(fromColumns(row))]));
  }

  /** Ids of the elements that were left, in the order of their end, with those of called instances. */
  path(): string[] {
    const family = new Set(this.family());
    return [...this.test.host.rows.historicActivityInstance.values()]
      .filter((row) => family.has(row.processInstanceId) && row.endedAt && !row.canceled)
      .map(({ elementId }) => elementId);
  }

  incidents(): { type: string; elementId: string; message: string | null }[] {
    const family = new Set(this.family());
    return [...this.test.host.rows.incident.values()]
      .filter(({ processInstanceId }) => family.has(processInstanceId))
      .map(({ type, elementId, message }) => ({ type, elementId, message }));
  }

  /** Of a multi-instance activity, or of what is in one, the first that waits. */
  completeTask(elementId: string, variables: NativeVariables = {}): void {
    const row = this.only('userTask', (task) => task.elementId === elementId, `task '${elementId}'`);
    this.test.command(row.processInstanceId, { kind: 'completeTask', taskId: row.id, variables: typedAll(variables) });
  }

  completeExternalTask(topic: string, variables: NativeVariables = {}): void {
    const row = this.externalTask(topic);
    this.test.command(row.processInstanceId, {
      kind: 'completeExternalTask',
      externalTaskId: row.id,
      variables: typedAll(variables),
    });
  }

  failExternalTask(topic: string, failure: { message: string; retries: number; retryTimeoutMs?: number }): void {
    const row = this.externalTask(topic);
    const { message: errorMessage, retries, retryTimeoutMs = 0 } = failure;
    this.test.command(row.processInstanceId, {
      kind: 'failExternalTask',
      externalTaskId: row.id,
      retries,
      retryTimeoutMs,
      errorMessage,
      errorDetails: null,
    });
  }

  throwError(topic: string, errorCode: string, variables: NativeVariables = {}): void {
    const row = this.externalTask(topic);
    this.test.command(row.processInstanceId, {
      kind: 'throwExternalTaskError',
      externalTaskId: row.id,
      errorCode,
      errorMessage: null,
      variables: typedAll(variables),
    });
  }

  setVariables(variables: NativeVariables): void {
    this.test.command(this.id, { kind: 'setVariables', scopeId: this.id, set: typedAll(variables), local: false });
  }

  delete(reason: string | null = null): void {
    this.test.command(this.id, { kind: 'deleteInstance', reason });
  }

  private externalTask(topic: string) {
    return this.only('externalTask', (task) => task.topicName === topic, `external task '${topic}'`);
  }

  private only<T extends 'userTask' | 'externalTask'>(
    table: T,
    fits: (row: T extends 'userTask' ? UserTask : ExternalTask) => boolean,
    what: string,
  ): T extends 'userTask' ? UserTask : ExternalTask {
    const family = new Set(this.family());
    type Row = T extends 'userTask' ? UserTask : ExternalTask;
    const rows = [...(this.test.host.rows[table].values() as Iterable<Row>)];
    const [found, ...more] = rows.filter((row) => family.has(row.processInstanceId) && fits(row));
    if (!found)
      throw new NotFoundError(
        `Expected a ${what}, but the instance waits at ${this.waitingAt().join(', ') || 'nothing'}`,
      );
    if (more.length > 0 && !this.isRepeated(found))
      throw new InvalidCommandError(`Expected one ${what}, but there are ${more.length + 1}`);
    return found;
  }

  private isRepeated({ processDefinitionId, elementId }: UserTask | ExternalTask): boolean {
    const element = this.test.host.models.get(processDefinitionId)?.elements.get(elementId);
    return [element, element?.scope].some((each) => each?.body);
  }

  /** This instance and all that it called, also those that have ended. */
  private family(): string[] {
    const rows = [...this.test.host.rows.historicProcessInstance.values()];
    const ids = [this.id];
    for (const id of ids) ids.push(...rows.filter((row) => row.superProcessInstanceId === id).map((row) => row.id));
    return ids;
  }
}

type UserTask = Parameters<MemoryHost['rows']['userTask']['set']>[1];
type ExternalTask = Parameters<MemoryHost['rows']['externalTask']['set']>[1];

function typedAll(variables: NativeVariables = {}): Variables {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]): [string, TypedValue] => [name, fromNative(value)]),
  );
}

function isDue(dueDate: Date | null, now: Date): boolean {
  return dueDate === null || dueDate <= now;
}

function iso({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Exclude<TimeSpan, string>): string {
  return `P${days}DT${hours}H${minutes}M${seconds}S`;
}
