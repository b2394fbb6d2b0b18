import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';

/** Installs Debian packages when a program of theirs is missing. */
export function ensure(program, ...packages) {
  if (existsSync(program) || onPath(program)) return;
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'inherit' });
}

function onPath(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

/**
 * A PostgreSQL cluster of its own, with the settings that PostgreSQL comes with.
 * @param settings further ones, by name
 * @returns its URL, its postmaster's process id, and what can be done to it
 */
export async function startPostgres(settings = {}) {
  if (!existsSync('/usr/lib/postgresql')) ensure('/usr/lib/postgresql', 'postgresql');
  const version = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a))[0];
  const bin = join('/usr/lib/postgresql', version, 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-pg-'));
  const port = await freePort();
  const isRoot = userInfo().uid === 0; // PostgreSQL refuses to run as root
  if (isRoot) {
    const uid = Number(execFileSync('id', ['-u', 'postgres']));
    chownSync(folder, uid, Number(execFileSync('id', ['-g', 'postgres'])));
  }
  const run = (program, args) => {
    const [command, ...rest] = isRoot
      ? ['runuser', '-u', 'postgres', '--', join(bin, program), ...args]
      : [join(bin, program), ...args];
    execFileSync(command, rest, { stdio: 'ignore', cwd: '/' });
  };
  const data = join(folder, 'data');
  run('initdb', ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync']);
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: 300,
    ...settings,
  };
  const options = [`-p ${port}`, ...Object.entries(all).map(([name, value]) => `-c ${name}=${value}`)].join(' ');
  const start = () => run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start']);
  start();
  const urlOf = (database) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  return {
    url: urlOf('postgres'),
    urlOf,
    port,
    version,
    get pid() {
      return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    },
    /** Runs a statement and returns its rows as arrays of text. */
    sql(statement, database = 'postgres') {
      const args = [
        '-X',
        '-q',
        '-A',
        '-t',
        '-F',
        '\t',
        '-v',
        'ON_ERROR_STOP=1',
        '-d',
        urlOf(database),
        '-c',
        statement,
      ];
      const text = execFileSync(join(bin, 'psql'), args, { encoding: 'utf8' });
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t'));
    },
    /** @param mode `fast` ends all sessions and writes a checkpoint, `immediate` is a crash */
    stopServer(mode) {
      run('pg_ctl', ['-D', data, '-m', mode, '-w', 'stop']);
    },
    startServer: start,
    stop() {
      try {
        run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
      } catch {
        // It's down already.
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A Redis of its own, which keeps nothing. */
export async function startRedis() {
  ensure('redis-server', 'redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-redis-'));
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
