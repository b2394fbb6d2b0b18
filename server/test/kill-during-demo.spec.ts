import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployLoanApplication } from './support/deploy-loan-application.js';
import { freePort } from './support/free-port.js';
import { createStorage, type TestStorage } from './support/test-storage.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const KILLS = 10;
const APPLICATIONS = Number(process.env['KILL_DEMO_COUNT'] ?? 300);

interface JournalRecord {
  readonly worker: string;
  readonly idempotencyKey: string;
  readonly businessKey: string | null;
  readonly outcome: 'done' | 'duplicate' | 'failed' | 'bpmnError';
}

interface DemoModule {
  runDemo(options: {
    url: string;
    count: number;
    quiet: boolean;
    onProgress(progress: { started: number; finished: number }): void;
  }): Promise<{ ok: boolean; problems: string[]; outages: number; outcomes: Record<string, unknown>; rows: DemoRow[] }>;
}

interface DemoRow {
  readonly businessKey: string;
  readonly outcome: string;
}

let storage: TestStorage;
let folder: string;
let port: number;
let url: string;
let server: ChildProcess;
let workers: ChildProcess;

beforeAll(async () => {
  storage = await createStorage();
  folder = await mkdtemp(join(tmpdir(), 'millrace-kill-'));
  await mkdir(join(folder, 'workers'));
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
  server = await startServer();
  await deployLoanApplication(`${url}/engine-rest`, join(root, 'bpmn/loan-application'));
  workers = start(['workers/dist/loan/main.js'], {
    MILLRACE_URL: `${url}/engine-rest`,
    LOAN_DATA_DIR: join(folder, 'workers'),
  });
});

afterAll(async () => {
  await kill(workers, 'SIGTERM');
  await kill(server, 'SIGTERM');
  await storage.remove();
  await rm(folder, { recursive: true, force: true });
});

test(`kill -9 of the server ${KILLS} times during the demo loses nothing and does nothing twice`, {
  timeout: 1_200_000,
}, async () => {
  const { runDemo } = (await import(join(root, 'scripts/demo/run-demo.mjs'))) as DemoModule;
  const moments = killMoments(2026);
  let restarting: Promise<void> | null = null;
  let kills = 0;

  const summary = await runDemo({
    url,
    count: APPLICATIONS,
    quiet: true,
    onProgress({ started, finished }) {
      if (restarting || moments.length === 0 || started + finished < moments[0]!) return;
      moments.shift();
      kills++;
      restarting = restart().finally(() => {
        restarting = null;
      });
    },
  });
  await restarting;

  expect(summary.problems).toEqual([]);
  expect(kills).toBe(KILLS);
  const counted = await fetch(
    `${url}/engine-rest/history/process-instance/count?finished=true&processDefinitionKey=loan-application`,
  );
  expect(await counted.json()).toEqual({ count: APPLICATIONS });

  const records = await readJournals(join(folder, 'workers'));
  expect(records.length).toBeGreaterThan(APPLICATIONS);
  expect(doneTwice(records)).toEqual([]);
  const done = (name: string) => records.filter(({ worker, outcome }) => worker === name && outcome === 'done');
  const reversed = new Set(done('disbursement-reversal').map(({ businessKey }) => businessKey));
  const kept = done('disbursement').filter(({ businessKey }) => !reversed.has(businessKey));
  const approved = summary.rows.filter(({ outcome }) => outcome === 'approved');
  expect(kept.map(({ idempotencyKey }) => idempotencyKey).sort()).toEqual(
    approved.map(({ businessKey }) => businessKey).sort(),
  );
});

/** At how many starts and ends, counted together, the server is killed: spread over the run, the same in every run. */
function killMoments(seed: number): number[] {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const span = (APPLICATIONS * 2 * 0.9) / KILLS;
  return Array.from({ length: KILLS }, (_, i) => Math.floor(span * (i + random())) + 1);
}

async function restart(): Promise<void> {
  await kill(server, 'SIGKILL');
  server = await startServer();
}

async function startServer(): Promise<ChildProcess> {
  const child = start(['server/dist/main.js'], {
    PORT: String(port),
    DATA_DIR: storage.dataDir,
    ...(storage.databaseUrl !== null && { DATABASE_URL: storage.databaseUrl }),
  });
  await Promise.race([
    sayingReady(child),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with code ${code}`))),
  ]);
  return child;
}

async function sayingReady(child: ChildProcess): Promise<void> {
  for await (const line of createInterface({ input: child.stdout! })) if (line.startsWith('Millrace is ready')) break;
  child.stdout!.resume(); // what nobody reads would stop it
}

function start(args: string[], settings: Record<string, string>): ChildProcess {
  const { DATABASE_URL: _, ...env } = process.env;
  return spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...env, ...settings },
  });
}

async function kill(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

async function readJournals(directory: string): Promise<JournalRecord[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JournalRecord),
  );
}

function doneTwice(records: readonly JournalRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const { worker, idempotencyKey, outcome } of records) {
    if (outcome !== 'done') continue;
    const key = `${worker} ${idempotencyKey}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([key]) => key);
}
