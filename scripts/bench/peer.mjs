import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'operaton';
const DATABASE = 'peer_operaton_bench';

/**
 * Operaton on the given PostgreSQL, from a copy of the peers' folder, which stays as it is. It's built there when the folder
 * has no build.
 * @returns its REST root, process id, database and start-up time; null when there is no such folder
 */
export async function startPeer({ peersDir, scratch, postgres, port, note }) {
  if (!existsSync(join(peersDir, 'start.sh'))) return null;
  const folder = join(scratch, 'peers');
  cpSync(peersDir, folder, { recursive: true, filter: (path) => !/\/(run|camunda7\/target)$/.test(path) });
  note('starting Operaton');
  const args = [join(folder, 'start.sh'), NAME, String(port), '--fresh', '--db', DATABASE];
  const child = spawn('bash', args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'], // standard output is inherited by the server, which never closes it
    env: { ...process.env, PEER_DB_HOST: '127.0.0.1', PEER_DB_PORT: String(postgres.port), PEER_DB_USER: 'postgres' },
  });
  let told = '';
  child.stderr.on('data', (text) => {
    told += text;
  });
  const code = await new Promise((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`Operaton does not start: ${told.slice(-1_000)}`);
  return {
    base: `http://127.0.0.1:${port}/engine-rest`,
    pid: Number(readFileSync(join(folder, 'run', `${NAME}-${port}.pid`), 'utf8')),
    database: postgres.urlOf(DATABASE),
    startUpMs: Number(/up after (\d+) ms/.exec(told)?.[1]),
    async stop() {
      const stopping = spawn('bash', [join(folder, 'stop.sh'), NAME, String(port)], { cwd: folder, stdio: 'ignore' });
      await new Promise((done) => stopping.once('exit', done));
    },
  };
}
