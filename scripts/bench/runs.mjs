/** Done on each server before anything is measured: compilers (V8's as well as the JVM's) need thousands of calls. */
const WARM_UP = [
  { name: 'warm-up, start', scenario: 'start', n: 3000, warm: 0 },
  { name: 'warm-up, loan', scenario: 'loan', n: 200, warm: 0 },
];
/**
 * What is measured, in this order. `n` and `warm` are those of a full run; `rounds: 1` is measured once on each server. A
 * run shorter than a second or two would measure how the load driver gets under way.
 */
const RUNS = [
  { name: 'start', n: 4000, warm: 400 },
  { name: 'straight', n: 4000, warm: 400 },
  { name: 'parallel', n: 3000, warm: 300 },
  // At its end the driver's long polls run out, which takes up to a second and counts.
  { name: 'external', n: 3000, warm: 300 },
  { name: 'loan', n: 500, warm: 50 },
  { name: 'async', n: 1000, warm: 100 },
  { name: 'timer', n: 1000, warm: 50 },
  { name: 'message', n: 2000, warm: 200 },
  { name: 'migrate', n: 10_000, warm: 200 },
  { name: 'migrate, synchronous', scenario: 'migrate', n: 1000, warm: 100, options: { sync: true }, rounds: 1 },
  { name: 'start, one at a time', scenario: 'start', n: 300, warm: 20, concurrency: 1, group: 'at one' },
  { name: 'straight, one at a time', scenario: 'straight', n: 300, warm: 20, concurrency: 1, group: 'at one' },
  { name: 'parallel, one at a time', scenario: 'parallel', n: 200, warm: 20, concurrency: 1, group: 'at one' },
  { name: 'external, one at a time', scenario: 'external', n: 200, warm: 20, concurrency: 1, group: 'at one' },
  {
    name: 'loan, one at a time',
    scenario: 'loan',
    n: 20,
    warm: 5,
    concurrency: 1,
    options: { inflight: 1 },
    group: 'at one',
  },
  { name: 'async, one at a time', scenario: 'async', n: 60, warm: 10, concurrency: 1, group: 'at one' },
  { name: 'message, one at a time', scenario: 'message', n: 200, warm: 20, concurrency: 1, group: 'at one' },
  { name: 'query', n: 4000, warm: 0, options: { reps: 50 }, rounds: 1 },
  // Everything up to here ran with few waiting instances in the database; these three belong together.
  { name: 'start, among few waiting', scenario: 'start', n: 4000, warm: 400, group: 'mem' },
  // A V8 at rest gives memory back after half a minute.
  { name: 'mem', n: 10_000, warm: 0, options: { settle: 40_000 }, rounds: 1 },
  { name: 'start, among 10,000 waiting', scenario: 'start', n: 4000, warm: 400, group: 'mem' },
];
const EMBEDDED = ['start', 'straight', 'parallel', 'external', 'loan', 'async', 'message'];
const QUICK_SHARE = 0.1;
const DEFAULT_CONCURRENCY = 32;

export function warmUpRuns({ quick }) {
  return WARM_UP.map((run) => sized(run, quick, 1));
}

export function plannedRuns({ only, quick, rounds }) {
  return RUNS.filter(({ name, group }) => !only || only.includes(name) || only.includes(group)).map((run) =>
    sized(run, quick, rounds),
  );
}

/** Those that are also measured on the embedded database, once. */
export function embeddedRuns({ only, quick }) {
  if (only && !only.includes('embedded')) return [];
  return RUNS.filter(({ name }) => EMBEDDED.includes(name)).map((run) => sized(run, quick, 1));
}

/** An empty POST on the framework alone: no server can start instances faster than that. */
export function ceilingRun({ only, quick }) {
  return only && !only.includes('ceiling')
    ? null
    : sized({ name: 'empty POST', scenario: 'raw-post', n: 10_000, warm: 1_000 }, quick, 1);
}

function sized(
  { name, scenario = name, n, warm, concurrency = DEFAULT_CONCURRENCY, options = {}, rounds },
  quick,
  most,
) {
  const share = quick ? QUICK_SHARE : 1;
  return {
    name,
    scenario,
    n: Math.max(10, Math.round(n * share)),
    warm: Math.round(warm * share),
    concurrency,
    options,
    rounds: Math.min(rounds ?? most, most),
  };
}
