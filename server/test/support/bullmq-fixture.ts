import {
  type BullmqWorkerOptions,
  createWorker,
  type Handler,
  type SubscriptionOptions,
  type Worker,
} from '@millrace/worker';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { createServer, type RunningServer } from '../../src/create-server.js';
import { bpmn, END, START, sequence } from './models.js';
import { startTestServer, type TestServer } from './test-server.js';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  readonly body: any;
}

/** A server with Redis, BullMQ workers for it, and a way to look into the queues. */
export interface BullmqFixture {
  readonly server: TestServer;
  /** `millrace:{installation id}` */
  readonly prefix: string;
  /** Another server on the same database and Redis. */
  startSecond(): Promise<RunningServer>;
  startWorker(
    topic: string,
    handler: Handler,
    options?: SubscriptionOptions,
    worker?: Partial<BullmqWorkerOptions>,
  ): Worker;
  /** Deploys a process with one external task of the topic, and what comes after it. */
  deploy(topic: string, after?: string, inside?: string): Promise<void>;
  /** The same process anew; its tasks are for workers of these versions. @returns the deployment's id */
  deployPinned(topic: string, range: string): Promise<string>;
  /** Starts an instance of it. @returns its id */
  start(topic: string, variables?: Readonly<Record<string, unknown>>): Promise<string>;
  queue(name: string): Queue;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  isEnded(instanceId: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function startBullmqFixture(redisUrl: string): Promise<BullmqFixture> {
  const server = await startTestServer({ REDIS_URL: redisUrl, JOB_EXECUTOR: 'off' });
  const prefix = server.running.core.redisPrefix;
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  connection.on('error', () => undefined);
  const queues: Queue[] = [];
  const workers: Worker[] = [];
  const others: RunningServer[] = [];
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(server.rest + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
  const deploy = async (
    topic: string,
    after: string,
    inside: string,
    fields: Readonly<Record<string, string>> = {},
  ) => {
    const work = `<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="${topic}">${inside}</bpmn:serviceTask>`;
    const form = new FormData();
    for (const [name, value] of Object.entries({ 'deployment-name': 'test', ...fields })) form.set(name, value);
    form.set('work.bpmn', new Blob([bpmn(keyOf(topic), sequence(START, work, after))]), `${keyOf(topic)}.bpmn`);
    const answer = await fetch(`${server.rest}/deployment/create`, { method: 'POST', body: form });
    if (!answer.ok) throw new Error(`Expected a deployment, but got ${await answer.text()}`);
    return ((await answer.json()) as { id: string }).id;
  };
  return {
    server,
    prefix,
    startSecond: async () => {
      const other = await createServer(server.config);
      let closing: Promise<void> | null = null;
      const close = () => {
        closing ??= other.close();
        return closing;
      };
      others.push({ ...other, close });
      return { ...other, close };
    },
    startWorker: (topic, handler, options = {}, more = {}) => {
      const worker = createWorker({
        transport: 'bullmq',
        redisUrl,
        prefix: server.config.redisPrefix,
        version: '1.2.3',
        logger: SILENT,
        backoff: { initialMs: 50, maxMs: 200 },
        ...more,
      });
      worker.subscribe(topic, handler, options);
      workers.push(worker);
      return worker;
    },
    deploy: async (topic, after = END, inside = '') => {
      await deploy(topic, after, inside);
    },
    deployPinned: (topic, range) => deploy(topic, END, '', { 'worker-versions': JSON.stringify({ [topic]: range }) }),
    start: async (topic, variables = {}) => {
      const { status, body } = await send('POST', `/process-definition/key/${keyOf(topic)}/start`, { variables });
      if (status !== 200) throw new Error(`Expected an instance, but got ${JSON.stringify(body)}`);
      return body.id;
    },
    queue: (name) => {
      const queue = new Queue(name, { connection, prefix });
      queue.on('error', () => undefined);
      queues.push(queue);
      return queue;
    },
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    isEnded: async (id) => (await send('GET', `/history/process-instance/${id}`)).body.state === 'COMPLETED',
    close: async () => {
      for (const worker of workers) await worker.stop({ deadlineMs: 0 });
      for (const other of others) await other.close();
      connection.disconnect();
      await server.stop();
    },
  };
}

function keyOf(topic: string): string {
  return `process-${topic.replaceAll(/[^a-z0-9-]/gi, '_')}`;
}
