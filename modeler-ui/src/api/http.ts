import { authorizationHeader, requireLogin } from './session.js';

export type QueryValue = string | number | boolean | null | undefined;

interface RequestOptions {
  query?: Record<string, QueryValue>;
  /** Sent as JSON, or as multipart/form-data when it is a FormData. */
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** What the path is below; `/engine-rest` when not given. */
  root?: '/engine-rest' | '/api';
  /** Credentials to try, instead of those of the session. A 401 then concerns the caller alone. */
  authorization?: string;
}

/** An answer that isn't 2xx. `message` is the server's own; `body` is the parsed answer for callers that need details. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
    readonly body: unknown = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

const REST_ROOT = '/engine-rest';

/** @throws ApiError for any answer that isn't 2xx, TypeError when the server can't be reached */
export async function requestJson<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** @throws ApiError as `requestJson` does */
export async function requestBlob(path: string, signal?: AbortSignal): Promise<Blob> {
  return (await send('GET', path, { signal })).blob();
}

export const get = <T>(path: string, query?: Record<string, QueryValue>, signal?: AbortSignal) =>
  requestJson<T>('GET', path, { ...(query ? { query } : {}), signal });
export const post = <T>(path: string, body: unknown = {}) => requestJson<T>('POST', path, { body });
export const put = <T = void>(path: string, body: unknown) => requestJson<T>('PUT', path, { body });

/** `{a: 1, b: null}` becomes `?a=1`: what is null, undefined or empty isn't asked for. */
export function queryString(query: Record<string, QueryValue> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const { query, body, signal } = options;
  const headers: Record<string, string> = { Accept: 'application/json, */*;q=0.5' };
  const authorization = options.authorization ?? authorizationHeader();
  if (authorization !== null) headers['Authorization'] = authorization;
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json';
  const response = await fetch(`${options.root ?? REST_ROOT}${path}${queryString(query)}`, {
    method,
    headers,
    // Without this the browser would put its own password dialog in front of the app's login form.
    credentials: 'omit',
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  if (response.ok) return response;
  if (response.status === 401 && options.authorization === undefined) requireLogin();
  throw await toApiError(response);
}

async function toApiError(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    const { type, message } = body as { type?: string; message?: string };
    return new ApiError(response.status, type ?? 'Error', message ?? response.statusText, body);
  } catch {
    const message = text.trim() === '' || text.includes('<html') ? `${response.status} ${response.statusText}` : text;
    return new ApiError(response.status, 'Error', message);
  }
}

/** The sentence to show for anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError && /fetch|network/i.test(error.message)) return 'The server can’t be reached.';
  return error instanceof Error ? error.message : String(error);
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
