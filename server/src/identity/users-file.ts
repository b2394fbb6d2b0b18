import { readFile } from 'node:fs/promises';
import { ConfigError } from '../config.js';

/** Who may log in: argon2 hashes by name. */
export interface Users {
  readonly passwords: ReadonlyMap<string, string>;
  readonly apiKeys: ReadonlyMap<string, string>;
}

const LINE = /^(api-key\s+)?([^:\s][^:]*):(\$argon2(?:id|i|d)\$\S+)$/;

/**
 * Reads lines `name:hash` (a user's password) and `api-key name:hash`; empty lines and lines that begin with `#` are
 * passed over.
 * @throws ConfigError naming the file and the line
 */
export async function readUsersFile(path: string): Promise<Users> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`USERS_FILE names ${path}, which can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  const passwords = new Map<string, string>();
  const apiKeys = new Map<string, string>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, isKey, name, hash] = LINE.exec(line) ?? [];
    if (name === undefined || hash === undefined)
      throw new ConfigError(
        `Line ${index + 1} of ${path} must be a user's name (or 'api-key' and its name), a colon and an argon2 hash.`,
      );
    const kind = isKey === undefined ? passwords : apiKeys;
    if (kind.has(name)) throw new ConfigError(`Line ${index + 1} of ${path} names '${name}' a second time.`);
    kind.set(name, hash);
  }
  if (passwords.size + apiKeys.size === 0)
    throw new ConfigError(`USERS_FILE names ${path}, but there is no user in it.`);
  return { passwords, apiKeys };
}
