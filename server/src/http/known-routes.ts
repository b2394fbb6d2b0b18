import type { FastifyInstance } from 'fastify';

/** Remembers what is served, to tell "not with this method" (405) from "not here" (404). */
export class KnownRoutes {
  private readonly routes: { method: string; pattern: RegExp }[] = [];

  /** Call it before any route is added. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      if (url.includes('*')) return;
      const pattern = new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+').replace(/\/$/, '')}/?$`);
      for (const each of [method].flat()) this.routes.push({ method: each, pattern });
    });
  }

  methodsAt(path: string): string[] {
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  }
}
