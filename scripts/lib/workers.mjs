import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../run.mjs';

/** The worker library as it was built. */
export function workerSdk() {
  return import(pathToFileURL(join(root, 'workers/dist/sdk/index.js')).href);
}

const TRANSPORTS = ['rest', 'bullmq'];

/**
 * How a worker reaches the servers, by WORKER_TRANSPORT: `rest` polls MILLRACE_URL, `bullmq` takes from the queues in
 * REDIS_URL.
 * @throws Error with a sentence for the user for a transport that isn't there
 */
export function workerSettings(env) {
  const transport = transportOf(env);
  if (transport === 'rest') return { transport, url: env.MILLRACE_URL };
  return { transport, redisUrl: env.REDIS_URL, prefix: env.MILLRACE_REDIS_PREFIX || undefined };
}

/** @throws Error with a sentence for the user */
export function transportOf({ WORKER_TRANSPORT: transport = 'rest' }) {
  if (TRANSPORTS.includes(transport)) return transport;
  throw new Error(`WORKER_TRANSPORT must be 'rest' or 'bullmq', but it is '${transport}'.`);
}
