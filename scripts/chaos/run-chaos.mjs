import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deployFolder } from '../lib/deploy.mjs';
import { createRandom } from '../lib/random.mjs';
import { root, run as runCommand } from '../run.mjs';
import { check, countBy } from './check.mjs';
import { Clients, call } from './clients.mjs';
import { Cluster } from './cluster.mjs';
import { collectEvidence, get } from './evidence.mjs';
import { sabotagedServer } from './sabotage.mjs';
import { makeTrouble } from './trouble.mjs';

const MOST_OPEN = 60;
/** When for so long nothing has ended in peace, what is left is stuck. Longer than any lock or look at the table. */
const PATIENCE_MS = 60_000;
const MOST_EXAMPLES = 30;

/** Resolves to the exit code: 1 when anything was lost, stuck, doubled or left over. */
export async function runChaos(options) {
  const built = await runCommand(process.execPath, [join(root, 'scripts/build.mjs')]);
  if (built !== 0) return built;
  const { seed, durationMs, pauseMs, sabotage, keep, transport } = options;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-chaos-'));
  let isKept = keep;
  const begun = Date.now();
  const note = (text) => process.stdout.write(`${((Date.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${text}\n`);
  note(`seed ${seed}, workers over ${transport}${sabotage ? `, without ${sabotage}` : ''}`);

  const dist = sabotage ? sabotagedServer(sabotage, folder) : 'server/dist';
  const cluster = new Cluster({ folder, dist, seed, transport });
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void cluster.stop().then(() => process.exit(130)));
  try {
    await cluster.start(createRandom(seed, 'network'));
    await deployFolder(cluster.urls[0], join(root, 'scripts/chaos/models'), { name: 'chaos', source: 'npm run chaos' });
    await cluster.startWorkers();
    const clients = new Clients({ urls: cluster.urls, random: createRandom(seed, 'clients'), mostOpen: MOST_OPEN });
    clients.begin();
    note('three servers and three workers are up; the trouble begins');
    const troubles = await makeTrouble({ cluster, random: createRandom(seed, 'trouble'), durationMs, pauseMs, note });

    note('peace; everything comes to its end');
    clients.stopStarting();
    cluster.proxy.calm();
    await cluster.whole();
    const repaired = await comeToRest(cluster.urls[0], note);
    await clients.stop();
    const evidence = await collectEvidence(cluster.urls[0]);
    const { starts, confirmations, approvals, approvedBy, unexpected } = clients;
    const journal = cluster.journal();
    const problems = [
      ...unexpected,
      ...cluster.unexpected,
      ...check({ ...evidence, starts, confirmations, approvals, approvedBy, journal }),
    ];
    if (starts.size === 0 || evidence.instances.length === 0) problems.push('nothing was started');
    isKept ||= problems.length > 0 && sabotage === null;
    note('done');
    process.stdout.write(
      report({ starts, evidence, journal, troubles, network: cluster.proxy.counts, repaired, problems, seed }),
    );
    return problems.length === 0 ? 0 : 1;
  } finally {
    await cluster.stop();
    if (isKept) process.stdout.write(`logs and journals are in ${folder}\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends when no instance is left, or nothing goes on any more. @returns how many incidents got new retries */
async function comeToRest(url, note) {
  let best = Number.POSITIVE_INFINITY;
  let changedAt = Date.now();
  let repaired = 0;
  while (Date.now() - changedAt < PATIENCE_MS) {
    const { count } = await get(url, '/process-instance/count');
    if (count === 0) break;
    if (count < best) {
      best = count;
      changedAt = Date.now();
    }
    repaired += await retryFailed(url);
    await sleep(500);
  }
  if (best > 0 && Date.now() - changedAt >= PATIENCE_MS) note(`${best} instances do not go on`);
  return repaired;
}

/** As an operator would: what ran out of retries while the database was away gets another one. */
async function retryFailed(url) {
  let count = 0;
  for (const { incidentType, configuration } of await get(url, '/incident?maxResults=200')) {
    const resource = { failedJob: 'job', failedExternalTask: 'external-task' }[incidentType];
    if (!resource) continue;
    const { status } = await call(url, 'PUT', `/${resource}/${configuration}/retries`, { retries: 1 });
    if (status === 204) count += 1;
  }
  return count;
}

function report({ starts, evidence, journal, troubles, network, repaired, problems, seed }) {
  const states = countBy([...starts.values()], ({ state }) => state);
  const kinds = countBy(journal, ({ kind }) => kind);
  const finished = evidence.instances.filter(({ state }) => state === 'COMPLETED').length;
  const lines = [
    `starts       ${list(Object.fromEntries(states))}`,
    `instances    ${evidence.instances.length}, of them ${finished} completed, with ${evidence.activities.length} activities`,
    `workers      ${list(Object.fromEntries(kinds))}`,
    `network      ${list(network)}`,
    `troubles     ${list(troubles)}`,
    `incidents    ${repaired} given new retries`,
    '',
    problems.length === 0 ? 'Nothing was lost, stuck or done twice.' : `${problems.length} violations (seed ${seed}):`,
    ...problems.slice(0, MOST_EXAMPLES).map((problem) => `  - ${problem}`),
  ];
  if (problems.length > MOST_EXAMPLES) lines.push(`  and ${problems.length - MOST_EXAMPLES} more`);
  return `\n${lines.join('\n')}\n`;
}

function list(counts) {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
