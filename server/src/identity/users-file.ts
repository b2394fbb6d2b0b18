import { readFile } from 'node:fs/promises';
import { ConfigError } from '../config.js';

/** Argon2 hashes by user name. */
export type Users = ReadonlyMap<string, string>;

const LINE = /^([^:\s][^:]*):(\$argon2(?:id|i|d)\$\S+)$/;

/**
 * Reads `name:hash` lines; empty lines and lines that begin with `#` are passed over.
 * @throws ConfigError naming the file and the line
 */
export async function readUsersFile(path: string): Promise<Users> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`USERS_FILE names ${path}, which can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  const users = new Map<string, string>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, hash] = LINE.exec(line) ?? [];
    if (name === undefined || hash === undefined)
      throw new ConfigError(`Line ${index + 1} of ${path} must be a user's name, a colon and an argon2 hash.`);
    if (users.has(name)) throw new ConfigError(`Line ${index + 1} of ${path} names '${name}' a second time.`);
    users.set(name, hash);
  }
  if (users.size === 0) throw new ConfigError(`USERS_FILE names ${path}, but there is no user in it.`);
  return users;
}
