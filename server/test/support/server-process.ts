import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import config from '../../vitest.config.js';

/** The server's program as one file that Node can run. Packages stay where they are. */
export function bundleServer(): Promise<{ path: string; remove(): Promise<void> }> {
  return bundle('src/main.ts');
}

/** A program of the server's workspace as one file that Node can run. */
export async function bundle(entry: string): Promise<{ path: string; remove(): Promise<void> }> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  // Below the server, so that its packages are found from there.
  const directory = await mkdtemp(join(root, 'node_modules', '.test-'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    plugins: config.plugins ?? [],
    resolve: config.resolve ?? {},
    build: { ssr: join(root, entry), outDir: directory, target: 'node20', minify: false },
  });
  return {
    path: join(directory, `${basename(entry, '.ts')}.js`),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

export interface ServerProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends at once, as by a power cut of this one process. */
  kill(): Promise<void>;
  /** @returns the exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** @throws what the program said, when it ended instead of being ready */
export async function startProcess(
  program: string,
  settings: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const env = { PATH: process.env['PATH'], LOG_LEVEL: 'fatal', PORT: '0', ...settings };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /ready at (\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    exited.then(([code]) => reject(Object.assign(new Error(complaint.trim()), { exitCode: code })), reject);
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    const [code] = await exited;
    return code;
  };
  return {
    url,
    process: child,
    stop,
    kill: async () => {
      await stop('SIGKILL');
    },
  };
}
