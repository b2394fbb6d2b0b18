// Runs the conformance suites that lie beside the repository, if they do, against a server of its own on the embedded
// database, and compares what came out with what was recorded. One test per kind of case: its figure reaches the minimum.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { freePort } from '../scripts/lib/free-port.mjs';

/** Cases that must agree, of all cases of their kind. What doesn't is explained in docs/differences.md. */
const MINIMUM = { run: 583, reject: 95, 'failing-start': 7, deploy: 87, request: 181, 'request-optional': 11 };
/** Of the suite of migrations, modifications and restarts, which compares by itself. */
const MINIMUM_MIGRATIONS = 109;

/**
 * Of all models, the share in percent that must agree. Models that are refused for nothing but a script in a language that
 * isn't run here (in a condition, mapping or listener) don't count.
 */
const MINIMUM_SHARE = 98;
const FOREIGN_SCRIPT = /^Expected a script in one of .*, but its format is '/;

const { values: options } = parseArgs({
  options: {
    report: { type: 'string' },
    only: { type: 'string' },
    diff: { type: 'string' },
    verbose: { type: 'boolean' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const suites = process.env.CONFORMANCE_DIR ?? join(root, '../shared/conformance');

if (existsSync(join(suites, 'run.mjs'))) process.exitCode = (await check()) ? 0 : 1;
else process.stdout.write('conformance: skipped, there are no suites beside the repository\n');

async function check() {
  const scratch = mkdtempSync(join(tmpdir(), 'millrace-conformance-'));
  try {
    const results = join(scratch, 'results.json');
    const wanted = recorded();
    let foreign = new Set();
    let migrations = null;
    await withServer(join(scratch, 'data'), async (base) => {
      await drive(base, results);
      foreign = await refusedForScripts(base, wanted, read(results).cases);
      if (options.only === undefined) migrations = await runMigrations(base);
    });
    return judge(wanted, read(results).cases, foreign, migrations);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Jobs are run by hand, so that every run takes the same way. */
async function withServer(data, work) {
  const port = await freePort();
  const server = spawn(process.execPath, [join(root, 'server/dist/main.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      DATA_DIR: data,
      DATABASE_URL: undefined,
      REDIS_URL: undefined,
      JOB_EXECUTOR: 'off',
      LOG_LEVEL: 'fatal',
    },
  });
  const ended = new Promise((done) => server.once('exit', done));
  try {
    const base = `http://127.0.0.1:${port}`;
    await reachable(`${base}/health`, ended);
    await work(base);
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

async function reachable(url, ended) {
  let gone = false;
  void ended.then(() => {
    gone = true;
  });
  for (const deadline = Date.now() + 180_000; Date.now() < deadline && !gone; ) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`Expected the server to answer at ${url} within three minutes, but it didn't`);
}

function drive(base, results) {
  const only = options.only === undefined ? [] : ['--only', options.only];
  const args = ['run.mjs', '--base', base, '--out', results, '--parallel', '2', '--seconds', '600', ...only];
  return new Promise((done, fail) => {
    execFile(process.execPath, args, { cwd: suites }, (error) => (error ? fail(error) : done()));
  });
}

/** @returns how many cases agree, of how many, and the lines that name the others */
async function runMigrations(base) {
  const args = ['migration/run.mjs', '--base', `${base}/engine-rest`, '--oracle', 'oracle/migration.json'];
  // It ends with 1 when a case differs: what it says counts.
  const out = await new Promise((done) => execFile(process.execPath, args, { cwd: suites }, (_, text) => done(text)));
  const [, agree, of] = /^migration: (\d+)\/(\d+)$/m.exec(out) ?? [];
  if (of === undefined)
    throw new Error(`Expected the suite of migrations to end with a figure, but got: ${out.slice(-300)}`);
  return { agree: Number(agree), of: Number(of), failing: out.split('\n').filter((line) => line.includes('FAIL')) };
}

function recorded() {
  const folder = join(suites, 'oracle');
  const files = readdirSync(folder).filter((name) => !/^(migration|excluded)/.test(name));
  return Object.assign({}, ...files.map((name) => read(join(folder, name)).cases));
}

function read(file) {
  const bytes = readFileSync(file);
  return JSON.parse((bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8'));
}

/** The results don't tell why a model was refused, so those that shouldn't have been are deployed once more. */
async function refusedForScripts(base, wanted, got) {
  const foreign = new Set();
  for (const { id, files } of Object.values(read(join(suites, 'cases.json')))) {
    if (wanted[id]?.deploy?.status !== 200 || !(got[id]?.deploy?.status >= 400)) continue;
    const form = new FormData();
    form.set('deployment-name', 'why');
    for (const { name, file } of files) form.set(name, new Blob([readFileSync(join(suites, 'models', file))]), name);
    const answer = await fetch(`${base}/engine-rest/deployment/create`, { method: 'POST', body: form });
    const reports = Object.values((await answer.json()).details ?? {});
    const reasons = reports.flatMap(({ errors = [] }) => errors.map(({ message }) => message));
    if (reasons.length > 0 && reasons.every((reason) => FOREIGN_SCRIPT.test(reason))) foreign.add(id);
  }
  return foreign;
}

/** @returns whether every kind reaches its minimum, and all models together the share that they must */
function judge(wanted, got, foreign, migrations) {
  const tally = {};
  const models = { agree: 0, of: 0 };
  for (const [id, want] of Object.entries(wanted)) {
    if (options.only !== undefined && !got[id]) continue;
    const kind = want.request && want.weight === 'optional' ? 'request-optional' : want.kind;
    const differing = differences(want, got[id]);
    tally[kind] ??= { agree: 0, of: 0, failing: [] };
    tally[kind].of++;
    if (!want.request && !foreign.has(id)) {
      models.of++;
      if (differing.length === 0) models.agree++;
    }
    if (differing.length === 0) tally[kind].agree++;
    else tally[kind].failing.push(`${id} [${[...new Set(differing.map(({ what }) => what))].join(', ')}]`);
    if (options.diff !== undefined && id.includes(options.diff)) print(id, differing);
  }
  let failed = 0;
  for (const [kind, { agree, of, failing }] of Object.entries(tally)) {
    const minimum = options.only === undefined ? (MINIMUM[kind] ?? 0) : 0;
    const ok = agree >= minimum;
    if (!ok) failed++;
    const needed = minimum === 0 ? '' : `, at least ${minimum} must`;
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${kind}: ${agree} of ${of} agree${needed}\n`);
    if (!ok || options.verbose) for (const line of failing) process.stdout.write(`         ${line}\n`);
  }
  const share = (100 * models.agree) / Math.max(models.of, 1);
  const enough = options.only !== undefined || share >= MINIMUM_SHARE;
  process.stdout.write(
    `${enough ? 'ok    ' : 'FAILED'} models: ${models.agree} of ${models.of} agree (${share.toFixed(2)} %), at least ${MINIMUM_SHARE} % must; ${foreign.size} more are refused for their scripts\n`,
  );
  if (!enough) failed++;
  if (migrations) {
    const ok = migrations.agree >= MINIMUM_MIGRATIONS;
    if (!ok) failed++;
    process.stdout.write(
      `${ok ? 'ok    ' : 'FAILED'} migration: ${migrations.agree} of ${migrations.of} agree, at least ${MINIMUM_MIGRATIONS} must\n`,
    );
    if (!ok || options.verbose) for (const line of migrations.failing) process.stdout.write(`       ${line}\n`);
  }
  const passed = Object.keys(tally).length + (migrations ? 2 : 1) - failed;
  process.stdout.write(`conformance: ${passed} passed, ${failed} failed\n`);
  if (options.report !== undefined)
    writeFileSync(options.report, JSON.stringify({ numPassedTests: passed, numFailedTests: failed }));
  return failed === 0;
}

/** What differs in one case; nothing when it agrees. */
function differences(want, got) {
  if (!got || got.skipped || got.error) return [{ what: 'no answer', want: 'an answer', got: got?.error ?? null }];
  const facets = want.request ? requestFacets : want.deploy.status === 200 ? modelFacets : refusalFacets;
  return facets(want, got).filter((facet) => JSON.stringify(facet.want ?? null) !== JSON.stringify(facet.got ?? null));
}

function requestFacets(want, got) {
  if (want.status >= 500) return [{ what: 'status', want: true, got: got.status >= 400 }];
  return [
    { what: 'status', want: want.status, got: got.status },
    { what: 'content type', want: want.ct, got: want.ct === undefined ? undefined : got.ct },
    { what: 'body', want: want.body, got: got.body },
  ];
}

/** Where the other engine failed at refusing (5xx), any clear refusal is as good. */
function refusalFacets(want, got) {
  if (want.deploy.status >= 500) return [{ what: 'deploy', want: true, got: got.deploy?.status >= 400 }];
  return [
    { what: 'deploy', want: [want.deploy.status, want.deploy.type], got: [got.deploy?.status, got.deploy?.type] },
  ];
}

function modelFacets(want, got) {
  const names = {
    defs: 'definitions',
    decisions: 'decisions',
    jobdefs: 'job definitions',
    startsubs: 'start subscriptions',
  };
  const facets = Object.entries(names).map(([key, what]) => ({ what, want: want[key], got: got[key] }));
  facets.unshift({ what: 'deploy', want: 200, got: got.deploy?.status });
  const runs = new Set([...Object.keys(want.runs ?? {}), ...Object.keys(got.runs ?? {})]);
  for (const run of runs) facets.push(...runFacets(run, want.runs?.[run] ?? {}, got.runs?.[run] ?? {}));
  return facets;
}

function runFacets(run, want, got) {
  const keys = ['start', 'steps', 'end', 'acts', 'vars', 'tasks', 'incs', 'afterDelete'];
  const names = {
    end: 'end state',
    acts: 'activities',
    vars: 'variables',
    incs: 'incidents',
    afterDelete: 'after delete',
  };
  return keys.map((key) => ({ what: names[key] ?? key, run, want: want[key], got: got[key] }));
}

function print(id, differing) {
  process.stdout.write(`${id}${differing.length === 0 ? ': agrees' : ''}\n`);
  for (const { what, run, want, got } of differing) {
    const [missing, more] =
      Array.isArray(want) && Array.isArray(got) ? [without(want, got), without(got, want)] : [[want], [got]];
    process.stdout.write(`  ${what}${run === undefined ? '' : ` @ ${run}`}\n`);
    for (const line of missing) process.stdout.write(`    - ${JSON.stringify(line)}\n`);
    for (const line of more) process.stdout.write(`    + ${JSON.stringify(line)}\n`);
  }
}

function without(list, others) {
  const known = new Set(others.map((other) => JSON.stringify(other)));
  return list.filter((item) => !known.has(JSON.stringify(item)));
}
