import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run bench -- [options]

  --only LIST    names of scenarios, e.g. start,loan; 'at one' for those with one request at a time, embedded, ceiling
  --quick        small numbers: shows in a few minutes that everything runs, not how fast
  --rounds N     how often each scenario is measured on each server, in turns (2; with --quick 1)
  --no-peer      Millrace alone
  --waiting N    measures only what a start costs while N instances wait in the database, against an empty one
  --out FOLDER   where the results are written (bench-results)
  --docs TITLE   writes the table into docs/performance.md too, under this title
  --help         this text

BENCH_DIR is the folder of the load driver (../shared/bench), PEERS_DIR that of the servers to compare with (../shared/peers).
`;

/** @throws Error with a sentence for the user */
export function parseOptions(args, env) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      waiting: { type: 'string' },
      'no-peer': { type: 'boolean', default: false },
      out: { type: 'string', default: 'bench-results' },
      docs: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 2));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20)
    throw new Error(`Expected a whole number from 1 to 20 after --rounds, but got '${values.rounds}'`);
  const waiting = values.waiting === undefined ? null : Number(values.waiting);
  if (waiting !== null && !(Number.isInteger(waiting) && waiting >= 1_000))
    throw new Error(`Expected a whole number from 1000 after --waiting, but got '${values.waiting}'`);
  return {
    waiting,
    only: values.only?.split(',').map((name) => name.trim()) ?? null,
    quick: values.quick,
    rounds,
    withPeer: !values['no-peer'],
    out: values.out,
    docs: values.docs ?? null,
    help: values.help,
    driverDir: env.BENCH_DIR || '../shared/bench',
    peersDir: env.PEERS_DIR || '../shared/peers',
  };
}
