import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CoreModule } from '../../src/core.module.js';
import { configureHttp } from '../../src/http/http-server.js';
import { JsonAdapter } from '../../src/http/json-adapter.js';
import { openTestCore, type TestCore } from './test-core.js';

export interface Answer {
  readonly status: number;
  readonly type: string | null;
  /** Parsed when it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  readonly body: any;
  readonly headers: Headers;
}

export interface TestRest extends TestCore {
  /** `http://127.0.0.1:<port>/engine-rest` */
  readonly url: string;
  /** Errors that were answered as 500. */
  readonly unexpected: unknown[];
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  put(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** Files by name; other form fields. */
  upload(
    path: string,
    files: Readonly<Record<string, string>>,
    fields?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** Some of the server's REST resources over HTTP, on a database of their own. Due jobs wait. */
export async function openTestRest(modules: readonly Type[], userId: string | null = null): Promise<TestRest> {
  const host = await openTestCore();
  @Module({ imports: [CoreModule.of(host.core), ...modules] })
  class Resources {}
  const app = await NestFactory.create<NestFastifyApplication>(Resources, new JsonAdapter(), {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  const unexpected: unknown[] = [];
  await configureHttp(app, { browserAppDirectory: null, reportError: (error) => unexpected.push(error) });
  const fastify = app.getHttpAdapter().getInstance();
  if (userId !== null)
    fastify.addHook('onRequest', (request, _, done) => {
      request.userId = userId;
      done();
    });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(fastify.server.address() as AddressInfo).port}/engine-rest`;

  const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const json = body !== undefined && !(body instanceof FormData);
    const response = await fetch(`${url}${path}`, {
      method,
      ...(json
        ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
        : { body: body as FormData }),
    });
    const type = response.headers.get('content-type');
    const text = await response.text();
    const parsed = type === 'application/json' && text !== '' ? JSON.parse(text) : text;
    return { status: response.status, type, body: parsed, headers: response.headers };
  };
  return {
    ...host,
    url,
    unexpected,
    get: (path) => send('GET', path),
    post: (path, body = {}) => send('POST', path, body),
    put: (path, body = {}) => send('PUT', path, body),
    delete: (path) => send('DELETE', path),
    upload: (path, files, fields = {}) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      for (const [name, content] of Object.entries(files)) form.set(name, new Blob([content]), name);
      return send('POST', path, form);
    },
    close: async () => {
      await app.close();
      await host.close();
    },
  };
}
