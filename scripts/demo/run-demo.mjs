import { Book } from './book.mjs';
import { Operator } from './operator.mjs';
import { normalizeUrl } from './options.mjs';
import { planApplications } from './plan.mjs';
import { Players } from './players.mjs';
import { sleep } from './pool.mjs';
import { checkServer, checkWorkers, findFreeRun } from './preflight.mjs';
import { createProgress } from './progress.mjs';
import { renderText, summarize } from './report.mjs';
import { createRest } from './rest.mjs';
import { submitAll } from './submit.mjs';
import { countFinished, countFinishedOfRun, historyOfRun, verify } from './verify.mjs';
import { describeWaiting } from './waiting.mjs';

const DEFAULTS = {
  count: 1000,
  concurrency: 16,
  /** How long nothing may happen before the demo says that it is stuck. */
  patienceMs: 120_000,
  /** How long the server may be away. */
  outageLimitMs: 120_000,
  /** How long the workers may take to show up for the first application. */
  probeMs: 30_000,
};
const LOOK_EVERY_MS = 1_000;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Sends applications to a running server, plays everybody but the workers, and checks with the server what became of them.
 * The server may go away and come back meanwhile. Options: `url`, or `urls` of servers that share one database, and
 * optionally what DEFAULTS names, `run`, `user`,
 * `password`, `quiet` (no progress), `stream` (for the progress), `onProgress({ started, finished, note })`.
 * Resolves to `{ ok, problems, run, count, seconds, outages, repaired, outcomes, riskClasses, reversed, rows, text }`.
 * @throws DemoError when it can't begin or go on
 */
export async function runDemo(options) {
  const settings = { ...DEFAULTS, ...options, url: normalizeUrl(options.url) };
  const { url, urls = [url], count, concurrency, patienceMs, probeMs, user, password, outageLimitMs } = settings;
  const begun = Date.now();
  const status = { started: 0, finished: 0, note: '' };
  const progress = createProgress({ total: count, quiet: settings.quiet, stream: settings.stream });
  const show = () => {
    progress.update(status);
    settings.onProgress?.({ ...status });
  };
  let outages = 0;
  let changedAt = begun;
  const onOutage = (reason) => {
    if (status.note === '') outages += 1;
    status.note = `the server is away (${reason})`;
    changedAt = Date.now();
    show();
  };
  const rest = createRest({ urls, user, password, outageLimitMs, onOutage });

  await checkServer(rest, url);
  const run = settings.run ?? (await findFreeRun(rest));
  const book = new Book(await planApplications(count, run));
  const finishedOfRunBefore = book.resume(await historyOfRun(run, rest));
  const finishedBefore = await countFinished(rest);
  await checkWorkers(rest, book, probeMs);

  const players = new Players({ rest, book, concurrency });
  const operator = new Operator({ rest, book });
  let failure;
  const submitting = submitAll(rest, book, concurrency).catch((error) => {
    failure = error;
  });
  let lookedAt = -Infinity;
  let pause = SHORTEST_PAUSE_MS;
  while (status.started < count || status.finished < count) {
    let done = await players.round();
    if (Date.now() - lookedAt >= LOOK_EVERY_MS) {
      lookedAt = Date.now();
      done += await operator.round();
      const finished = await countFinishedOfRun(rest, run);
      done += Math.abs(finished - status.finished);
      status.finished = finished;
    }
    if (failure) throw failure;
    if (done > 0 || book.started > status.started) changedAt = Date.now();
    status.started = book.started;
    status.note = '';
    show();
    if (Date.now() - changedAt > patienceMs) break;
    pause = done > 0 ? SHORTEST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pause * 2);
    await sleep(pause);
  }
  const isStuck = status.finished < count;
  if (!isStuck) await submitting;
  progress.finish(status);

  const { rows, problems } = await verify({ rest, run, book, finishedBefore, finishedOfRunBefore });
  problems.push(...players.problems, ...operator.problems);
  if (isStuck) problems.push(`nothing happened for ${patienceMs / 1000} s: ${await describeWaiting(rest, book)}`);
  const summary = {
    ok: problems.length === 0,
    problems,
    run,
    count,
    seconds: Math.round((Date.now() - begun) / 100) / 10,
    outages,
    repaired: operator.repaired,
    ...summarize(rows),
  };
  return { ...summary, rows, text: renderText(summary) };
}
