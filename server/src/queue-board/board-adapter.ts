import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  ControllerHandlerReturnType,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RestError } from '../http/rest-error.js';

/**
 * Bull Board's routes in Fastify. The package's own adapter shows its page as it is, which loads a font from a foreign
 * server; here the page comes without.
 */
export class BoardAdapter implements IServerAdapter {
  private queues: BullBoardQueues = new Map();
  private viewsPath = '';
  private statics = { route: '', path: '' };
  private entry: AppViewRoute | null = null;
  private routes: readonly AppControllerRoute[] = [];
  private uiConfig: UIConfig = {};
  private explain: (error: Error) => ControllerHandlerReturnType = () => ({ status: 500, body: {} });

  constructor(private readonly basePath: string) {}

  setQueues(queues: BullBoardQueues): this {
    this.queues = queues;
    return this;
  }

  setViewsPath(path: string): this {
    this.viewsPath = path;
    return this;
  }

  setStaticPath(route: string, path: string): this {
    this.statics = { route, path };
    return this;
  }

  setEntryRoute(entry: AppViewRoute): this {
    this.entry = entry;
    return this;
  }

  setErrorHandler(handler: (error: Error) => ControllerHandlerReturnType): this {
    this.explain = handler;
    return this;
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    this.routes = routes;
    return this;
  }

  setUIConfig(config: UIConfig): this {
    this.uiConfig = config;
    return this;
  }

  /** Adds the page, its files and its API to a scope with the prefix `basePath`. */
  async register(scope: FastifyInstance): Promise<void> {
    await scope.register(fastifyStatic, {
      root: this.statics.path,
      prefix: this.statics.route,
      decorateReply: false,
    });
    await this.registerPage(scope);
    for (const { method, route, handler } of this.routes)
      for (const url of [route].flat())
        scope.route({
          method: [method].flat().map((each) => each.toUpperCase()),
          url,
          handler: async (request, reply) => {
            const { status = 200, body } = await handler(this.requestOf(request));
            return reply.status(status).send(body);
          },
        });
    scope.setErrorHandler((error: Error, _, reply) => {
      if (error instanceof RestError)
        return reply.status(error.status).send({ type: error.type, message: error.message, code: error.errorCode });
      const { status = 500, body } = this.explain(error);
      return reply.status(status).send(body);
    });
  }

  private async registerPage(scope: FastifyInstance): Promise<void> {
    const { entry, basePath, uiConfig } = this;
    if (!entry) throw new Error('Expected Bull Board to have told its page');
    const { name, params } = entry.handler({ basePath, uiConfig });
    const page = fill(await readFile(join(this.viewsPath, name), 'utf8'), params);
    for (const url of [entry.route].flat())
      scope.get(url, (_, reply) => reply.header('content-type', 'text/html; charset=utf-8').send(page));
  }

  private requestOf(request: FastifyRequest) {
    return {
      queues: this.queues,
      uiConfig: this.uiConfig,
      query: request.query as Record<string, string>,
      params: request.params as Record<string, string>,
      body: (request.body ?? {}) as Record<string, unknown>,
      headers: request.headers as Record<string, string | undefined>,
    };
  }
}

/** The template's own tags, `<%= escaped %>` and `<%- raw %>`, and no link to other servers. */
function fill(template: string, params: Readonly<Record<string, string>>): string {
  return template
    .replaceAll(/<%([=-])\s*(\w+)\s*%>/g, (_, kind: string, name: string) => {
      const value = params[name] ?? '';
      return kind === '-' ? value : escapeHtml(value);
    })
    .replaceAll(/<link\b[^>]*href="https?:[^>]*>/g, '');
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
