import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../src/config.js';
import { createServer, type RunningServer } from '../src/create-server.js';
import { createStorage, type TestStorage } from './support/test-storage.js';

let storage: TestStorage;
let server: RunningServer;

beforeAll(async () => {
  storage = await createStorage();
  const usersFile = join(storage.dataDir, 'users.txt');
  await writeFile(usersFile, `anna:${await hash('right')}\n`);
  const { databaseUrl, dataDir } = storage;
  const settings = parseConfig({ LOG_LEVEL: 'silent', PORT: '0', JOB_EXECUTOR: 'off', USERS_FILE: usersFile });
  server = await createServer({ ...settings, databaseUrl, dataDir }, pino({ level: 'silent' }));
});

afterAll(async () => {
  await server.close();
  await storage.remove();
});

const login = (password: string) => ({ authorization: `Basic ${Buffer.from(`anna:${password}`).toString('base64')}` });

async function verify(username: string, password: string, headers: Record<string, string>) {
  const answer = await fetch(`${server.url}/engine-rest/identity/verify`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ username, password }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('who is logged in can have a password verified', async () => {
  expect(await verify('anna', 'right', login('right'))).toMatchObject({ status: 200, body: { authenticated: true } });
  expect(await verify('anna', 'wrong', login('right'))).toMatchObject({ status: 200, body: { authenticated: false } });
  expect(await verify('bert', 'right', login('right'))).toMatchObject({ status: 200, body: { authenticated: false } });
});

test('nothing is told without login, but that the server lives', async () => {
  expect(await verify('anna', 'right', {})).toMatchObject({ status: 401, body: { type: 'NotAuthorizedException' } });
  expect((await fetch(`${server.url}/engine-rest/task`, { headers: login('wrong') })).status).toBe(401);
  expect((await fetch(`${server.url}/engine-rest/task`, { headers: login('right') })).status).toBe(200);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});
