import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BasicAuth, requireLogin } from '../src/identity/basic-auth.js';
import { readUsersFile } from '../src/identity/users-file.js';

const basic = (name: string, password: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

describe('login', () => {
  let directory: string;
  let stored: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-users-'));
    stored = await hash('s3cret:with:colons ü');
  });

  afterAll(() => rm(directory, { recursive: true }));

  async function usersFile(text: string): Promise<string> {
    const path = join(directory, 'users');
    await writeFile(path, text);
    return path;
  }

  test('takes the right password and no other', async () => {
    const auth = new BasicAuth(await readUsersFile(await usersFile(`# staff\n\nanna:${stored}\r\n`)));
    expect(await auth.userOf({ authorization: basic('anna', 's3cret:with:colons ü') })).toBe('anna');
    // Again, from memory.
    expect(await auth.userOf({ authorization: basic('anna', 's3cret:with:colons ü') })).toBe('anna');
    expect(await auth.userOf({ authorization: basic('anna', 's3cret') })).toBeNull();
    expect(await auth.userOf({ authorization: basic('bert', 's3cret:with:colons ü') })).toBeNull();
    expect(await auth.userOf({ authorization: 'Bearer abc' })).toBeNull();
    expect(await auth.userOf({ authorization: undefined })).toBeNull();
  });

  test('takes an API key as a Bearer token or in a header of its own', async () => {
    const text = `anna:${stored}\napi-key billing.eu:${await hash('k3y')}\n`;
    const auth = new BasicAuth(await readUsersFile(await usersFile(text)));
    expect(await auth.userOf({ authorization: 'Bearer billing.eu.k3y' })).toBe('billing.eu');
    expect(await auth.userOf({ 'x-api-key': 'billing.eu.k3y' })).toBe('billing.eu');
    expect(await auth.userOf({ authorization: 'Bearer billing.eu.other' })).toBeNull();
    expect(await auth.userOf({ 'x-api-key': 'billing.us.k3y' })).toBeNull();
    // Neither is the other's password.
    expect(await auth.userOf({ authorization: basic('billing.eu', 'k3y') })).toBeNull();
    expect(await auth.userOf({ 'x-api-key': 'anna.s3cret:with:colons ü' })).toBeNull();
  });

  test('checks a password once for all who send it, and no more than some at a time', async () => {
    const auth = new BasicAuth(await readUsersFile(await usersFile(`anna:${stored}`)));
    const same = Array.from({ length: 100 }, () => auth.userOf({ authorization: basic('anna', 'wrong') }));
    expect(await Promise.all(same)).toEqual(same.map(() => null));
    const different = Array.from({ length: 40 }, (_, n) => auth.userOf({ authorization: basic('anna', `wrong ${n}`) }));
    const outcomes = await Promise.allSettled(different);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(8);
    expect(await auth.userOf({ authorization: basic('anna', 's3cret:with:colons ü') })).toBe('anna');
  });

  test('is asked for where there is data, and nowhere else', async () => {
    const server = fastify();
    requireLogin(server, new BasicAuth(await readUsersFile(await usersFile(`anna:${stored}`))));
    server.decorateRequest('userId', null);
    for (const path of ['/engine-rest/task', '/api/workers', '/admin/queues', '/health', '/', '/assets/app.js'])
      server.get(path, (request) => ({ user: (request as { userId?: string | null }).userId }));
    const status = async (url: string, headers = {}) => (await server.inject({ url, headers })).statusCode;
    expect(await status('/engine-rest/task')).toBe(401);
    expect(await status('/api/workers')).toBe(401);
    expect(await status('/admin/queues')).toBe(401);
    expect(await status('/engine-rest/unknown')).toBe(401);
    expect(await status('/health')).toBe(200);
    expect(await status('/')).toBe(200);
    expect(await status('/assets/app.js')).toBe(200);
    const refused = await server.inject({ url: '/engine-rest/task', headers: { authorization: basic('anna', 'no') } });
    expect(refused.headers['www-authenticate']).toMatch(/^Basic realm=/);
    expect(refused.json()).toMatchObject({ type: 'NotAuthorizedException' });
    const admitted = await server.inject({
      url: '/engine-rest/task',
      headers: { authorization: basic('anna', 's3cret:with:colons ü') },
    });
    expect(admitted.json()).toEqual({ user: 'anna' });
    await server.close();
  });

  test.each([
    ['anna', /Line 1 of .* must be a user's name .* a colon and an argon2 hash/],
    ['anna:plain', /Line 1/],
    ['', /no user in it/],
  ])('refuses a users file that says %o', async (text, sentence) => {
    await expect(readUsersFile(await usersFile(text))).rejects.toThrow(sentence);
  });

  test('refuses a name that comes twice, and a file that is not there', async () => {
    await expect(readUsersFile(await usersFile(`anna:${stored}\nanna:${stored}`))).rejects.toThrow(
      /Line 2 .* second time/,
    );
    await expect(readUsersFile(join(directory, 'none'))).rejects.toThrow(/can't be read \(ENOENT\)/);
  });
});
