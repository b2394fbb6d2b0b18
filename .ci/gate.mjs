// Runs the gate's stages one after the other, also after a failure, and adds up what passed.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensure, startPostgres, startRedis } from '../scripts/lib/services.mjs';

const root = new URL('..', import.meta.url).pathname;
const reports = mkdtempSync(join(tmpdir(), 'millrace-ci-'));
const total = { passed: 0, failed: 0 };
const services = [];

process.on('exit', () => {
  for (const service of services) service.stop();
  rmSync(reports, { recursive: true, force: true });
});

await check('format and lint', 'npx', ['biome', 'ci', '.']);
for (const name of ['engine', 'workers', 'server', 'modeler-ui'])
  await check(`types: ${name}`, 'npx', ['tsc', '--noEmit', '-p', name]);
const folders = ['engine/src', 'server/src', 'workers/src', 'modeler-ui/src'];
await check('dependency rules', 'npx', [
  'depcruise',
  '--config',
  '.dependency-cruiser.cjs',
  '--output-type',
  'err',
  ...folders,
]);
await check('unused code', 'npx', ['knip']);
await check('build', 'npm', ['run', 'build', '--', '--force']);

const nothing = { DATABASE_URL: undefined, REDIS_URL: undefined };
// The whole demo is killed here; elsewhere a part of it has to do.
await tests('embedded default', ['test', '--'], { ...nothing, KILL_DEMO_COUNT: '1000' });

const postgres = await startPostgres();
services.push(postgres);
const redis = await startRedis();
services.push(redis);
const real = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
await tests('PostgreSQL and Redis', ['test', '--', '--project', 'server'], real);

ensure('/usr/bin/chromium', 'chromium');
await conformance();

// Starts what it needs by itself.
await check('chaos', 'npm', ['run', 'chaos', '--', '--short'], nothing);

await tests('browser', ['run', 'test:browser', '--'], nothing);

process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed === 0 ? 0 : 1);

/** One command that either passes or fails. */
async function check(name, command, args, env = {}) {
  const ok = (await exec(name, command, args, env)) === 0;
  total[ok ? 'passed' : 'failed']++;
}

/** A run of vitest, counted by its report. A run that reports nothing has failed. */
async function tests(name, args, env) {
  const report = join(reports, `${name.replaceAll(' ', '-')}.json`);
  const code = await exec(
    name,
    'npm',
    [
      ...(args[0] === 'run' ? args : ['run', ...args]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    env,
  );
  const counts = countsOf(report);
  total.passed += counts.passed;
  total.failed += counts.failed + (code !== 0 && counts.failed === 0 ? 1 : 0);
}

/** Models and requests of others, where they lie beside the repository: one test per kind of case. */
async function conformance() {
  const report = join(reports, 'conformance.json');
  const code = await exec('conformance', 'node', ['.ci/conformance.mjs', '--report', report], {});
  const { passed, failed } = existsSync(report) ? countsOf(report) : { passed: 0, failed: code === 0 ? 0 : 1 };
  total.passed += passed;
  total.failed += failed;
}

function countsOf(report) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return numPassedTests + numFailedTests > 0
      ? { passed: numPassedTests, failed: numFailedTests }
      : { passed: 0, failed: 1 };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function exec(name, command, args, env) {
  process.stdout.write(`\n=== ${name}\n`);
  const started = Date.now();
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', (error) => {
      process.stdout.write(`${error.message}\n`);
      done(1);
    });
    child.on('exit', (code) => {
      process.stdout.write(
        `=== ${name}: ${code === 0 ? 'ok' : `FAILED (${code})`}, ${Math.round((Date.now() - started) / 1000)} s\n`,
      );
      done(code ?? 1);
    });
  });
}
