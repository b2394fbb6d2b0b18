import { spawn } from 'node:child_process';

/**
 * Runs a command with its output passed through.
 * @returns its exit code; 1 when a signal ended it
 */
export function run(command, args, { env = {}, cwd = root } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      done(1);
    });
    child.on('exit', (code) => done(code ?? 1));
  });
}

/** Runs commands side by side; ends this process when one of them fails, after all have ended. */
export async function runTogether(steps) {
  const results = await Promise.all(
    steps.map(async ([name, command, args, options]) => {
      const code = await run(command, args, options);
      process.stdout.write(`${code === 0 ? 'ok' : 'FAILED'}  ${name}\n`);
      return code;
    }),
  );
  const failed = results.find((code) => code !== 0);
  if (failed !== undefined) process.exit(failed);
}

/** Runs commands one after the other; ends this process with the code of the first that fails. */
export async function runAll(steps) {
  for (const [name, command, args, options] of steps) {
    const started = Date.now();
    const code = await run(command, args, options);
    process.stdout.write(`${code === 0 ? 'ok' : 'FAILED'}  ${name}  ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    if (code !== 0) process.exit(code);
  }
}

/** The repository's root folder. */
export const root = new URL('..', import.meta.url).pathname;
