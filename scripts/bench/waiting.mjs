import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startPostgres } from '../lib/services.mjs';
import { root } from '../run.mjs';
import { machine } from './machine.mjs';
import { copyDriver, measure, note, timedServer } from './measuring.mjs';
import { warmUpRuns } from './runs.mjs';

/** Instances that are really started; the others are copies of their rows. */
const ORIGINALS = 1_000;
const START = { name: 'start', scenario: 'start', n: 4_000, warm: 400, concurrency: 32, options: {} };
const EMPTY = 'millrace_empty';
const FULL = 'millrace_full';

/**
 * What a start costs in a database in which `options.waiting` instances wait at a user task, against one that was empty: two
 * servers on one PostgreSQL, measured in turns. Resolves to the exit code.
 */
export async function measureAmong({ options, driver, scratch, closing }) {
  const driverDir = driver ? copyDriver(driver, scratch) : join(root, 'scripts/bench/driver');
  const { scenarios } = await import(pathToFileURL(join(driverDir, 'scenarios.mjs')).href);
  const postgres = await startPostgres({ shared_preload_libraries: 'pg_stat_statements' });
  closing.push(() => postgres.stop());
  const targets = [];
  for (const name of [EMPTY, FULL]) {
    postgres.sql(`CREATE DATABASE ${name}`);
    const server = await timedServer({ DATABASE_URL: postgres.urlOf(name) }, scratch, name);
    closing.push(() => server.kill());
    postgres.sql('CREATE EXTENSION pg_stat_statements', name);
    targets.push({
      name,
      base: `${server.url}/engine-rest`,
      pid: server.pid,
      database: postgres.urlOf(name),
      driver: driverDir,
      postmaster: postgres.pid,
    });
  }
  const [empty, full] = targets;
  const mem = { name: 'waiting', scenario: 'mem', n: ORIGINALS, warm: 0, concurrency: 32, options: { settle: 0 } };
  const originals = await measure(mem, full, 0);
  if (originals.failure) return 1;
  const times = Math.max(0, Math.ceil(options.waiting / ORIGINALS) - 1);
  copyInstances(postgres, FULL, times);
  for (const run of warmUpRuns(options).filter(({ scenario }) => scenarios[scenario]))
    for (const target of targets) await measure(run, target, 0);

  const costs = { [EMPTY]: [], [FULL]: [] };
  for (let round = 1; round <= options.rounds; round += 1)
    for (const target of [empty, full]) {
      const { failure, cpuMsEach, perSecond } = await measure(START, target, round);
      if (failure) return 1;
      costs[target.name].push({ cpu: cpuMsEach.server + cpuMsEach.postgres, perSecond });
    }
  const waiting = Number(postgres.sql('SELECT count(*) FROM process_instance', FULL)[0][0]);
  const size = postgres.sql(`SELECT pg_size_pretty(pg_database_size('${FULL}'))`)[0][0];
  const mean = (name, of) => costs[name].reduce((total, cost) => total + cost[of], 0) / costs[name].length;
  const { cores, processor } = machine(postgres);
  process.stdout.write(
    `A start costs ${mean(EMPTY, 'cpu').toFixed(2)} ms of CPU (server and PostgreSQL) in a database that was empty and ` +
      `${mean(FULL, 'cpu').toFixed(2)} ms among ${waiting.toLocaleString('en-US')} waiting instances (${size}): ` +
      `× ${(mean(FULL, 'cpu') / mean(EMPTY, 'cpu')).toFixed(2)}; ${mean(EMPTY, 'perSecond').toFixed(0)} and ` +
      `${mean(FULL, 'perSecond').toFixed(0)} per second. ${options.rounds} rounds, ${cores} cores (${processor}).\n`,
  );
  return 0;
}

/**
 * Copies all rows of all instances under other ids. Ids begin with the time, so each copy gets an earlier one and the indexes
 * grow as if the instances had been started one after the other. The ids within the stored states stay as they
 * are: the copies are there to weigh, nobody works on them.
 */
function copyInstances(postgres, database, times) {
  const tables = postgres.sql(
    `SELECT table_name, string_agg(format('%I', column_name), ',' ORDER BY ordinal_position),
       string_agg(CASE WHEN data_type = 'text' AND column_name ~ '(^|_)id$'
         AND column_name !~ '(definition|tenant|user|group|element|activity|deployment)_id$' OR column_name ~ 'activity_instance_id$'
         THEN format('lpad(to_hex(((''x'' || left(%1$I, 8))::bit(32)::bigint - k)::bigint), 8, ''0'') || substr(%1$I, 9)', column_name)
         ELSE format('%I', column_name) END, ',' ORDER BY ordinal_position)
     FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name IN ('process_instance', 'variable', 'user_task', 'identity_link',
       'historic_process_instance', 'historic_variable', 'historic_task', 'historic_activity_instance')
     GROUP BY table_name`,
    database,
  );
  for (const [table] of tables) postgres.sql(`CREATE TABLE original_${table} AS SELECT * FROM ${table}`, database);
  const CHUNK = 25;
  for (let done = 0; done < times; done += CHUNK) {
    const last = Math.min(times, done + CHUNK);
    for (const [table, columns, values] of tables)
      postgres.sql(
        `INSERT INTO ${table} (${columns}) SELECT ${values} FROM original_${table}, generate_series(${times - last + 1}, ${times - done}) k`,
        database,
      );
    if (done % (CHUNK * 4) === 0) note(`${(last * ORIGINALS).toLocaleString('en-US')} instances copied`);
  }
  for (const [table] of tables) postgres.sql(`DROP TABLE original_${table}`, database);
  postgres.sql('ANALYZE', database);
}
