import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const YEAR_SECONDS = 365 * 24 * 3600;
const API = /^\/(engine-rest|api|api-docs|admin)(\/|\?|$)/;

/**
 * Serves the built browser app at `/`: nothing when it isn't built. Files below `assets/` carry a hash of their content
 * in their names, so that browsers may keep them; a page that isn't a file is the app itself, which reads the address.
 */
export async function serveBrowserApp(fastify: FastifyInstance, directory: string): Promise<void> {
  if (!existsSync(join(directory, 'index.html'))) return;
  await fastify.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = path.startsWith(join(directory, 'assets'));
      void reply.header('cache-control', hashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
    },
  });
  fastify.get('/*', (request, reply) => (wantsPage(request) ? reply.sendFile('index.html') : reply.callNotFound()));
}

function wantsPage({ url, headers }: FastifyRequest): boolean {
  return !API.test(url) && (headers.accept ?? '').includes('text/html');
}
