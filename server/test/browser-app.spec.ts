import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configureHttp } from '../src/http/http-server.js';
import { JsonAdapter } from '../src/http/json-adapter.js';
import { VersionModule } from '../src/version/version.module.js';

let directory: string;
let app: NestFastifyApplication;

async function open(browserAppDirectory: string): Promise<NestFastifyApplication> {
  @Module({ imports: [VersionModule] })
  class Resources {}
  const opened = await NestFactory.create<NestFastifyApplication>(Resources, new JsonAdapter(), {
    bodyParser: false,
    logger: false,
  });
  await configureHttp(opened, { browserAppDirectory, reportError: () => {} });
  await opened.init();
  await opened.getHttpAdapter().getInstance().ready();
  return opened;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-app-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<title>Millrace</title>');
  await writeFile(join(directory, 'assets', 'app-1a2b.js'), 'run()');
  app = await open(directory);
});
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true, force: true });
});

const page = { accept: 'text/html,*/*' };

test('the browser app is served at the root, always fresh', async () => {
  const answer = await app.inject({ url: '/', headers: page });
  expect([answer.statusCode, answer.body]).toEqual([200, '<title>Millrace</title>']);
  expect(answer.headers['content-type']).toMatch(/^text\/html/);
  expect(answer.headers['cache-control']).toBe('no-cache');
});

test('its hashed files may be kept for ever', async () => {
  const answer = await app.inject({ url: '/assets/app-1a2b.js' });
  expect(answer.body).toBe('run()');
  expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
});

test('an address inside the app is the app, everything else that is missing stays missing', async () => {
  expect((await app.inject({ url: '/processes/1', headers: page })).body).toBe('<title>Millrace</title>');
  expect((await app.inject({ url: '/assets/gone.js' })).statusCode).toBe(404);
  for (const url of ['/engine-rest/nothing', '/api/nothing', '/../package.json']) {
    const answer = await app.inject({ url, headers: { accept: url.startsWith('/..') ? '*/*' : page.accept } });
    expect([answer.statusCode, answer.json().type]).toEqual([404, 'NotFoundException']);
  }
  expect((await app.inject({ url: '/engine-rest/version', headers: page })).json()).toEqual({ version: '7.24.0' });
  expect((await app.inject({ method: 'DELETE', url: '/engine-rest/version' })).statusCode).toBe(405);
});

test('without a built app there is nothing at the root', async () => {
  const bare = await open(join(directory, 'assets'));
  expect((await bare.inject({ url: '/', headers: page })).statusCode).toBe(404);
  await bare.close();
});
