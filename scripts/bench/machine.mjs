import { cpus, totalmem } from 'node:os';

/** What the figures were measured on, without names that only this machine knows. */
export function machine(postgres) {
  return {
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    postgres: postgres.sql('SHOW server_version')[0][0].split(' ')[0],
    synchronousCommit: postgres.sql('SHOW synchronous_commit')[0][0],
  };
}

/** The median over the rounds of each scenario on each server. */
export function summarize(runs) {
  const groups = new Map();
  for (const run of runs) {
    const key = `${run.name}\n${run.server}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((rounds) => {
    const [{ name, server, n, concurrency }] = rounds;
    const done = rounds.filter(({ failure }) => !failure);
    const failures = rounds.flatMap(({ failure }) => failure ?? []);
    if (done.length === 0) return { name, server, n, concurrency, failures };
    const middle = (read) => median(done.map(read).filter((value) => typeof value === 'number'));
    return {
      name,
      server,
      n,
      concurrency,
      failures,
      rounds: done.length,
      perSecond: middle((run) => run.perSecond),
      slowest: Math.min(...done.map((run) => run.perSecond)),
      fastest: Math.max(...done.map((run) => run.perSecond)),
      p50Ms: middle((run) => run.p50Ms),
      p99Ms: middle((run) => run.p99Ms),
      serverMs: middle((run) => run.cpuMsEach.server),
      postgresMs: middle((run) => run.cpuMsEach.postgres),
      coresOfOthers: middle((run) => run.coresOfOthers),
      statements: middle((run) => run.statementsEach),
      rows: middle((run) => run.rowsEach),
      walBytes: middle((run) => run.walBytesEach),
      residentMiB: middle((run) => run.residentMiB),
      extra: done.at(-1).extra,
    };
  });
}

function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[at] : (sorted[at - 1] + sorted[at]) / 2;
}
