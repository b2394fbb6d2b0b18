import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../server/src/config.ts';
import { root } from './run.mjs';

const read = (...path) => readFileSync(join(root, ...path), 'utf8');
const dockerfile = read('docker', 'Dockerfile');
const { services } = parse(read('docker', 'compose.yaml'), { merge: true });
const isServer = ({ image, command }) => image === 'millrace' && !command;
const servers = Object.entries(services).filter(([, service]) => isServer(service));

/** Reads the configuration, and notes which settings are asked for. */
function configure(env) {
  const asked = new Set();
  const config = parseConfig(
    new Proxy(env, {
      get: (target, name) => {
        asked.add(name);
        return target[name];
      },
    }),
  );
  return { config, asked };
}

/** `ENV a=b c=d` lines of the image. */
function imageEnvironment() {
  const pairs = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line]) => line.split(' '));
  return Object.fromEntries(pairs.map((pair) => pair.split('=')));
}

const environmentOf = ({ environment }) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));

test('docs/configuration.md lists the settings that the server reads', () => {
  const documented = [...read('docs', 'configuration.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual([...configure({}).asked].sort());
});

test('three servers start with settings that they know', () => {
  expect(servers).toHaveLength(3);
  for (const [, service] of servers) {
    const env = environmentOf(service);
    const { config, asked } = configure({ ...imageEnvironment(), ...env });
    expect(Object.keys(env).filter((name) => !asked.has(name))).toEqual([]);
    expect(services).toHaveProperty(new URL(config.databaseUrl).hostname);
    expect(services).toHaveProperty(new URL(config.redisUrl).hostname);
    expect(service.volumes).toContain(`./users.txt:${config.usersFile}:ro`);
    expect(Number.parseInt(service.stop_grace_period, 10) * 1000).toBeGreaterThan(config.stopDelayMs + 20_000);
  }
});

test('the loan workers have settings that they know', () => {
  const sources = readdirSync(join(root, 'workers/src/loan')).filter((name) => /(?<!\.spec)\.ts$/.test(name));
  const text = sources.map((name) => read('workers/src/loan', name)).join();
  for (const name of Object.keys(services['loan-workers'].environment)) expect(text).toContain(name);
});

test('the balancer asks every server at its port, and at an address that is there', () => {
  const balancer = read('docker', 'haproxy.cfg');
  const { PORT } = imageEnvironment();
  const behind = [...balancer.matchAll(/^ +server \S+ (\S+)$/gm)].map(([, address]) => address);
  expect(behind).toEqual(servers.map(([name]) => `${name}:${PORT}`));
  const [, path] = /httpchk GET \/health\/(\S+)/.exec(balancer);
  expect(read('server/src/health/health.controller.ts')).toContain(`'${path}'`);
});

test('what the image is made of is there, and is not kept from the build', () => {
  const ignored = read('.dockerignore').split('\n');
  const copied = [...dockerfile.matchAll(/^COPY (?!--)(.*) \S+$/gm)].flatMap(([, files]) => files.split(' '));
  expect(copied).toContain('package-lock.json');
  for (const file of copied) {
    expect(existsSync(join(root, file)), file).toBe(true);
    expect(ignored).not.toContain(file);
  }
  for (const workspace of JSON.parse(read('package.json')).workspaces)
    expect(copied).toContain(`${workspace}/package.json`);
  const programs = [/^CMD \["node", "(.*)"\]$/m.exec(dockerfile)[1], services['loan-workers'].command[1]];
  for (const program of programs)
    expect(existsSync(join(root, program.replace('/dist/', '/src/').replace(/\.js$/, '.ts'))), program).toBe(true);
});

test('logins and local files do not get into the image', () => {
  const ignored = read('.dockerignore').split('\n');
  for (const name of ['**/node_modules', '**/dist', 'data', '.git', '.env', 'docker/users.txt'])
    expect(ignored).toContain(name);
});
