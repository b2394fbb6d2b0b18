import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../scripts/free-port.mjs';

/** Installs Debian packages when a program of theirs is missing. */
export function ensure(program, ...packages) {
  if (existsSync(program) || onPath(program)) return;
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'inherit' });
}

function onPath(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

/** A PostgreSQL cluster of its own. @returns its URL, and how to stop it */
export async function startPostgres() {
  if (!existsSync('/usr/lib/postgresql')) ensure('/usr/lib/postgresql', 'postgresql');
  const version = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a))[0];
  const bin = join('/usr/lib/postgresql', version, 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-ci-pg-'));
  const port = await freePort();
  const isRoot = userInfo().uid === 0; // PostgreSQL refuses to run as root
  if (isRoot) {
    const uid = Number(execFileSync('id', ['-u', 'postgres']));
    chownSync(folder, uid, Number(execFileSync('id', ['-g', 'postgres'])));
  }
  const as = (program, args) =>
    isRoot ? ['runuser', ['-u', 'postgres', '--', join(bin, program), ...args]] : [join(bin, program), args];
  const data = join(folder, 'data');
  execFileSync(...as('initdb', ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync']), {
    stdio: 'ignore',
    cwd: '/',
  });
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c max_connections=300`;
  execFileSync(...as('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start']), {
    stdio: 'ignore',
    cwd: '/',
  });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop() {
      execFileSync(...as('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']), { stdio: 'ignore', cwd: '/' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A Redis of its own, which keeps nothing. */
export async function startRedis() {
  ensure('redis-server', 'redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-ci-redis-'));
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((done, fail) => {
    child.on('exit', (code) => fail(new Error(`redis-server ended with code ${code}`)));
    child.stdout.on('data', (text) => {
      if (/ready to accept connections/i.test(String(text))) done();
    });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    stop() {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
