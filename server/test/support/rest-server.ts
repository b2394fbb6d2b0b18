import { pino } from 'pino';
import { parseConfig } from '../../src/config.js';
import type { Core } from '../../src/core.js';
import { createServer } from '../../src/create-server.js';
import { createStorage } from './test-storage.js';

export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  /** Parsed when it is JSON, else the text. */
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape, and tests look into them
  readonly body: any;
}

export interface RestServer {
  /** Of `/engine-rest`. */
  readonly url: string;
  readonly core: Core;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, signal?: AbortSignal): Promise<Answer>;
  put(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** @returns the id of the first process definition */
  deploy(...files: readonly [name: string, content: string][]): Promise<string>;
  /** @returns the process instance's id */
  start(key: string, variables?: Record<string, unknown>, businessKey?: string): Promise<string>;
  close(): Promise<void>;
}

/** A whole server on a free port and a database of its own. Due jobs wait unless `JOB_EXECUTOR` is `on`. */
export async function startRestServer(settings: Readonly<Record<string, string>> = {}): Promise<RestServer> {
  const storage = await createStorage();
  const config = {
    ...parseConfig({ LOG_LEVEL: 'silent', PORT: '0', JOB_EXECUTOR: 'off', ...settings }),
    databaseUrl: storage.databaseUrl,
    dataDir: storage.dataDir,
  };
  const server = await createServer(config, pino({ level: config.logLevel }));
  const url = `${server.url}/engine-rest`;
  const send = async (method: string, path: string, init: RequestInit = {}): Promise<Answer> => {
    const answer = await fetch(url + path, { method, ...init });
    const contentType = answer.headers.get('content-type');
    const text = await answer.text();
    return { status: answer.status, contentType, body: contentType === 'application/json' ? JSON.parse(text) : text };
  };
  const sendJson = (method: string, path: string, body: unknown = {}, signal?: AbortSignal) =>
    send(method, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' }, signal });
  return {
    url,
    core: server.core,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body, signal) => sendJson('POST', path, body, signal),
    put: (path, body) => sendJson('PUT', path, body),
    delete: (path) => send('DELETE', path),
    deploy: async (...files) => {
      const form = new FormData();
      form.set('deployment-name', 'test');
      for (const [name, content] of files) form.set(name, new Blob([content]), name);
      const { status, body } = await send('POST', '/deployment/create', { body: form });
      if (status !== 200) throw new Error(`Expected a deployment, but got ${JSON.stringify(body)}`);
      return Object.keys(body.deployedProcessDefinitions ?? {})[0] ?? '';
    },
    start: async (key, variables = {}, businessKey) => {
      const { status, body } = await sendJson('POST', `/process-definition/key/${key}/start`, {
        variables,
        businessKey,
      });
      if (status !== 200) throw new Error(`Expected an instance, but got ${JSON.stringify(body)}`);
      return body.id;
    },
    close: async () => {
      await server.close();
      await storage.remove();
    },
  };
}
