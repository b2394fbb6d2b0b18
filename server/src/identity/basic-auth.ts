import { createHmac, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServiceUnavailable } from '../http/rest-error.js';
import { LruMap } from '../persistence/lru-map.js';
import { type Credentials, type LoginHeaders, readCredentials } from './credentials.js';
import type { Users } from './users-file.js';

const REMEMBER_MS = 5 * 60_000;
/** Wrong ones too, so that a misconfigured worker doesn't keep the processor busy. */
const REMEMBER_WRONG_MS = 10_000;
const REMEMBERED = 1_000;
/** Checks at a time: each takes 20 MB and a tenth of a second, and strangers can ask for them. */
const MAX_CHECKS = 32;
/** Where data is. The browser app's files and the health checks can be had without login. */
const PROTECTED = /^\/+(engine-rest|api|admin)/i;

interface Remembered {
  /** Null: wrong. */
  readonly name: string | null;
  readonly until: number;
}

/**
 * Passwords and API keys against argon2 hashes. A check takes a tenth of a second on purpose, so its outcome is
 * remembered for some time, by a keyed hash that is worth nothing outside this process.
 */
export class BasicAuth {
  private readonly key = randomBytes(32);
  private readonly right = new LruMap<string, Remembered>(REMEMBERED);
  /** Apart from the right ones, so that strangers can't push those out. */
  private readonly wrong = new LruMap<string, Remembered>(REMEMBERED);
  private readonly checking = new Map<string, Promise<string | null>>();
  /** For names that don't exist: their check takes as long as any other. */
  private readonly nobody = hash(randomBytes(16).toString('hex'));

  constructor(private readonly users: Users) {}

  /** The name of the user or of the API key; null when it's missing or wrong. @throws ServiceUnavailable */
  async userOf(headers: LoginHeaders): Promise<string | null> {
    const credentials = readCredentials(headers);
    if (!credentials) return null;
    const { kind, name, secret } = credentials;
    const fingerprint = createHmac('sha256', this.key)
      .update(JSON.stringify([kind, name, secret]))
      .digest('base64');
    const known = this.right.get(fingerprint) ?? this.wrong.get(fingerprint);
    if (known && known.until > Date.now()) return known.name;
    // Clients send many requests at once: all of them wait for one check.
    let check = this.checking.get(fingerprint);
    if (!check) {
      if (this.checking.size >= MAX_CHECKS) throw new ServiceUnavailable('Too many logins are being checked');
      check = this.check(credentials, fingerprint).finally(() => this.checking.delete(fingerprint));
      this.checking.set(fingerprint, check);
    }
    return check;
  }

  private async check({ kind, name, secret }: Credentials, fingerprint: string): Promise<string | null> {
    const hashes = kind === 'password' ? this.users.passwords : this.users.apiKeys;
    const stored = hashes.get(name) ?? (await this.nobody);
    const matches = await verify(stored, secret).catch(() => false);
    const isRight = matches && hashes.has(name);
    if (isRight) this.right.set(fingerprint, { name, until: Date.now() + REMEMBER_MS });
    else this.wrong.set(fingerprint, { name: null, until: Date.now() + REMEMBER_WRONG_MS });
    return isRight ? name : null;
  }
}

/** Asks for a login wherever there is data. Runs before any route, and tells handlers who it is. */
export function requireLogin(fastify: FastifyInstance, auth: BasicAuth): void {
  fastify.addHook('onRequest', async (request: FastifyRequest & { userId?: string | null }, reply: FastifyReply) => {
    // The route that was found counts as well as the address, so that no way of writing it gets past.
    if (!PROTECTED.test(request.url) && !PROTECTED.test(request.routeOptions.url ?? '')) return;
    const user = await auth.userOf(request.headers);
    if (user !== null) {
      request.userId = user;
      return;
    }
    await reply
      .status(401)
      .header('www-authenticate', 'Basic realm="Millrace", charset="UTF-8"')
      .header('content-type', 'application/json')
      .send(
        JSON.stringify({
          type: 'NotAuthorizedException',
          message: 'Expected a user name and a password that belong together, or an API key',
          code: 0,
        }),
      );
  });
}
