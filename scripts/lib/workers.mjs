import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../run.mjs';

/** The worker library as it was built. */
export function workerSdk() {
  return import(pathToFileURL(join(root, 'workers/dist/sdk/index.js')).href);
}

/**
 * How a worker reaches the servers, by WORKER_TRANSPORT: `rest` (the default) polls MILLRACE_URL.
 * @throws Error with a sentence for the user for a transport that isn't there
 */
export function workerSettings(env) {
  checkTransport(env);
  return { url: env.MILLRACE_URL };
}

/** @throws Error with a sentence for the user */
export function checkTransport({ WORKER_TRANSPORT: transport = 'rest' }) {
  if (transport !== 'rest') throw new Error(`WORKER_TRANSPORT must be 'rest', but it is '${transport}'.`);
}
