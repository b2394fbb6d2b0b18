import { createHmac, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LruMap } from '../persistence/lru-map.js';
import type { Users } from './users-file.js';

const REMEMBER_MS = 5 * 60_000;
const REMEMBERED = 1_000;
/** Where data is. The browser app's files and the health checks can be had without login. */
const PROTECTED = /^\/+(engine-rest|api|admin)/i;

/**
 * HTTP Basic (RFC 7617) against argon2 hashes. Checking a password takes a tenth of a second on purpose, so one that was
 * right is remembered for some minutes, as a keyed hash that is worth nothing outside this process.
 */
export class BasicAuth {
  private readonly key = randomBytes(32);
  private readonly remembered = new LruMap<string, { readonly name: string; readonly until: number }>(REMEMBERED);
  private readonly checking = new Map<string, Promise<string | null>>();
  /** For names that don't exist: their check takes as long as any other. */
  private readonly nobody = hash(randomBytes(16).toString('hex'));

  constructor(private readonly users: Users) {}

  /** The user's name; null when the header is missing or wrong. */
  async userOf(authorization: string | undefined): Promise<string | null> {
    const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? '')?.[1];
    if (encoded === undefined) return null;
    const fingerprint = createHmac('sha256', this.key).update(encoded).digest('base64');
    const known = this.remembered.get(fingerprint);
    if (known && known.until > Date.now()) return known.name;
    // Clients send many requests at once: all of them wait for one check.
    let check = this.checking.get(fingerprint);
    if (!check) {
      check = this.check(encoded, fingerprint).finally(() => this.checking.delete(fingerprint));
      this.checking.set(fingerprint, check);
    }
    return check;
  }

  private async check(encoded: string, fingerprint: string): Promise<string | null> {
    const credentials = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = credentials.indexOf(':');
    if (colon < 0) return null;
    const name = credentials.slice(0, colon);
    const stored = this.users.get(name) ?? (await this.nobody);
    const right = await verify(stored, credentials.slice(colon + 1)).catch(() => false);
    if (!right || !this.users.has(name)) return null;
    this.remembered.set(fingerprint, { name, until: Date.now() + REMEMBER_MS });
    return name;
  }
}

/** Asks for a login wherever there is data. Runs before any route, and tells handlers who it is. */
export function requireLogin(fastify: FastifyInstance, auth: BasicAuth): void {
  fastify.addHook('onRequest', async (request: FastifyRequest & { userId?: string | null }, reply: FastifyReply) => {
    // The route that was found counts as well as the address, so that no way of writing it gets past.
    if (!PROTECTED.test(request.url) && !PROTECTED.test(request.routeOptions.url ?? '')) return;
    const user = await auth.userOf(request.headers.authorization);
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
          message: 'Expected a user name and a password that belong together',
          code: 0,
        }),
      );
  });
}
