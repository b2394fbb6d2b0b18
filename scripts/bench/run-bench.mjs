import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '../lib/free-port.mjs';
import { residentMemory } from '../lib/processor-time.mjs';
import { saying, startProgram } from '../lib/programs.mjs';
import { startPostgres } from '../lib/services.mjs';
import { root, run as runCommand } from '../run.mjs';
import { writeDocs } from './docs.mjs';
import { machine, summarize } from './machine.mjs';
import { copyDriver, measure, note, timedServer } from './measuring.mjs';
import { startPeer } from './peer.mjs';
import { ceilingRun, embeddedRuns, plannedRuns, warmUpRuns } from './runs.mjs';
import { toMarkdown } from './table.mjs';
import { measureAmong } from './waiting.mjs';

const DATABASE = 'millrace_bench';
/** What isn't measured by then is left out of a run and named in its result. */
const BUDGET_MS = 27 * 60_000;

/** Resolves to the exit code: 0 when every measurement was done in full. */
export async function runBench(options) {
  const begun = Date.now();
  const reference = resolve(root, options.driverDir);
  const driver = existsSync(join(reference, 'scenarios.mjs')) ? reference : null;
  if (driver === null)
    note(
      `There is no load driver in ${options.driverDir} (BENCH_DIR): the repository's own is taken, with fewer scenarios.`,
    );
  const built = await runCommand(process.execPath, [join(root, 'scripts/build.mjs')]);
  if (built !== 0) return built;

  const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const closing = [() => rmSync(scratch, { recursive: true, force: true })];
  const close = async () => {
    for (const stop of closing.splice(0).reverse()) await stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close().then(() => process.exit(130)));
  try {
    if (options.waiting !== null) return await measureAmong({ options, driver, scratch, closing });
    const results = await measureAll({ options, driver, scratch, closing, begun });
    return report(results, options, begun);
  } finally {
    await close();
  }
}

async function measureAll({ options, driver, scratch, closing, begun }) {
  const driverDir = driver ? copyDriver(driver, scratch) : join(root, 'scripts/bench/driver');
  const { scenarios } = await import(pathToFileURL(join(driverDir, 'scenarios.mjs')).href);
  const postgres = await startPostgres({ shared_preload_libraries: 'pg_stat_statements' });
  closing.push(() => postgres.stop());
  postgres.sql(`CREATE DATABASE ${DATABASE}`);
  const results = {
    machine: machine(postgres),
    begunAt: new Date(begun).toISOString(),
    startUp: {},
    runs: [],
    left: [],
  };
  const rest = { driver: driverDir, postmaster: postgres.pid };
  const plan = plannedRuns(options).filter(({ scenario }) => scenarios[scenario]);

  const millrace = await timedServer({ DATABASE_URL: postgres.urlOf(DATABASE) }, scratch, 'millrace');
  closing.push(() => millrace.kill());
  postgres.sql('CREATE EXTENSION pg_stat_statements', DATABASE);
  results.startUp.millrace = { ms: millrace.startUpMs, residentMiB: residentMemory(millrace.pid) };
  const servers = [
    { name: 'millrace', base: `${millrace.url}/engine-rest`, pid: millrace.pid, database: postgres.urlOf(DATABASE) },
  ];
  const peer =
    options.withPeer && plan.length > 0
      ? await startPeer({ peersDir: resolve(root, options.peersDir), scratch, postgres, port: await freePort(), note })
      : null;
  if (peer) {
    closing.push(() => peer.stop());
    postgres.sql('CREATE EXTENSION pg_stat_statements', new URL(peer.database).pathname.slice(1));
    results.startUp.operaton = { ms: peer.startUpMs, residentMiB: residentMemory(peer.pid) };
    servers.push({ name: 'operaton', ...peer });
  } else if (options.withPeer && plan.length > 0) {
    note(`There is no peer in ${options.peersDir} (PEERS_DIR): Millrace is measured alone.`);
  }

  const warmUp = warmUpRuns(options).filter(({ scenario }) => scenarios[scenario]);
  if (plan.length > 0)
    for (const run of warmUp) for (const server of servers) await measure(run, { ...rest, ...server }, 0);
  for (const run of plan) {
    for (let round = 1; round <= run.rounds; round += 1) {
      for (const server of servers) {
        if (Date.now() - begun > BUDGET_MS) results.left.push(`${run.name}, round ${round}, ${server.name}`);
        else record(await measure(run, { ...rest, ...server }, round));
      }
    }
  }
  await peer?.stop();
  await millrace.kill();

  const ceiling = ceilingRun(options);
  if (ceiling) {
    const port = await freePort();
    const program = startProgram(['scripts/bench/ceiling.mjs'], { env: { PORT: String(port) } });
    closing.push(() => program.kill());
    await saying(program, 'Millrace is ready');
    const server = { name: 'ceiling', base: `http://127.0.0.1:${port}/engine-rest`, pid: program.pid };
    record(await measure(ceiling, { driver: driverDir, ...server }, 1));
    await program.kill();
  }

  const embedded = embeddedRuns(options).filter(({ scenario }) => scenarios[scenario]);
  if (embedded.length > 0) {
    const server = await timedServer({ DATA_DIR: join(scratch, 'data') }, scratch, 'embedded');
    closing.push(() => server.kill());
    results.startUp.embedded = { ms: server.startUpMs, residentMiB: residentMemory(server.pid) };
    const target = { driver: driverDir, name: 'embedded', base: `${server.url}/engine-rest`, pid: server.pid };
    for (const run of warmUp) await measure(run, target, 0);
    for (const run of embedded) {
      if (Date.now() - begun > BUDGET_MS) results.left.push(`${run.name}, embedded`);
      else record(await measure(run, target, 1));
    }
    await server.kill();
  }
  return results;

  /** What was measured so far is on the disk, whatever comes. */
  function record(result) {
    results.runs.push(result);
    results.seconds = Math.round((Date.now() - begun) / 1000);
    writeFileSync(fileOf(options, begun, 'json'), `${JSON.stringify(results, null, 2)}\n`);
  }
}

function report(results, options, begun) {
  if (results.runs.length === 0) {
    process.stderr.write(`Nothing was measured: no scenario is named ${options.only?.join(', ')}.\n`);
    return 2;
  }
  const rows = summarize(results.runs);
  const markdown = toMarkdown(results, rows);
  writeFileSync(fileOf(options, begun, 'json'), `${JSON.stringify({ ...results, summary: rows }, null, 2)}\n`);
  writeFileSync(fileOf(options, begun, 'md'), markdown);
  if (options.docs) writeDocs(join(root, 'docs/performance.md'), options.docs, markdown);
  process.stdout.write(`\n${markdown}\nWritten to ${fileOf(options, begun, 'md')} and .json\n`);
  return results.runs.some(({ failure }) => failure) ? 1 : 0;
}

function fileOf({ out }, begun, extension) {
  const folder = resolve(root, out);
  mkdirSync(folder, { recursive: true });
  return join(folder, `${new Date(begun).toISOString().slice(0, 19).replaceAll(':', '-')}.${extension}`);
}
