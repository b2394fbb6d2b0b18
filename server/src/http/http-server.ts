import fastifyMultipart from '@fastify/multipart';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { serveApiDocs } from './api-docs.js';
import { serveBrowserApp } from './browser-app.js';
import { ErrorFilter } from './error.filter.js';
import { KnownRoutes } from './known-routes.js';
import { invalidRequest } from './rest-error.js';

export interface HttpOptions {
  /** The folder of the built browser app; nothing is served at `/` when it isn't there. */
  readonly browserAppDirectory: string | null;
  /** Told about every error that is answered as 500. */
  readonly reportError: (error: unknown, method: string, url: string) => void;
  /** In bytes; 64 MiB. */
  readonly maxBodyBytes?: number;
}

/**
 * Everything HTTP that isn't a controller: body parsers, errors, API docs, the browser app.
 * Call it between `NestFactory.create(AppModule, new JsonAdapter(), { bodyParser: false })` and `app.init()`.
 */
export async function configureHttp(app: NestFastifyApplication, options: HttpOptions): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const routes = new KnownRoutes();
  routes.watch(fastify);
  app.useGlobalFilters(new ErrorFilter(routes, options.reportError));
  parseBodies(fastify);
  await fastify.register(fastifyMultipart, {
    preservePath: true,
    limits: { fileSize: options.maxBodyBytes ?? 64 * 1024 * 1024, files: 1000, parts: 2000 },
  });
  await serveApiDocs(app, fastify);
  if (options.browserAppDirectory !== null) await serveBrowserApp(fastify, options.browserAppDirectory);
}

/** JSON, where no text at all is no body: clients send the header on an empty POST too. */
function parseBodies(fastify: FastifyInstance): void {
  fastify.decorateRequest('userId', null);
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') return done(null, undefined);
    return parse(request, body, (error, value) => {
      if (error) done(invalidRequest(`The request body is not JSON: ${error.message}`));
      else done(null, value);
    });
  });
}
