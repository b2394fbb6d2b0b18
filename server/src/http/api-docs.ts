import type { IncomingMessage, ServerResponse } from 'node:http';
import fastifyExpress from '@fastify/express';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { generateHTML, serveFiles } from 'swagger-ui-express';
import { buildOpenApi, type OpenApiDocument } from './openapi.js';

/** Swagger UI at `/api-docs` and the document itself at `/api-docs/json`. Express serves these pages and nothing else. */
export async function serveApiDocs(app: NestFastifyApplication, fastify: FastifyInstance): Promise<void> {
  let built: OpenApiDocument | undefined;
  const document = () => {
    built ??= openApiOf(app);
    return built;
  };
  fastify.get('/api-docs/json', (_, reply) =>
    reply
      .header('content-type', 'application/json')
      .header('content-disposition', 'inline; filename="millrace-openapi.json"')
      .serializer((value) => JSON.stringify(value, null, 2))
      .send(document()),
  );
  await fastify.register(async (scope) => {
    await scope.register(fastifyExpress);
    const options = { swaggerUrl: '/api-docs/json', customSiteTitle: 'Millrace API' };
    const page = generateHTML(undefined, options);
    for (const middleware of serveFiles(undefined, options)) scope.use('/api-docs', middleware);
    scope.use('/api-docs', (request: IncomingMessage, response: ServerResponse, next: () => void) => {
      if (request.url !== '/') return next();
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(page);
    });
    // Express has answered by now; what comes here isn't part of the page.
    for (const path of ['/api-docs', '/api-docs/*']) scope.get(path, (_, reply) => reply.callNotFound());
  });
}

function openApiOf(app: NestFastifyApplication): OpenApiDocument {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => (typeof metatype === 'function' ? [metatype] : [])),
  );
  return buildOpenApi(controllers);
}
