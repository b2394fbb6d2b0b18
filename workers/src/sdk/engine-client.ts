import { ConnectionError, EngineRestError } from './errors.js';
import type { VariableDto, VariableDtos } from './typed-value.js';

/** How a worker shows who it is: HTTP Basic, or a key sent as `Authorization: Bearer`. */
export type Auth = { readonly username: string; readonly password: string } | { readonly apiKey: string };

export interface EngineClientOptions {
  /** The root of engine-rest, e.g. `http://127.0.0.1:8080/engine-rest`. */
  readonly url: string;
  readonly workerId: string;
  readonly version?: string | undefined;
  readonly build?: string | undefined;
  readonly auth?: Auth | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** After this time without an answer a request counts as lost, in milliseconds. A long poll gets its own time on top. */
  readonly requestTimeoutMs: number;
}

/** The external task as fetchAndLock answers it. */
export interface LockedTaskDto {
  readonly id: string;
  readonly topicName: string;
  readonly workerId: string;
  readonly activityId: string | null;
  readonly activityInstanceId: string | null;
  readonly executionId: string | null;
  readonly processInstanceId: string;
  readonly processDefinitionId: string | null;
  readonly processDefinitionKey: string | null;
  readonly processDefinitionVersionTag?: string | null;
  readonly businessKey?: string | null;
  readonly tenantId?: string | null;
  readonly retries: number | null;
  readonly priority: number;
  readonly errorMessage?: string | null;
  readonly errorDetails?: string | null;
  readonly lockExpirationTime: string;
  readonly variables?: VariableDtos;
  readonly extensionProperties?: Readonly<Record<string, string>>;
}

export interface FetchRequest {
  readonly maxTasks: number;
  readonly usePriority: boolean;
  readonly asyncResponseTimeout: number;
  readonly topics: readonly Readonly<Record<string, unknown>>[];
}

export interface FailureReport {
  readonly errorMessage: string;
  readonly errorDetails: string;
  readonly retries: number;
  readonly retryTimeout: number;
}

/** What a worker announces of itself, beside its id and version. */
export interface HeartbeatReport {
  readonly topics: readonly { readonly name: string; readonly concurrency: number; readonly lockDurationMs: number }[];
  /** ISO 8601. */
  readonly startedAt: string;
}

/** A worker that stops waits no longer for a server that may be away. */
const GOODBYE_LIMIT_MS = 2_000;

type Id = Pick<LockedTaskDto, 'id'>;

interface Completion {
  readonly variables: VariableDtos;
  readonly localVariables: VariableDtos;
}

interface ModelledError {
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly variables: VariableDtos;
}

/** The external task part of engine-rest over `fetch`. Every method throws EngineRestError or ConnectionError. */
export class EngineClient {
  private readonly root: string;
  /** Of what Millrace has beside engine-rest; undefined behind an address of another form. */
  private readonly api: string | undefined;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly send: typeof globalThis.fetch;

  /** @throws TypeError when the address or a header value can't be used */
  constructor(private readonly options: EngineClientOptions) {
    const url = parseUrl(options.url);
    this.root = url.href.replace(/\/+$/, '');
    this.api = this.root.endsWith('/engine-rest') ? `${this.root.slice(0, -'/engine-rest'.length)}/api` : undefined;
    this.headers = requestHeaders(options);
    // A call through a property would hand `this` to the global function, which refuses it.
    this.send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  async fetchAndLock(request: FetchRequest, signal: AbortSignal): Promise<LockedTaskDto[]> {
    const limit = this.options.requestTimeoutMs + request.asyncResponseTimeout;
    const body = { workerId: this.options.workerId, ...request };
    const answer = await this.post('/external-task/fetchAndLock', body, limit, signal);
    if (!Array.isArray(answer)) {
      throw new ConnectionError('POST /external-task/fetchAndLock', 'the answer is not a list of tasks');
    }
    return answer as LockedTaskDto[];
  }

  async complete({ id }: Id, { variables, localVariables }: Completion): Promise<void> {
    await this.act(id, 'complete', { variables, localVariables });
  }

  async failure({ id }: Id, report: FailureReport): Promise<void> {
    await this.act(id, 'failure', { ...report });
  }

  async bpmnError({ id }: Id, { errorCode, errorMessage, variables }: ModelledError): Promise<void> {
    await this.act(id, 'bpmnError', { errorCode, errorMessage, variables });
  }

  async extendLock({ id }: Id, newDuration: number): Promise<void> {
    await this.act(id, 'extendLock', { newDuration });
  }

  async unlock(id: string): Promise<void> {
    await this.post(`/external-task/${encodeURIComponent(id)}/unlock`, undefined);
  }

  /** The content of a File or Bytes variable of the process instance. */
  async readFile(processInstanceId: string, variableName: string): Promise<Uint8Array> {
    const ids = [processInstanceId, variableName].map(encodeURIComponent);
    const response = await this.request('GET', `/execution/${ids[0]}/localVariables/${ids[1]}/data`);
    return new Uint8Array(response);
  }

  /** Whether there is an address to announce the worker at. */
  get canAnnounce(): boolean {
    return this.api !== undefined;
  }

  /** Says that this worker is there. */
  async announce(report: HeartbeatReport): Promise<void> {
    const { workerId, version, build } = this.options;
    const body = { workerId, version, build, transport: 'rest', ...report };
    await this.request('POST', '/workers/heartbeat', body, undefined, undefined, this.api);
  }

  /** Says that this worker stops. */
  async dismiss(): Promise<void> {
    const path = `/workers/${encodeURIComponent(this.options.workerId)}`;
    await this.request('DELETE', path, undefined, GOODBYE_LIMIT_MS, undefined, this.api);
  }

  private act(id: string, action: string, body: Readonly<Record<string, VariableDto | unknown>>): Promise<unknown> {
    return this.post(`/external-task/${encodeURIComponent(id)}/${action}`, {
      workerId: this.options.workerId,
      ...body,
    });
  }

  private async post(path: string, body: unknown, limitMs?: number, signal?: AbortSignal): Promise<unknown> {
    const bytes = await this.request('POST', path, body, limitMs, signal);
    if (bytes.byteLength === 0) return undefined;
    try {
      return JSON.parse(Buffer.from(bytes).toString('utf8'));
    } catch (error) {
      throw new ConnectionError(`POST ${path}`, 'the answer is not JSON', error);
    }
  }

  private async request(
    method: string,
    path: string,
    body?: unknown,
    limitMs = this.options.requestTimeoutMs,
    signal?: AbortSignal,
    root = this.root,
  ): Promise<ArrayBuffer> {
    const name = `${method} ${path}`;
    const limit = new AbortController();
    // Not AbortSignal.timeout: its timer doesn't keep the process alive and can't be faked in tests.
    const timer = setTimeout(() => limit.abort(new Error(`nothing came within ${limitMs} ms`)), limitMs);
    try {
      const response = await this.send(`${root}${path}`, {
        method,
        headers: this.headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
      });
      const bytes = await response.arrayBuffer();
      if (!response.ok) throw errorFrom(name, response, Buffer.from(bytes).toString('utf8'));
      return bytes;
    } catch (error) {
      if (error instanceof EngineRestError) throw error;
      throw new ConnectionError(name, reasonOf(error), error);
    } finally {
      clearTimeout(timer);
    }
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`Expected 'url' to be the http address of engine-rest, but it is '${text}'`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError("Expected a 'url' without credentials; give them as 'auth'");
  }
  return url;
}

function requestHeaders({ auth, version, build }: EngineClientOptions): Record<string, string> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json', Accept: 'application/json, */*' };
  if (auth !== undefined) {
    headers.Authorization =
      'apiKey' in auth
        ? `Bearer ${auth.apiKey}`
        : `Basic ${Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64')}`;
  }
  if (version !== undefined) headers['X-Worker-Version'] = version;
  if (build !== undefined) headers['X-Worker-Build'] = build;
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\x20-\x7e]*$/.test(value)) throw new TypeError(`Expected printable ASCII for the header '${name}'`);
  }
  return headers;
}

function errorFrom(request: string, response: Response, text: string): EngineRestError {
  let type: string | undefined;
  let message = text.slice(0, 500) || response.statusText;
  try {
    const body = JSON.parse(text) as { type?: unknown; message?: unknown };
    if (typeof body?.type === 'string') type = body.type;
    if (typeof body?.message === 'string') message = body.message;
  } catch {
    // A proxy's page or nothing at all: the text itself is the message.
  }
  return new EngineRestError(request, response.status, type, message, retryAfter(response.headers.get('retry-after')));
}

/** RFC 9110 §10.2.3: seconds or a date. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // `fetch failed` says nothing; the cause names the host and the errno.
  return error.cause instanceof Error ? `${error.message} (${error.cause.message || error.cause.name})` : error.message;
}
