// One scenario against one server, in a process of its own: prints one JSON line, or fails when not all work was done.
// The scenarios come from the load driver whose folder is named; the measuring is ours.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { processorTimeBetween, processorTimes, residentMemory } from '../lib/processor-time.mjs';

/** Whatever happens, no load outlives this. */
const LIMIT_MS = 15 * 60_000;
const MOST_CONNECTIONS = 64;

const { values } = parseArgs({
  options: {
    driver: { type: 'string' },
    base: { type: 'string' },
    scenario: { type: 'string' },
    n: { type: 'string' },
    concurrency: { type: 'string' },
    warm: { type: 'string' },
    options: { type: 'string', default: '{}' },
    pid: { type: 'string' },
    postmaster: { type: 'string' },
    database: { type: 'string' },
  },
});

setTimeout(() => {
  process.stderr.write(`${values.scenario}: given up after ${LIMIT_MS / 60_000} minutes\n`);
  process.exit(1);
}, LIMIT_MS).unref();

const { scenarios } = await import(`${values.driver}/scenarios.mjs`);
const { Api, quantile } = await import(`${values.driver}/lib.mjs`);
const pid = Number(values.pid);
const postmaster = Number(values.postmaster ?? 0);
const concurrency = Number(values.concurrency);
const api = new Api(values.base, Math.max(concurrency, MOST_CONNECTIONS));
let spent;

try {
  const result = await scenarios[values.scenario].run({
    api,
    n: Number(values.n),
    concurrency,
    warm: Number(values.warm),
    key: `bench_${values.scenario.replace(/\W/g, '_')}_${Date.now().toString(36)}`,
    opts: JSON.parse(values.options),
    pids: [pid],
    measured,
  });
  const each = (total) => total / result.count;
  process.stdout.write(
    `${JSON.stringify({
      operations: result.count,
      seconds: result.seconds,
      perSecond: result.count / result.seconds,
      p50Ms: quantile(result.lat, 0.5),
      p99Ms: quantile(result.lat, 0.99),
      cpuMsEach: {
        server: each(spent.time.server * 1000),
        postgres: each(spent.time.postgres * 1000),
        driver: each(spent.time.driver * 1000),
      },
      coresOfOthers: spent.time.others / spent.seconds,
      ...(spent.database && {
        statementsEach: each(spent.database.statements),
        rowsEach: each(spent.database.rows),
        walBytesEach: each(spent.database.walBytes),
      }),
      residentMiB: residentMemory(pid),
      conflicts: api.conflicts,
      serverErrors: [...(api.serverErrors?.values() ?? [])].reduce((total, count) => total + count, 0),
      ...(result.extra && { extra: result.extra }),
    })}\n`,
  );
} catch (error) {
  process.stderr.write(`${values.scenario}: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await api.close();
}
process.exit();

/** The part of a scenario that counts. The database is asked outside of it, so that asking costs the server nothing. */
async function measured(work) {
  const databaseBefore = databaseCounters();
  const timeBefore = processorTimes([pid], postmaster);
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  const time = processorTimeBetween(timeBefore, processorTimes([pid], postmaster));
  const after = databaseCounters();
  spent = {
    seconds,
    time,
    database: after && Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - databaseBefore[name]])),
  };
  return result;
}

/**
 * Statements, rows read or written by them, and bytes of WAL so far. Transaction control isn't counted: drivers differ in
 * whether PostgreSQL can see it. The WAL is that of the whole cluster, the price of commits and checkpoints included.
 */
function databaseCounters() {
  if (!values.database) return null;
  const sql = `SELECT coalesce(sum(calls), 0), coalesce(sum(rows), 0), pg_current_wal_insert_lsn() - '0/0'
    FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND query !~* '^(begin|start|commit|rollback|savepoint|release)'`;
  const text = execFileSync('psql', ['-XqAt', '-F,', '-d', values.database, '-c', sql], { encoding: 'utf8' });
  const [statements, rows, walBytes] = text.trim().split(',').map(Number);
  return { statements, rows, walBytes };
}
