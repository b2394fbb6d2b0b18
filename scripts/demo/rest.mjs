import { DemoError } from './demo-error.mjs';
import { sleep } from './pool.mjs';

const REQUEST_TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const PAGE = 250;

/** The server understood the request and refused it. `type` is the API's name for the reason. */
export class RestError extends Error {
  name = 'RestError';

  constructor(status, body, request) {
    super(`${request} answered ${status}: ${body?.message ?? JSON.stringify(body)}`);
    this.status = status;
    this.type = body?.type;
  }
}

/**
 * A client of engine-rest that outlives the server: what gets no answer, or a 5xx that says "not now", is sent again until
 * `outageLimitMs` is over. So a request may arrive twice; who sends it must be able to bear that, or pass `beforeRetry`,
 * which can look whether the lost one arrived: what it returns, unless undefined, is the answer. With several `urls` each
 * request goes to the next of these servers, which share one database.
 */
export function createRest({ url, urls = [url], user, password, outageLimitMs = 120_000, onOutage = () => {} }) {
  let next = 0;
  const authorization = user ? `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` : undefined;

  async function send(method, path, body) {
    const headers = { accept: 'application/json' };
    if (authorization) headers.authorization = authorization;
    if (body !== undefined) headers['content-type'] = 'application/json';
    next += 1;
    const response = await fetch(`${urls[next % urls.length]}/engine-rest${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    const answer = parse(text);
    if (!response.ok) throw new RestError(response.status, answer, `${method} ${path}`);
    return answer;
  }

  async function request(method, path, body, { beforeRetry } = {}) {
    let pause = FIRST_PAUSE_MS;
    let since;
    for (;;) {
      try {
        if (since !== undefined && beforeRetry) {
          const arrived = await beforeRetry({ get: (otherPath) => send('GET', otherPath) });
          if (arrived !== undefined) return arrived;
        }
        return await send(method, path, body);
      } catch (error) {
        if (!isTemporary(error)) throw error;
        since ??= Date.now();
        const awayMs = Date.now() - since;
        if (awayMs > outageLimitMs) {
          throw new DemoError(`${method} ${path} failed for ${Math.round(awayMs / 1000)} s: ${reasonOf(error)}`);
        }
        onOutage(reasonOf(error));
        await sleep(pause);
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      }
    }
  }

  const get = (path) => request('GET', path);
  return {
    get,
    /** Once, without patience. */
    tryGet: (path) => send('GET', path),
    post: (path, body, options) => request('POST', path, body, options),
    put: (path, body) => request('PUT', path, body),
    delete: (path) => request('DELETE', path),
    count: async (path) => (await get(path)).count,
    /** All pages of a list. `path` has a query already, with an order that doesn't change while others write. */
    async list(path) {
      const all = [];
      for (;;) {
        const page = await get(`${path}&firstResult=${all.length}&maxResults=${PAGE}`);
        all.push(...page);
        if (page.length < PAGE) return all;
      }
    },
  };
}

function parse(text) {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 300) };
  }
}

/** No answer at all, or one that asks for patience. A 500 is the server's final word on this request. */
function isTemporary(error) {
  if (error instanceof RestError) {
    return [429, 502, 503, 504].includes(error.status) || error.type === 'OptimisticLockingException';
  }
  return error instanceof TypeError || error?.name === 'TimeoutError' || error?.name === 'AbortError';
}

function reasonOf(error) {
  return error?.cause?.code ?? error?.cause?.message ?? error.message;
}
