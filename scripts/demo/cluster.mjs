import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deployFolder } from '../lib/deploy.mjs';
import { freePort } from '../lib/free-port.mjs';
import { saying, startProgram, startServer } from '../lib/programs.mjs';
import { transportOf } from '../lib/workers.mjs';
import { root, run } from '../run.mjs';
import { DemoError } from './demo-error.mjs';

const SERVERS = 3;

/**
 * Three servers on the PostgreSQL and the Redis of the environment, with the loan process deployed and its workers spread
 * over three programs, for as long as `work` runs. What was deployed and done stays in the database.
 * @param work gets the servers' addresses
 * @throws DemoError when a setting is missing or something doesn't start
 */
export async function withCluster(env, work) {
  const settings = clusterSettings(env);
  // What is built is none of the demo's output.
  if ((await run(process.execPath, [join(root, 'scripts/build.mjs')])) !== 0) throw new DemoError('The build failed.');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-cluster-'));
  const programs = [];
  const stop = async () => {
    await Promise.all(programs.map((program) => program.kill('SIGTERM')));
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop().then(() => process.exit(130)));
  try {
    const urls = [];
    for (let number = 1; number <= SERVERS; number += 1) {
      const server = await startServer({
        port: await freePort(),
        env: settings,
        log: join(folder, `server-${number}`),
      });
      programs.push(server);
      urls.push(server.url);
    }
    await deployFolder(urls[0], join(root, 'bpmn/loan-application'), { name: 'loan-application', source: 'demo' });
    programs.push(...(await startWorkers(urls, { ...settings, LOAN_DATA_DIR: join(folder, 'workers') })));
    process.stderr.write(`Three servers, with workers over ${settings.WORKER_TRANSPORT}: ${urls.join(', ')}\n`);
    return await work(urls);
  } catch (error) {
    throw error?.name === 'DemoError' ? error : new DemoError(`The cluster does not run: ${error.message}`);
  } finally {
    await stop();
  }
}

/** @throws DemoError naming what is missing */
export function clusterSettings(env) {
  const missing = ['DATABASE_URL', 'REDIS_URL'].filter((name) => !env[name]);
  if (missing.length > 0)
    throw new DemoError(
      `--cluster runs three servers on one PostgreSQL and one Redis: set ${missing.join(' and ')}, e.g. DATABASE_URL=postgres://user@127.0.0.1:5432/millrace REDIS_URL=redis://127.0.0.1:6379.`,
    );
  const names = ['DATABASE_URL', 'REDIS_URL', 'MILLRACE_REDIS_PREFIX', 'WORKER_TRANSPORT'];
  const given = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const settings = { WORKER_TRANSPORT: 'bullmq', ...given };
  try {
    transportOf(settings);
  } catch (error) {
    throw new DemoError(error.message);
  }
  return settings;
}

/** As many programs as servers, each with its share of the workers and a server of its own. */
async function startWorkers(urls, env) {
  const { LOAN_WORKERS } = await import(pathToFileURL(join(root, 'workers/dist/loan/workers.js')).href);
  return Promise.all(
    urls.map(async (url, i) => {
      const names = LOAN_WORKERS.filter((_, j) => j % urls.length === i).map(({ name }) => name);
      const args = ['workers/dist/loan/main.js', ...names];
      const program = startProgram(args, { env: { ...env, MILLRACE_URL: `${url}/engine-rest` } });
      await saying(program, 'loan workers running');
      return program;
    }),
  );
}
