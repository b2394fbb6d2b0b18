import { newId } from '../persistence/uuid-v7.js';
import type { RedisLink } from './redis-link.js';

/** Longer than one turn takes; a server that dies during its turn holds up the others for so long. */
const TURN_MS = 5_000;

const GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/**
 * Does the work while no other server does it. It saves double work and no more: a turn that takes too long is overtaken.
 * @returns null when another one has the turn
 */
export async function inTurn<T>(link: RedisLink, key: string, work: () => Promise<T>): Promise<T | null> {
  const token = newId();
  if ((await link.commands.set(key, token, 'PX', TURN_MS, 'NX')) === null) return null;
  try {
    return await work();
  } finally {
    await link.commands.eval(GIVE_BACK, 1, key, token).catch((error) => link.report(error));
  }
}
