import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { VariableDtos } from '../sdk/index.js';

/** A task as the fake keeps it. Ended tasks stay, so that a test can look at them. */
export interface FakeTask {
  readonly id: string;
  readonly topicName: string;
  readonly businessKey: string;
  readonly processInstanceId: string;
  readonly variables: VariableDtos;
  retries: number | null;
  workerId: string | null;
  /** Epoch milliseconds; the task can be fetched again after it, whoever had it. */
  lockedUntil: number;
  state: 'open' | 'completed' | 'bpmnError' | 'incident';
  /** The body of the request that ended it or last failed it. */
  report: Readonly<Record<string, unknown>> | undefined;
}

export interface FakeRequest {
  /** The last part of the path: `fetchAndLock`, `complete` … */
  readonly action: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: a request's body is whatever the client sent; tests look into it
  readonly body: any;
}

/**
 * `drop` breaks the connection before anything is done, `dropAnswer` after it was done. With a status the request is
 * answered with it and does nothing.
 */
export type Fault =
  | 'drop'
  | 'dropAnswer'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly message?: string };

interface Poll {
  readonly request: FakeRequest;
  readonly answer: (tasks: FakeTask[]) => void;
}

const NO_CONTENT = { status: 204 };

/**
 * The external task part of engine-rest with locks, retries and long polling, over real HTTP. Its clock is Date.now, its
 * timer setTimeout, so fake timers govern it too. Like Camunda 7 it checks the owner of a lock when a task is reported,
 * and its age only when it is extended.
 */
export class FakeEngineRest {
  readonly requests: FakeRequest[] = [];
  readonly tasks = new Map<string, FakeTask>();
  readonly files = new Map<string, Uint8Array>();
  /** The most tasks that were locked at the same time, all topics and per topic. */
  mostLocked = 0;
  readonly mostLockedByTopic = new Map<string, number>();
  /** As Millrace it takes heartbeats; Camunda 7 has no such address. */
  takesHeartbeats = false;
  private readonly polls = new Set<Poll>();
  private readonly faults: { readonly action: string; readonly fault: Fault }[] = [];
  private readonly watchers = new Set<() => void>();
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/engine-rest`;
  }

  get openPolls(): number {
    return this.polls.size;
  }

  /** The topics that somebody polls for at the moment. */
  get polledTopics(): string[] {
    const topics = [...this.polls].flatMap(({ request }) => request.body.topics as { topicName: string }[]);
    return topics.map(({ topicName }) => topicName);
  }

  /** Listens on a free port; when it has been away, on the same one again. */
  async listen(): Promise<this> {
    const server = createServer((request, response) => void this.serve(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Ends like a killed process: connections break. Tasks and locks stay. */
  async goAway(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  addTask(topicName: string, values: Partial<FakeTask> = {}): FakeTask {
    const task: FakeTask = {
      id: `task-${this.tasks.size + 1}`,
      topicName,
      businessKey: `GC-${this.tasks.size + 1}`,
      processInstanceId: `instance-${this.tasks.size + 1}`,
      variables: {},
      retries: null,
      workerId: null,
      lockedUntil: 0,
      state: 'open',
      report: undefined,
      ...values,
    };
    this.tasks.set(task.id, task);
    this.answerPolls();
    return task;
  }

  /** The next requests of this action meet these faults, one each. */
  failNext(action: string, ...faults: Fault[]): void {
    this.faults.push(...faults.map((fault) => ({ action, fault })));
  }

  requestsOf(action: string): FakeRequest[] {
    return this.requests.filter((request) => request.action === action);
  }

  /** Resolves when the condition holds; it is looked at after every request and whenever a test says `changed`. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return;
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
      look();
    });
  }

  readonly changed = (): void => {
    for (const look of this.watchers) look();
  };

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const path = (incoming.url ?? '').replace('/engine-rest', '');
    const text = Buffer.concat(chunks).toString('utf8');
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const request: FakeRequest = { action: path.split('/').at(-1) ?? '', path, headers: incoming.headers, body };
    this.requests.push(request);
    const index = this.faults.findIndex(({ action }) => action === request.action);
    const fault = index < 0 ? undefined : this.faults.splice(index, 1)[0]?.fault;
    if (fault === 'drop') incoming.socket.destroy();
    else if (typeof fault === 'object') this.send(response, { ...fault, body: errorBody(fault.message ?? 'fault') });
    else if (request.action === 'fetchAndLock') this.poll(request, response);
    else {
      const answer = this.act(request);
      if (fault === 'dropAnswer') incoming.socket.destroy();
      else this.send(response, answer);
    }
    this.changed();
  }

  private send(response: ServerResponse, answer: { status: number; headers?: object; body?: unknown }): void {
    const raw = answer.body instanceof Uint8Array;
    response.writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers });
    response.end(raw ? answer.body : answer.body === undefined ? undefined : JSON.stringify(answer.body));
  }

  private poll(request: FakeRequest, response: ServerResponse): void {
    const poll: Poll = {
      request,
      answer: (tasks) => {
        clearTimeout(timer);
        this.polls.delete(poll);
        this.send(response, { status: 200, body: tasks.map((task) => toDto(task)) });
      },
    };
    const timer = setTimeout(() => poll.answer([]), request.body.asyncResponseTimeout ?? 0);
    response.on('close', () => {
      clearTimeout(timer);
      this.polls.delete(poll);
      this.changed();
    });
    this.polls.add(poll);
    this.answerPolls();
  }

  private answerPolls(): void {
    for (const poll of this.polls) {
      const { workerId, maxTasks, topics } = poll.request.body;
      const durations = new Map<string, number>(
        topics.map((topic: { topicName: string; lockDuration: number }) => [topic.topicName, topic.lockDuration]),
      );
      const fetchable = [...this.tasks.values()].filter((task) => durations.has(task.topicName) && isFetchable(task));
      const tasks = fetchable.slice(0, maxTasks);
      for (const task of tasks) {
        task.workerId = workerId;
        task.lockedUntil = Date.now() + (durations.get(task.topicName) ?? 0);
      }
      this.countLocks();
      if (tasks.length > 0) poll.answer(tasks);
    }
    // What is locked now, or waits for its retry, is looked for again when its time has come.
    for (const task of this.tasks.values()) {
      const wait = task.lockedUntil - Date.now();
      if (task.state === 'open' && wait > 0 && this.polls.size > 0)
        setTimeout(() => this.answerPolls(), wait + 1).unref();
    }
  }

  private countLocks(): void {
    const locked = [...this.tasks.values()].filter((task) => task.state === 'open' && task.workerId !== null);
    this.mostLocked = Math.max(this.mostLocked, locked.length);
    for (const { topicName } of locked) {
      const count = locked.filter((task) => task.topicName === topicName).length;
      this.mostLockedByTopic.set(topicName, Math.max(count, this.mostLockedByTopic.get(topicName) ?? 0));
    }
  }

  private act({ path, action, body }: FakeRequest): { status: number; body?: unknown } {
    if (path.startsWith('/api/workers/'))
      return this.takesHeartbeats ? NO_CONTENT : { status: 404, body: errorBody('no such address') };
    if (action === 'data') {
      const file = this.files.get(decodeURIComponent(path));
      return file ? { status: 200, body: file } : { status: 404, body: errorBody('no such variable') };
    }
    const task = this.tasks.get(decodeURIComponent(path.split('/')[2] ?? ''));
    if (task?.state !== 'open') return { status: 404, body: errorBody('the external task does not exist') };
    if (action === 'unlock') {
      release(task);
      this.answerPolls();
      return NO_CONTENT;
    }
    if (task.workerId !== body.workerId) return { status: 400, body: errorBody(`it is locked by ${task.workerId}`) };
    switch (action) {
      case 'complete':
        task.state = 'completed';
        break;
      case 'bpmnError':
        task.state = 'bpmnError';
        break;
      case 'failure':
        task.retries = body.retries;
        release(task);
        if (body.retries === 0) task.state = 'incident';
        else task.lockedUntil = Date.now() + body.retryTimeout;
        break;
      case 'extendLock':
        if (task.lockedUntil < Date.now()) return { status: 400, body: errorBody('the lock has expired') };
        task.lockedUntil = Date.now() + body.newDuration;
        return NO_CONTENT;
      default:
        return { status: 404, body: errorBody(`no operation ${action}`) };
    }
    task.report = body;
    this.answerPolls();
    return NO_CONTENT;
  }
}

function isFetchable(task: FakeTask): boolean {
  return task.state === 'open' && task.lockedUntil <= Date.now();
}

function release(task: FakeTask): void {
  task.workerId = null;
  task.lockedUntil = 0;
}

function toDto({ state, report, lockedUntil, ...task }: FakeTask) {
  return {
    ...task,
    activityId: task.topicName,
    activityInstanceId: `${task.topicName}:${task.id}`,
    executionId: task.processInstanceId,
    processDefinitionId: 'loan:1',
    processDefinitionKey: 'loan',
    priority: 0,
    lockExpirationTime: new Date(lockedUntil).toISOString().replace('Z', '+0000'),
  };
}

function errorBody(message: string) {
  return { type: 'RestException', message, code: null };
}
