import { setTimeout as sleep } from 'node:timers/promises';
import { LOCK_MS } from './cluster.mjs';

const LONGEST_AWAY_MS = 2_000;

/** What can go wrong, each as often as the others. They resolve to what was done, or null when it wasn't possible. */
const TROUBLES = {
  async 'kill a server'(cluster, random) {
    const server = random.pick(cluster.servers);
    await cluster.killServer(server, random.between(100, LONGEST_AWAY_MS));
    return server.name;
  },
  async 'kill a worker'(cluster, random) {
    const worker = random.pick(cluster.workers);
    await cluster.killWorker(worker, random.between(100, LONGEST_AWAY_MS));
    return worker.name;
  },
  async 'stop the clock of a worker'(cluster, random) {
    const worker = random.pick(cluster.workers);
    cluster.pauseWorker(worker, random.between(LOCK_MS + 200, LOCK_MS + 2_000));
    return worker.name;
  },
  async 'kill two servers'(cluster, random) {
    const servers = random.shuffle(cluster.servers).slice(0, 2);
    await Promise.all(servers.map((server) => cluster.killServer(server, random.between(100, LONGEST_AWAY_MS))));
    return servers.map(({ name }) => name).join(', ');
  },
  async 'restart PostgreSQL'(cluster, random) {
    await cluster.restartPostgres('fast', random.between(0, 1_000));
    return 'fast';
  },
  async 'crash PostgreSQL'(cluster, random) {
    await cluster.restartPostgres('immediate', random.between(0, 1_000));
    return 'immediate';
  },
  async 'empty Redis'(cluster) {
    await cluster.flushRedis();
    return 'flushall';
  },
  async 'duplicate queue entries'(cluster) {
    return `${await cluster.duplicateQueueEntries()} entries`;
  },
};

/**
 * Makes trouble until the time is over and each kind has come once, while at least two servers and two workers are up: where
 * nothing runs nothing can go wrong. The order follows from `random` alone. Returns how often each came.
 */
export async function makeTrouble({ cluster, random, durationMs, pauseMs, note }) {
  const until = Date.now() + durationMs;
  const counts = Object.fromEntries(Object.keys(TROUBLES).map((name) => [name, 0]));
  let bag = random.shuffle(Object.keys(TROUBLES));
  let isFirst = true;
  while (Date.now() < until || (isFirst && bag.length > 0)) {
    if (bag.length === 0) {
      bag = random.shuffle(Object.keys(TROUBLES));
      isFirst = false;
    }
    await sleep(random.between(pauseMs / 2, pauseMs * 1.5));
    await cluster.mostlyUp();
    const name = bag.pop();
    note(`${name}: ${await TROUBLES[name](cluster, random)}`);
    counts[name] += 1;
  }
  return counts;
}
