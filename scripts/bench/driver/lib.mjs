import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const MOST_ATTEMPTS = 20;
const DEADLINE_MS = 300_000;

/** A client of engine-rest that keeps its connections. A lost optimistic lock is tried again and counted. */
export class Api {
  conflicts = 0;
  #base;
  #agent;

  constructor(base, connections) {
    this.#base = base;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  get(path) {
    return this.#send('GET', path);
  }

  async post(path, body) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#send('POST', path, { 'content-type': 'application/json' }, JSON.stringify(body));
      } catch (error) {
        if (!/OptimisticLocking/.test(error.message) || attempt === MOST_ATTEMPTS) throw error;
        this.conflicts += 1;
        await sleep(Math.random() * 10 * attempt);
      }
    }
  }

  async count(path) {
    return (await this.get(path)).count;
  }

  /** Deploys a model of this folder with its process under a key of the run's own. */
  async deploy(model, key) {
    const xml = readFileSync(new URL(`models/${model}.bpmn`, import.meta.url), 'utf8').replaceAll('KEY', key);
    const form = new FormData();
    form.set('deployment-name', key);
    form.set(`${key}.bpmn`, new Blob([xml]), `${key}.bpmn`);
    const answer = await fetch(`${this.#base}/deployment/create`, { method: 'POST', body: form });
    if (!answer.ok) throw new Error(`${model} can't be deployed: ${answer.status} ${await answer.text()}`);
  }

  close() {
    this.#agent.destroy();
  }

  #send(method, path, headers = {}, body = undefined) {
    return new Promise((done, fail) => {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const outgoing = request(
        this.#base + path,
        { method, agent: this.#agent, headers: { ...headers, ...length } },
        async (answer) => {
          try {
            const chunks = [];
            for await (const chunk of answer) chunks.push(chunk);
            const text = Buffer.concat(chunks).toString();
            if (answer.statusCode >= 400) fail(new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`));
            else done(text === '' ? null : JSON.parse(text));
          } catch (error) {
            fail(error);
          }
        },
      );
      outgoing.on('error', fail);
      outgoing.end(body);
    });
  }
}

/** Runs `work` for 0 to n - 1, at most `concurrency` at once. Resolves to the seconds it took and each one's milliseconds. */
export async function pump(n, concurrency, work) {
  const began = performance.now();
  const lat = [];
  let next = 0;
  const lane = async () => {
    while (next < n) {
      const i = next;
      next += 1;
      const started = performance.now();
      await work(i);
      lat.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: Math.min(n, concurrency) }, lane));
  return { seconds: (performance.now() - began) / 1000, lat };
}

/** Waits until the number is there. @throws Error when it doesn't come, or is passed */
export async function reach(what, expected, count, everyMs = 50) {
  const until = Date.now() + DEADLINE_MS;
  for (;;) {
    const is = await count();
    if (is === expected) return;
    if (is > expected || Date.now() > until) throw new Error(`${is} instead of ${expected} ${what}`);
    await sleep(everyMs);
  }
}

/** The smallest value that this share of the values doesn't exceed. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
