import { execFileSync, spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../lib/free-port.mjs';
import { machineTime } from '../lib/processor-time.mjs';
import { startServer } from '../lib/programs.mjs';
import { root } from '../run.mjs';

/** The driver's folder stays as it is; what it depends on is installed beside a copy. */
export function copyDriver(driver, scratch) {
  const folder = join(scratch, 'driver');
  cpSync(driver, folder, { recursive: true, filter: (path) => !/\/(node_modules|results|ceiling)$/.test(path) });
  note('installing what the load driver depends on');
  execFileSync('npm', ['ci', '--silent', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
  return folder;
}

/** Resolves when the server is ready, with the time that it took. */
export async function timedServer(env, scratch, name) {
  const started = performance.now();
  const server = await startServer({ port: await freePort(), env, log: join(scratch, `${name}.log`) });
  return { ...server, startUpMs: Math.round(performance.now() - started) };
}

const QUIET_CORES = 0.1;
const SAMPLE_MS = 500;
const SETTLED_SAMPLES = 2;
const PATIENCE_MS = 20_000;

/**
 * Waits until the processors rest: a compiler or a vacuum that one server has set to work would else be paid for by the
 * other one's measurement. On a machine that never rests it goes on after a while.
 */
async function settled() {
  const end = performance.now() + PATIENCE_MS;
  let before = machineTime();
  for (let quiet = 0; quiet < SETTLED_SAMPLES && performance.now() < end; ) {
    await sleep(SAMPLE_MS);
    const now = machineTime();
    quiet = (now - before) * 1000 < QUIET_CORES * SAMPLE_MS ? quiet + 1 : 0;
    before = now;
  }
}

/** One scenario on one server, once the machine has settled. What could not be done in full is a failure with its reason, never a number. */
export async function measure(run, target, round) {
  await settled();
  const args = [
    ...['--driver', target.driver, '--base', target.base, '--scenario', run.scenario],
    ...['--n', String(run.n), '--warm', String(run.warm), '--concurrency', String(run.concurrency)],
    ...['--options', JSON.stringify(run.options), '--pid', String(target.pid)],
    ...(target.database ? ['--postmaster', String(target.postmaster), '--database', target.database] : []),
  ];
  const child = spawn(process.execPath, [join(root, 'scripts/bench/measure.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const code = await new Promise((done) => child.once('close', done));
  const head = { name: run.name, server: target.name, round, n: run.n, concurrency: run.concurrency };
  if (code !== 0) {
    const failure = errors.trim().split('\n').at(-1)?.slice(0, 300) ?? `ended with code ${code}`;
    note(`${run.name}, round ${round}, ${target.name}: FAILED, ${failure}`);
    return { ...head, failure };
  }
  const result = { ...head, ...JSON.parse(out.trim().split('\n').at(-1)) };
  const { perSecond, p50Ms, cpuMsEach, coresOfOthers } = result;
  const cpu = (cpuMsEach.server + cpuMsEach.postgres).toFixed(2);
  note(
    `${run.name}, round ${round}, ${target.name}: ${perSecond.toFixed(1)}/s, p50 ${p50Ms.toFixed(1)} ms, ${cpu} ms of CPU each, others used ${coresOfOthers.toFixed(2)} cores`,
  );
  return result;
}

export function note(text) {
  process.stderr.write(`[bench] ${text}\n`);
}
