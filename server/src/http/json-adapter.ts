import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';

/** Camunda answers the same under the name of its only engine. */
const ENGINE_PREFIX = /^\/engine-rest\/engine\/default(?=\/|\?|$)/;

/** How often connections are looked through for requests that take too long to arrive; Node's own is 30 s. */
const CHECK_MS = 5_000;

interface JsonAdapterOptions {
  readonly bodyLimitBytes?: number;
  readonly requestTimeoutMs?: number;
}

/**
 * Fastify for Nest with JSON answers as Camunda's clients want them: `application/json` with no charset
 * (the JavaScript external task client parses nothing else), and no middleware layer on the hot path.
 */
export class JsonAdapter extends FastifyAdapter {
  constructor({ bodyLimitBytes = 64 * 1024 * 1024, requestTimeoutMs = 60_000 }: JsonAdapterOptions = {}) {
    super({
      bodyLimit: bodyLimitBytes,
      requestTimeout: requestTimeoutMs,
      // Also here, or Node keeps its minute for the headers and takes the longer of the two for the whole.
      http: { requestTimeout: requestTimeoutMs, connectionsCheckingInterval: Math.min(requestTimeoutMs, CHECK_MS) },
      // A stopping server answers what still comes over connections that are open.
      return503OnClosing: false,
      rewriteUrl: ({ url = '/' }) => url.replace(ENGINE_PREFIX, '/engine-rest'),
      routerOptions: { maxParamLength: 2000 },
      skipMiddie: true,
      multipart: false,
    });
  }

  override reply(response: FastifyReply, body: unknown, status?: number) {
    if (typeof body !== 'object' || body === null || isRaw(body)) return super.reply(response, body, status);
    if (status !== undefined) response.status(status);
    return response.header('content-type', 'application/json').serializer(JSON.stringify).send(body);
  }
}

function isRaw(body: object): boolean {
  return Buffer.isBuffer(body) || 'getStream' in body || 'pipe' in body;
}
