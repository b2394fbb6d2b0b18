// `npm start`: builds what is needed, then runs the server with the loan process deployed and its workers at work.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { deployFolder } from './lib/deploy.mjs';
import { root, run } from './run.mjs';

const built = await run(process.execPath, [join(root, 'scripts/build.mjs')]);
if (built !== 0) process.exit(built);

const host = process.env.HOST ?? '127.0.0.1';
const port = process.env.PORT ?? '8080';
const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
const restUrl = `${url}/engine-rest`;
const children = new Set();
let stopping = false;

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void stop(0));

start('server', ['server/dist/main.js']);
await ready();
await deploy(join(root, 'bpmn/loan-application'));
start('workers', ['workers/dist/loan/main.js'], {
  MILLRACE_URL: restUrl,
  LOAN_DATA_DIR: process.env.LOAN_DATA_DIR ?? join(process.env.DATA_DIR ?? join(root, 'data'), 'workers'),
});
process.stdout.write(`
Millrace is ready: ${url}
  REST   ${restUrl}        OpenAPI  ${url}/api-docs
  npm run demo  sends 1,000 loan applications through it.   Ctrl+C stops it.
`);

/** Starts a program of ours; when one ends, all end. */
function start(name, args, env = {}) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  children.add(child);
  child.on('exit', (code) => {
    children.delete(child);
    if (stopping) return;
    process.stderr.write(`The ${name} ended${code === null ? '' : ` with code ${code}`}.\n`);
    void stop(code ?? 1);
  });
}

async function stop(code) {
  if (stopping) return;
  stopping = true;
  const ended = [...children].map((child) => new Promise((done) => child.once('exit', done)));
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(ended);
  process.exit(code);
}

/** Waits until the server answers; its own end ends this wait. */
async function ready() {
  while (!stopping) {
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  await new Promise(() => {}); // stop() ends the process
}

async function deploy(folder) {
  try {
    await deployFolder(url, folder, { name: 'loan-application', source: 'npm start', headers: credentials() });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    await stop(1);
  }
}

/** With USERS_FILE the server asks for a login: MILLRACE_USER and MILLRACE_PASSWORD hold it. */
function credentials() {
  const { MILLRACE_USER: user, MILLRACE_PASSWORD: password } = process.env;
  return user ? { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` } : {};
}
