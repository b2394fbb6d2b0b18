import { pause } from '../backoff.js';
import type { Logger } from '../logger.js';
import { installationsKey } from './names.js';
import type { RedisLink } from './redis-link.js';

/** An installation whose servers haven't announced it for so long isn't running. They do so every 5 seconds. */
const ALIVE_MS = 30_000;
const LOOK_MS = 500;

/**
 * The prefix of an installation's keys, `millrace:{id}`. A prefix without braces is looked up among the installations
 * that run under it: waits until there is one, and while there are several, because a worker must not take the tasks of
 * another's processes. @returns null when aborted
 */
export async function findPrefix(
  prefix: string,
  link: RedisLink,
  logger: Logger,
  signal: AbortSignal,
): Promise<string | null> {
  if (prefix.includes('{')) return prefix;
  let told = '';
  while (!signal.aborted) {
    const ids = link.commands.status === 'ready' ? await running(prefix, link).catch(() => null) : null;
    if (ids?.length === 1) return `${prefix}:{${ids[0]}}`;
    if (ids !== null && told !== String(ids)) {
      told = String(ids);
      if (ids.length === 0) logger.warn(`waiting for a server with REDIS_URL and the prefix '${prefix}'`);
      else
        logger.error(`several installations run under the prefix '${prefix}': name one of them as prefix`, {
          ids: ids.map((id) => `${prefix}:{${id}}`),
        });
    }
    await pause(LOOK_MS, signal);
  }
  return null;
}

async function running(prefix: string, { commands }: RedisLink): Promise<string[]> {
  // Redis's own clock: those of worker and server may differ.
  const [seconds] = await commands.time();
  return commands.zrangebyscore(installationsKey(prefix), Number(seconds) * 1000 - ALIVE_MS, '+inf');
}
