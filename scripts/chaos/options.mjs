import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { transportOf } from '../lib/workers.mjs';
import { SABOTAGE_NAMES } from './sabotage.mjs';

export const USAGE = `Usage: npm run chaos -- [options]

  --minutes N      how long there is trouble (10)
  --short          a minute and everything once
  --seed N         repeats the order of the troubles of an earlier run
  --sabotage NAME  on a copy of the server that lacks a mechanism (${SABOTAGE_NAMES.join(', ')}): the run must fail
  --keep           keeps the logs and the workers' journals, as after a violation
  --help           this text

WORKER_TRANSPORT says how the workers get their tasks: rest (the default), or bullmq.
`;

const SHORT_MINUTES = 0.9;
const LONGEST_MINUTES = 24 * 60;

/** @throws Error with a sentence for the user */
export function parseOptions(args, env) {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string' },
      short: { type: 'boolean', default: false },
      seed: { type: 'string' },
      sabotage: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const minutes = Number(values.minutes ?? (values.short ? SHORT_MINUTES : 10));
  if (!(minutes > 0 && minutes <= LONGEST_MINUTES))
    throw new Error(
      `Expected a number of minutes up to ${LONGEST_MINUTES} after --minutes, but got '${values.minutes}'`,
    );
  const seed = Number(values.seed ?? randomInt(1_000_000));
  if (!Number.isInteger(seed)) throw new Error(`Expected a whole number after --seed, but got '${values.seed}'`);
  if (values.sabotage !== undefined && !SABOTAGE_NAMES.includes(values.sabotage))
    throw new Error(`Expected one of ${SABOTAGE_NAMES.join(', ')} after --sabotage, but got '${values.sabotage}'`);
  return {
    durationMs: minutes * 60_000,
    pauseMs: values.short ? 2_000 : 4_000,
    seed,
    transport: transportOf(env),
    sabotage: values.sabotage ?? null,
    keep: values.keep,
    help: values.help,
  };
}
